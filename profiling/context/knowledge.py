"""What the probes know of a repository as typed values: for who wants answers and no file on disk."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profiling.context import commands, layout
from profiling.context.answering import OURS, Answers, Wishes, answered, chosen
from profiling.context.cache import Cache
from profiling.context.manifest import strings
from profiling.context.scripts import Script
from profiling.context.snapshot import take
from profiling.model import Command, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A library that code imports.

    Attributes:
        files: that import it, of those that were read.
    """

    name: str
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known. A value is there for each probe that was asked; another one raises KeyError.

    What a kept answer does not say in the form it should counts as not known: somebody else may have written it.

    Attributes:
        root: of the repository, absolute.
        answers: by probe, and how each was found.
    """

    root: Path
    answers: Answers

    @property
    def problems(self) -> tuple[str, ...]:
        """Return what went wrong in finding it, one sentence each."""
        return tuple(error for step in self.answers.steps for error in step.errors)

    @property
    def tree(self) -> Tree | None:
        """Return where importable code is, None where none was found."""
        source = _mapping(self._of("python_environment").get("source"))
        roots, packages, paths = (strings(source.get(name)) for name in ("import_roots", "packages", "paths"))
        if not paths or not all(layout.is_inside(self.root, place) for place in (*roots, *paths)):
            return None
        return Tree(root=self.root, import_roots=roots, packages=packages, source_paths=paths)

    @property
    def package_manager(self) -> str:
        """Return who installs the dependencies."""
        return _text(self._of("python_environment").get("package_manager")) or "pip"

    def tests(self, *, has_pytest: bool) -> Command | None:
        """Return the test command for a Python with or without pytest, None when nothing can be run with it."""
        runnable = _mapping(self._of("test_framework").get("runnable"))
        return _command(_text(runnable.get("with_pytest" if has_pytest else "without_pytest")))

    @property
    def workloads(self) -> tuple[Command, ...]:
        """Return what a session would measure, best first."""
        answer = self._of("benchmark_candidates")
        count = answer.get("usual_count")
        candidates = answer.get("candidates")
        found = candidates[:count] if isinstance(candidates, list) and isinstance(count, int) else []
        parsed = (_command(_text(_mapping(one).get("command"))) for one in found)
        return tuple(command for command in parsed if command is not None)

    @property
    def documents(self) -> tuple[str, ...]:
        """Return the documents that a session reads, relative to the root."""
        return strings(self._of("project_documents").get("for_sessions"))

    @property
    def speed_dependencies(self) -> tuple[str, ...]:
        """Return the declared dependencies that often decide speed."""
        return strings(self._of("speed_dependencies").get("dependencies"))

    @property
    def tools(self) -> tuple[str, ...]:
        """Return the programs at hand on this machine."""
        at_hand = self._of("tools").get("at_hand")
        return tuple(_text(one.get("name")) for one in _mappings(at_hand))

    @property
    def async_frameworks(self) -> tuple[Framework, ...]:
        """Return what makes the code asynchronous, the most imported first."""
        found = _mappings(self._of("async_frameworks").get("frameworks"))
        return tuple(Framework(name=_text(one.get("name")), files=_count(one.get("files"))) for one in found)

    @property
    def coroutine_functions(self) -> int:
        """Return how many coroutine functions the files hold that were read."""
        return _count(self._of("async_frameworks").get("coroutine_functions"))

    @property
    def scripts(self) -> tuple[Script, ...]:
        """Return the commands that the project installs."""
        found = _mappings(self._of("entry_points").get("scripts"))
        return tuple(Script(name=_text(one.get("name")), target=_text(one.get("target"))) for one in found)

    def _of(self, probe: str) -> Mapping[str, object]:
        return self.answers.by_probe[probe]


def know(root: Path, wishes: Wishes) -> Knowledge:
    """Ask a task's probes about a repository. Nothing of it is run, and no file is written but kept answers.

    Those are kept where there is a `.codeflash/` of ours already: to look at a repository leaves it as it was.

    Args:
        root: a folder.
        wishes: what for, and which probes.
    """
    snapshot = take(root)
    folder = snapshot.root / OURS
    is_ours = _is_ours(folder)
    is_read = wishes.uses_cache and is_ours and not snapshot.listing.brings_answers
    cache = Cache(folder=folder / "cache", is_read=is_read, is_kept=is_ours)
    answers = answered(chosen(wishes), snapshot, cache, wishes)
    answers.wait()
    return Knowledge(root=snapshot.root, answers=answers)


def _is_ours(folder: Path) -> bool:
    """Say whether answers may be kept in a `.codeflash/`: it says so to git, it is writable, and no link leads away."""
    if folder.is_symlink() or (folder / "cache").is_symlink():
        return False
    return (folder / ".gitignore").is_file() and os.access(folder, os.W_OK)


def _command(text: str) -> Command | None:
    try:
        return commands.parse(text) if text else None
    except commands.BadCommand:
        return None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    return (_mapping(one) for one in value) if isinstance(value, list) else iter(())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
