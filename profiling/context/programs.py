"""Which programs PATH leads to, found without running any of them."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

TOOLS = (
    *("git", "uv", "poetry", "pdm", "hatch", "pipenv", "conda", "tox", "nox", "make", "cargo", "cc", "docker"),
    *("pytest", "ruff", "mypy", "py-spy", "memray", "perf", "valgrind", "hyperfine", "python3"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program at hand.

    Attributes:
        path: absolute.
        mtime_ns: when it was changed last.
    """

    name: str
    path: str
    mtime_ns: int


def located(names: tuple[str, ...] = TOOLS) -> tuple[Program, ...]:
    """Return the programs of these names that PATH leads to; relative entries of PATH are passed over."""
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder.startswith("/")]
    return tuple(found for name in names for found in _first(name, folders))


def _first(name: str, folders: list[str]) -> Iterator[Program]:
    for folder in folders:
        path = f"{folder}/{name}"
        try:
            seen = os.stat(path)  # noqa: PTH116  hundreds of looks: a Path for each would cost more than the look
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(seen.st_mode) and os.access(path, os.X_OK):
            yield Program(name=name, path=path, mtime_ns=seen.st_mtime_ns)
            return
