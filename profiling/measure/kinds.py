"""What kind of workload a command is: how much of its process is the work that is to be measured."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePath

from profiling.model import Command

_PYTHON = re.compile(r"(python|pypy)[\d.]*")
_WITH_VALUE = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_CLUSTER = re.compile(r"-[a-zA-Z]*?([mc])(.*)", re.DOTALL)
_NODE_ID = re.compile(r"-[^=\s]*\.py(::.*)?", re.DOTALL)
_PYTEST = frozenset({"pytest", "py.test"})
_RUNNER = "ratchet_asv.py"
_PARALLEL = re.compile(r"-n.*|--numprocesses(=.*)?|--dist(=.*)?|--tx(=.*)?", re.DOTALL)


class KindName(StrEnum):
    """How a workload is run."""

    SCRIPT = "script"
    MODULE = "module"
    CODE = "code"
    PROGRAM = "program"
    PYTEST = "pytest"
    PYTEST_BENCHMARK = "pytest_benchmark"
    ASV = "asv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a command is.

    Attributes:
        name: of the kind; `PROGRAM` is a console script, or any other program.
        words: what follows the program: pytest's arguments, asv's, the script's.
        parallel: it spreads its tests over processes (pytest-xdist), so that none of them sees all bodies.
    """

    name: KindName
    words: tuple[str, ...]
    parallel: bool = False

    @property
    def has_bodies(self) -> bool:
        """Say whether the work is a number of bodies, beside a runner that is none of it."""
        return self.is_pytest or self.name is KindName.ASV

    @property
    def is_pytest(self) -> bool:
        """Say whether pytest runs it."""
        return self.name in {KindName.PYTEST, KindName.PYTEST_BENCHMARK}


def detect(command: Command) -> Kind:
    """Return the kind of a command, by its words alone.

    `asv run --bench REGEX` and `python -m asv run …` are asv benchmarks; so is the script that
    `profiling.measure.suites.asv.install` makes of them.
    """
    name, words = _program(command.argv)
    if name in _PYTEST:
        benchmarks = any(word.startswith("--benchmark") for word in words)
        kind = KindName.PYTEST_BENCHMARK if benchmarks else KindName.PYTEST
        return Kind(name=kind, words=words, parallel=any(_PARALLEL.fullmatch(word) for word in words))
    if (name == "asv" and words[:1] == ("run",)) or name == _RUNNER:
        return Kind(name=KindName.ASV, words=words)
    return Kind(name=_kind_of_python(command.argv), words=words)


def guarded(command: Command) -> Command:
    """Return a command for pytest whose node ids can't be taken for options: `-x.py::t` becomes `./-x.py::t`.

    Only words that name a Python file are touched; `-k`, `-Werror::X` and `--deselect=a.py::t` are options.
    """
    if not detect(command).is_pytest:
        return command
    argv = tuple(f"./{word}" if _NODE_ID.fullmatch(word) else word for word in command.argv)
    return replace(command, argv=argv)


def _program(argv: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the name of what runs (a module's with -m, else a file's) and what follows it."""
    if not argv:
        return "", ()
    position, letter, value = _interpreted(argv)
    if letter == "m" and value:
        return value.partition(".")[0], argv[position:]
    if position and not letter and position < len(argv):
        return PurePath(argv[position]).name, argv[position + 1 :]
    return ("", argv[position:]) if position else (PurePath(argv[0]).name, argv[1:])


def _kind_of_python(argv: tuple[str, ...]) -> KindName:
    position, letter, _ = _interpreted(argv)
    if letter:
        return KindName.MODULE if letter == "m" else KindName.CODE
    is_script = position or any(word.endswith(".py") for word in argv[:1])
    return KindName.SCRIPT if is_script else KindName.PROGRAM


def _interpreted(argv: tuple[str, ...]) -> tuple[int, str, str]:
    """Take a call of an interpreter apart: where its program's words begin, `m` or `c` if so, and their value.

    0 as the position: no interpreter is called.
    """
    if not argv or not _PYTHON.fullmatch(PurePath(argv[0]).name):
        return 0, "", ""
    position = 1
    while position < len(argv) and argv[position].startswith("-") and argv[position] != "-":
        word = argv[position]
        position += 2 if word in _WITH_VALUE else 1
        found = None if word.startswith(("--", "-W", "-X")) else _CLUSTER.fullmatch(word)
        if found and found.group(2):
            return position, found.group(1), found.group(2)
        if found:
            return position + 1, found.group(1), argv[position] if position < len(argv) else ""
    return position, "", ""
