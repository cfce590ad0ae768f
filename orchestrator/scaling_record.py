"""The last scaling test of a checkout, kept for the session that ends later: it says where an algorithm is the cost."""

from pathlib import Path

from pydantic import TypeAdapter

from orchestrator.ledger.layout import Layout
from orchestrator.plain import load, save
from profiling.growth import Growth

_GROWTH: TypeAdapter[Growth] = TypeAdapter(Growth)


def keep(growth: Growth, root: Path) -> None:
    """Write a scaling test into the records of a checkout; nothing where there are none, or a link leads out."""
    path = _path(root)
    if path is not None:
        save(_GROWTH, growth, path)


def last(root: Path) -> Growth | None:
    """Return the last scaling test of a checkout; None when there is none, or it can't be read."""
    path = _path(root)
    return load(_GROWTH, path) if path is not None else None


def _path(root: Path) -> Path | None:
    folder = Layout(root=root).profiles
    path = folder / "growth.json"
    links = any(one.is_symlink() for one in (folder.parent, folder, path))
    return None if links or not folder.is_dir() else path
