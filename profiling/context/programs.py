"""Which programs PATH leads to, found without running any of them."""

import os
import stat
from collections.abc import Iterator, Sequence
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


def search_path() -> list[str]:
    """Return the folders of PATH; relative entries are passed over."""
    return [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder.startswith("/")]


def located(names: tuple[str, ...] = TOOLS, folders: Sequence[str] | None = None) -> tuple[Program, ...]:
    """Return the programs of these names that PATH leads to, of each name the first.

    Args:
        names: without a folder.
        folders: to look into in place of those of PATH.
    """
    among = search_path() if folders is None else folders
    return tuple(found for name in names for found in _first(name, among))


def _first(name: str, folders: Sequence[str]) -> Iterator[Program]:
    for folder in folders:
        path = f"{folder}/{name}"
        try:
            seen = os.stat(path)  # noqa: PTH116  hundreds of looks: a Path for each would cost more than the look
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(seen.st_mode) and os.access(path, os.X_OK):
            yield Program(name=name, path=path, mtime_ns=seen.st_mtime_ns)
            return
