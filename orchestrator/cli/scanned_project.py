"""What gather's probes know of a project that is scanned: where its code is, and what it is made with."""

from dataclasses import asdict, dataclass
from pathlib import Path

from agents.specialists.setup import SetupImpossible, importable
from orchestrator.errors import SetupFailed
from profiling.context.answering import Wishes
from profiling.context.knowledge import Framework, know
from profiling.context.probe import Task
from profiling.model import Tree

_MOST_FRAMEWORKS = 4
_QUESTIONS = Wishes(task=Task.SCAN, probes=frozenset({"python_environment", "speed_dependencies", "async_frameworks"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project.

    Attributes:
        tree: where importable code is.
        dependencies: declared ones that often decide speed: databases and their mappers are among them.
        frameworks: what makes its code asynchronous; coroutines: functions of that kind, in the files that were read.
    """

    tree: Tree
    dependencies: tuple[str, ...]
    frameworks: tuple[Framework, ...]
    coroutines: int

    @property
    def text(self) -> str:
        """Return what it is made with in a line, empty where that is nothing of note."""
        said = [f"declares {', '.join(self.dependencies)}"] if self.dependencies else []
        if self.frameworks:
            named = ", ".join(f"{one.name} ({_of(one.files, 'file')})" for one in self.frameworks[:_MOST_FRAMEWORKS])
            said.append(f"imports {named}, has {_of(self.coroutines, 'coroutine function')}")
        return "; ".join(said)

    def as_dict(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "source_paths": self.tree.source_paths,
            "speed_dependencies": self.dependencies,
            "async_frameworks": [asdict(one) for one in self.frameworks],
            "coroutine_functions": self.coroutines,
        }


def known_to_probes(root: Path) -> Project:
    """Return what is known of a project: from the cache where nothing changed.

    Raises:
        SetupFailed: nothing importable was found.
    """
    known = know(root, _QUESTIONS)
    try:
        tree = importable(known)
    except SetupImpossible as error:
        raise SetupFailed(str(error), hint=error.hint) from error
    return Project(
        tree=tree,
        dependencies=known.speed_dependencies,
        frameworks=known.async_frameworks,
        coroutines=known.coroutine_functions,
    )


def _of(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"
