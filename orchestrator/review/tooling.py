"""Asks the formatter and the type checker that a project declares, on base and head: the branch may not be worse."""

import configparser
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator.observer import RepositoryObserver
from orchestrator.policy.presubmit import WHOLE_BRANCH, Check, Item
from profiling.measure.environment import launch
from profiling.measure.processes import Finished
from profiling.model import Command, Tree

_LIMIT_S = 300.0
_MISSING = "No module named"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tool:
    """A tool that a project may declare, and the words that let it check files and change none."""

    name: str
    check: Check
    words: tuple[str, ...]
    is_declared: Callable[[Path], bool]


def as_before(
    setup: Setup, observer: RepositoryObserver, base: str, head: str, files: tuple[str, ...]
) -> Iterator[Item]:
    """Yield an item for the formatter and one for the types.

    A tool counts that the base declares and the target's interpreter has; what the base fails too is not held against
    the head.
    """
    tree = observer.base(setup, base)
    declared = [tool for tool in _TOOLS if tool.is_declared(tree.root)]
    python = tuple(file for file in files if file.endswith(".py"))
    for check in (Check.FORMATTER_AS_BEFORE, Check.TYPES_AS_BEFORE):
        tools = [tool for tool in declared if tool.check is check]
        seen = [_compared(setup, observer, tool, (base, head), python) for tool in tools if python]
        problems = [text for text, is_worse in seen if is_worse]
        said = "; ".join(text for text, _ in seen) or "the project declares none that could be asked"
        yield Item(experiment=WHOLE_BRANCH, name=check, passed=not problems, detail="; ".join(problems) or said)


def _compared(
    setup: Setup, observer: RepositoryObserver, tool: _Tool, ends: tuple[str, str], files: tuple[str, ...]
) -> tuple[str, bool]:
    """Return what a tool says of base and head, and whether the head is worse."""
    told = []
    for commit in ends:
        tree = observer.base(setup, commit)
        there = tuple(file for file in files if (tree.root / file).is_file())
        told.append(_asked(setup, observer, tool, tree, there))
    before, after = told
    if any(_MISSING in one.stderr for one in told):
        return f"{tool.name} is declared, and the interpreter has none", False
    if after.usage.exit_code == 0:
        return f"{tool.name} is content with {len(files)} files", False
    if before.usage.exit_code != 0 and _complaints(after) <= _complaints(before):
        return f"{tool.name} complains of the base as well", False
    lines = [line for line in (*after.stdout.splitlines(), *after.stderr.splitlines()) if line.strip()]
    return f"{tool.name} was content with the base: {lines[0][:200] if lines else 'it says nothing'}", True


def _asked(setup: Setup, observer: RepositoryObserver, tool: _Tool, tree: Tree, files: tuple[str, ...]) -> Finished:
    command = Command(argv=("python", "-m", *tool.words, *files), timeout_s=_LIMIT_S)
    return observer.processes.run(launch(command, tree, setup.interpreter))


def _complaints(told: Finished) -> int:
    return sum(bool(line.strip()) for line in told.stdout.splitlines())


def _pyproject(root: Path) -> Mapping[str, object]:
    try:
        found = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _has_section(path: Path, section: str) -> bool:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return False
    return parser.has_section(section)


def _declares_black(root: Path) -> bool:
    return "black" in _pyproject(root)


def _declares_ruff_format(root: Path) -> bool:
    ruff = _pyproject(root).get("ruff")
    return isinstance(ruff, dict) and "format" in ruff


def _declares_mypy(root: Path) -> bool:
    files = ("mypy.ini", ".mypy.ini", "setup.cfg")
    return "mypy" in _pyproject(root) or any(_has_section(root / name, "mypy") for name in files)


_TOOLS = (
    _Tool(
        name="black",
        check=Check.FORMATTER_AS_BEFORE,
        words=("black", "--check", "--quiet"),
        is_declared=_declares_black,
    ),
    _Tool(
        name="ruff format",
        check=Check.FORMATTER_AS_BEFORE,
        words=("ruff", "format", "--check", "--no-cache"),
        is_declared=_declares_ruff_format,
    ),
    _Tool(
        name="mypy",
        check=Check.TYPES_AS_BEFORE,
        words=("mypy", "--no-error-summary", "--cache-dir=/dev/null"),
        is_declared=_declares_mypy,
    ),
)
