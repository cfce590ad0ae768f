"""What is measured on both sides: commands, files that list them, globs of scripts and suites, or all that is found."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestrator.errors import UsageError
from profiling.context import commands, manifest
from profiling.context.commands import BadCommand
from profiling.model import Command

ALL = "all"
_GLOB = re.compile(r"[*?\[]")
_BENCHMARK_TEST = re.compile(r"def test\w*\([^)]*\bbenchmark\b")
_LIST_ENDINGS = ("", ".txt", ".list", ".conf")
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where names are looked up.

    Attributes:
        base, head: roots of the two worktrees.
        here: the folder the person is in: relative names of lists begin there.
        checkout: root of the person's checkout.
    """

    base: Path
    head: Path
    here: Path
    checkout: Path

    @property
    def trees(self) -> tuple[Path, Path]:
        """Return both worktrees, the newer first."""
        return self.head, self.base


def workloads(wanted: Sequence[str], places: Places) -> tuple[Command, ...]:
    """Return the commands that the person's words mean, each once; without words the first that is found.

    Raises:
        UsageError: a glob or a list names nothing, a command can't be split, or nothing is found.
    """
    found = tuple(dict.fromkeys(_expanded(wanted, places) if wanted else _found(places)[:1]))
    if not found:
        hint = "name one: --workload 'python bench.py', --workload 'benchmarks/bench_*.py'"
        raise UsageError("no workload was named, and no benchmark was found in either commit", hint=hint)
    if len(found) > _MOST:
        raise UsageError(f"{len(found)} workloads are more than {_MOST}", hint="name fewer with --workload")
    return found


def missing_file(command: Command, places: Places) -> tuple[Path, str] | None:
    """Return a tree and the file of a command that it lacks; None when each has what the other one has.

    Raises:
        UsageError: a Python file that the command names is in neither.
    """
    for word in command.argv[1:]:
        name = word.partition("::")[0]
        if not _is_path(name):
            continue
        there = [tree for tree in places.trees if (tree / name).exists()]
        if not there and name.endswith(".py"):
            raise UsageError(
                f"`{command.text}` names {name}, which is in neither commit",
                hint="write paths relative to the repository's root; a script that is not committed can stay untracked",
            )
        if len(there) == 1:
            lacking = places.base if there[0] == places.head else places.head
            return lacking, name
    return None


def _expanded(wanted: Iterable[str], places: Places) -> Iterator[Command]:
    for text in wanted:
        listed = _list_file(text, places)
        if text == ALL:
            yield from _found(places)
        elif listed is None:
            yield from _one(text, places)
        else:
            yield from _listed(listed, text, places)


def _found(places: Places) -> list[Command]:
    found = [command for tree in places.trees for command in commands.workloads(tree, manifest.read(tree))]
    return list(dict.fromkeys(found))


def _list_file(text: str, places: Places) -> Path | None:
    """Return the file that lists workloads, None when the words are no such file's name."""
    if PurePosixPath(text).suffix not in _LIST_ENDINGS:
        return None
    candidates = (places.here / text, *(tree / text for tree in places.trees))
    return next((path for path in candidates if path.is_file()), None)


def _listed(path: Path, name: str, places: Places) -> Iterator[Command]:
    text = manifest.text_of(path)
    if text is None:
        raise UsageError(f"{name} can't be read as UTF-8 text", hint="write one workload a line")
    lines = [line.strip() for line in text.splitlines()]
    given = [line for line in lines if line and not line.startswith("#")]
    if not given:
        raise UsageError(f"{name} lists no workload", hint="write one command, file or glob a line; # begins a comment")
    for line in given:
        yield from _one(line, places)


def _one(text: str, places: Places) -> Iterator[Command]:
    """Yield what a glob, a file's name or a command means."""
    if _GLOB.search(text) and not any(char.isspace() for char in text):
        yield from _globbed(text, places)
        return
    name = _in_tree(text, places)
    if name is not None:
        yield _of_file(name, places)
        return
    try:
        yield commands.parse(text)
    except BadCommand as error:
        raise UsageError(str(error), hint="give one command without shell syntax") from error


def _globbed(pattern: str, places: Places) -> Iterator[Command]:
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
        raise UsageError(f"{pattern!r} leads out of the repository", hint="write globs relative to its root")
    try:
        names = sorted({path.relative_to(tree).as_posix() for tree in places.trees for path in tree.glob(pattern)})
    except (ValueError, OSError) as error:
        raise UsageError(f"{pattern!r} is no glob: {error}", hint="for example: 'benchmarks/**/bench_*.py'") from error
    kept = [name for name in names if _is_runnable(name, places)]
    if not kept:
        hint = "write globs relative to the repository's root: 'benchmarks/bench_*.py'"
        raise UsageError(f"{pattern!r} matches no Python file and no asv configuration in either commit", hint=hint)
    for name in kept:
        yield _of_file(name, places)


def _in_tree(text: str, places: Places) -> str | None:
    """Return a file's path relative to the root, None when the words are no file's name."""
    if any(char.isspace() for char in text):
        return None
    path = places.here / text
    names = [text]
    if path.is_relative_to(places.checkout):
        names.insert(0, path.relative_to(places.checkout).as_posix())
    return next((name for name in names if _is_path(name) and _is_runnable(name, places)), None)


def _of_file(name: str, places: Places) -> Command:
    """Return how a file is run: as an asv suite, as tests, as a script."""
    path = next(tree / name for tree in places.trees if (tree / name).is_file())
    if path.name.startswith("asv.conf."):
        return Command(argv=("asv", "run", "--config", name))
    if path.name.startswith("test_") or path.stem.endswith("_test"):
        only = ("--benchmark-only",) if _BENCHMARK_TEST.search(manifest.text_of(path) or "") else ()
        return Command(argv=("python", "-m", "pytest", "-q", name, *only))
    return Command(argv=("python", name))


def _is_runnable(name: str, places: Places) -> bool:
    """Say whether a file of either tree can be run as it is: a package's own marker file is none."""
    path = PurePosixPath(name)
    fits = path.suffix == ".py" or path.name.startswith("asv.conf.")
    return (
        fits and path.name not in {"__init__.py", "conftest.py"} and any((one / name).is_file() for one in places.trees)
    )


def _is_path(name: str) -> bool:
    path = PurePosixPath(name)
    looks = name.endswith(".py") or "/" in name or name.startswith("asv.conf.")
    return looks and not name.startswith("-") and not path.is_absolute() and ".." not in path.parts
