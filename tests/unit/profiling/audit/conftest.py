"""Small trees to read."""

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.audit.graph import CallGraph, build_call_graph

Lay = Callable[[Mapping[str, str | bytes]], Path]
Graphed = Callable[[str], CallGraph]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Return what writes files under a folder of the test's own, and gives the folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "source"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode()
            path.write_bytes(data)
        return root

    return write


@pytest.fixture
def graphed(lay: Lay) -> Graphed:
    """Return what gives the graph of one module, `shop`."""
    return lambda text: build_call_graph(lay({"shop.py": text}))
