"""Drop compiled files of project sources: after two edits of equal length within a second they look fresh."""

import contextlib
import os
import shutil
from pathlib import Path

from profiling.model import Tree

_NOT_SOURCES = frozenset({"site-packages", "dist-packages", "node_modules"})


def forget_bytecode(tree: Tree) -> None:
    """Remove the `__pycache__` folders below a tree's source paths; what can't be removed is left."""
    for source in tree.source_paths:
        path = tree.root / source
        folder = path if path.is_dir() else path.parent
        if path.is_file():
            _remove(folder / "__pycache__")
            continue
        for parent, names, _ in os.walk(folder):
            if "__pycache__" in names:
                _remove(Path(parent) / "__pycache__")
            names[:] = [
                name for name in names if not name.startswith(".") and name not in _NOT_SOURCES | {"__pycache__"}
            ]


def _remove(folder: Path) -> None:
    if folder.is_symlink():  # not ours to follow
        return
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
