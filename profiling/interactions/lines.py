"""What a line of the project's source calls: evidence names it."""

import ast
from collections.abc import Iterable
from pathlib import Path

_LARGEST_BYTES = 2**24
_MOST_NAMES = 3


def calls_on(root: Path | None, file: str, line: int) -> tuple[str, ...]:
    """Return the dotted names that a line calls without awaiting them, in their order, at most 3.

    None where there is no tree, or the file can't be read or parsed.

    Args:
        root: of the tree.
        file: relative to it.
        line: 1-based.
    """
    tree = parsed(root, file)
    if tree is None:
        return ()
    awaited = {node.value for node in ast.walk(tree) if isinstance(node, ast.Await)}
    return _names(call for call in calls_in(tree, line) if call not in awaited)


def names_on(tree: ast.Module, line: int) -> tuple[str, ...]:
    """Return the dotted names that a line calls or awaits, in their order, at most 3.

    Args:
        tree: of the file.
        line: 1-based.
    """
    return _names(calls_in(tree, line))


def calls_in(tree: ast.Module, line: int) -> list[ast.Call]:
    """Return the calls on a line, in their order.

    Args:
        tree: of the file.
        line: 1-based.
    """
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    on_line = [call for call in calls if call.lineno <= line <= (call.end_lineno or call.lineno)]
    return sorted(on_line, key=lambda call: (call.lineno, call.col_offset))


def parsed(root: Path | None, file: str) -> ast.Module | None:
    """Return a file of the tree; None where there is no tree, or it can't be read or parsed.

    Args:
        root: of the tree.
        file: relative to it.
    """
    if root is None:
        return None
    try:
        inside = root.resolve()
        path = (inside / file).resolve()
        if not path.is_relative_to(inside) or path.stat().st_size > _LARGEST_BYTES:
            return None
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(calls: Iterable[ast.Call]) -> tuple[str, ...]:
    names = [name for call in calls if (name := _dotted(call.func)) is not None]
    return tuple(dict.fromkeys(names))[:_MOST_NAMES]


def _dotted(node: ast.expr) -> str | None:
    """Return `a.b.c`; of a call in between `a().b`, None for what has no name."""
    names: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            names.append("()")
            node = node.func
        else:
            return ".".join(reversed(names)).replace(".()", "()") or None
    return ".".join([node.id, *reversed(names)]).replace(".()", "()")
