"""Where a run's modules came from: the proof that it was this tree's code that ran."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from profiling.model import Tree

_INSTALLED = frozenset({"site-packages", "dist-packages"})


def relative_origin(file: str, tree: Tree) -> str:
    """Return a file relative to the tree's root; absolute when it is not the tree's own (installed copies are not)."""
    path = Path(file)
    try:
        relative = path.resolve().relative_to(tree.root.resolve())
    except (ValueError, OSError, RuntimeError):
        return str(path.absolute())
    return str(path.absolute()) if _INSTALLED & set(relative.parts) else relative.as_posix()


def merged_origins(reports: Iterable[Mapping[str, object]], tree: Tree) -> dict[str, str]:
    """Return every project module's file, a wrong one before a right one where processes differ."""
    found: dict[str, str] = {}
    for report in reports:
        origins = report.get("origins")
        for module, file in origins.items() if isinstance(origins, dict) else ():
            place = relative_origin(str(file), tree)
            if module not in found or Path(place).is_absolute():
                found[str(module)] = place
    return found
