from collections.abc import Callable
from pathlib import Path

import pytest

from agents.scan.heat import Temperature
from agents.scan.tree import Scanned, Wanted, scan_tree
from profiling.model import Tree


@pytest.fixture
def scanned(tmp_path: Path) -> Callable[..., Scanned]:
    """Return what writes files and scans them all."""

    def scan(
        files: dict[str, str], *rules: str, temperature: Temperature | None = None, paths=(), unproven: bool = False
    ) -> Scanned:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))
        wanted = Wanted(rules=frozenset(rules), paths=tuple(paths), unproven=unproven)
        return scan_tree(tree, wanted, temperature or Temperature())

    return scan
