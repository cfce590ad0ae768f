"""Real source to try speed on: copied into an empty folder until there is enough."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from agents.recipes.project import MAX_BYTES

_TESTS = frozenset({"test", "tests", "testing"})


def copied(folders: Sequence[Path], into: Path, lines: int, *, has_tests: bool = True) -> int:
    """Copy Python files in the order of their names until there are enough lines; return how many there are.

    Args:
        folders: packages, or folders that hold some.
        into: an empty folder.
        lines: how many are wanted.
        has_tests: tests are copied too.
    """
    done = 0
    for path, place in _files(folders):
        if done >= lines:
            break
        if (has_tests or not _TESTS.intersection(place.parts)) and path.stat().st_size <= MAX_BYTES:
            (into / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, into / place)
            done += path.read_bytes().count(b"\n")
    return done


def _files(folders: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    for folder in folders:
        top = folder.parent if (folder / "__init__.py").exists() else folder
        for path in sorted(folder.rglob("*.py")):
            if path.is_file():
                yield path, path.relative_to(top)
