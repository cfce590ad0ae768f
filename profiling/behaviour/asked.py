"""Which attributes a change computes when they are asked for, where its base stores or computes them otherwise."""

import ast
from collections.abc import Iterable

from profiling.model import Tree

_KEEPING = frozenset({"cached_property"})


def newly_kept(base: Tree, change: Tree, files: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the cached properties that files of the change have and those of the base do not, sorted.

    A cached property keeps its value in the instance from the first time on; what an instance holds is then another,
    though whoever asks gets the same. Both sides are therefore asked for these.

    Args:
        base, change: the trees.
        files: relative to their roots; those that can't be read, or are no Python, have none.
    """
    found: set[str] = set()
    for file in set(files):
        found |= _cached(change, file) - _cached(base, file)
    return tuple(sorted(found))


def _cached(tree: Tree, file: str) -> frozenset[str]:
    try:
        syntax = ast.parse((tree.root / file).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    functions = (node for node in ast.walk(syntax) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in functions if any(map(_keeps, node.decorator_list)))


def _keeps(decorator: ast.expr) -> bool:
    name = decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
    return str(name).lstrip("_") in _KEEPING
