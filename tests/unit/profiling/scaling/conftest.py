import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.model import Interpreter, Tree

PROGRAM = """
def spin(rounds):
    total = 0
    for number in range(rounds):
        total += number * number
    return total


def pairs(size):
    found = 0
    for one in range(size):
        for other in range(size):
            found += one ^ other
    return found
"""


@pytest.fixture
def interpreter() -> Interpreter:
    return Interpreter(executable=getattr(sys, "_base_executable", sys.executable), version=sys.version_info[:3])


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[str], Tree]:
    """Make a tree with a package and a `bench.py`, which sees the size as `n`."""

    def make(bench: str) -> Tree:
        root = tmp_path / "tree"
        (root / "work").mkdir(parents=True)
        (root / "work" / "__init__.py").write_text(PROGRAM)
        (root / "bench.py").write_text(f"import sys, work\nn = int(sys.argv[1])\n{bench}\n")
        return Tree(root=root, import_roots=(".",), packages=("work",), source_paths=("work",))

    return make


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder
