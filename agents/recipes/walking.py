"""The nodes of a syntax tree, walked once: every recipe asks for those of the same functions again and again."""

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TypeVar, cast

_Node = TypeVar("_Node", bound=ast.AST)
_Result = TypeVar("_Result")

_Root = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""What is asked for often enough to be remembered; a walk of anything smaller costs little."""
_KEPT = "_ratchet_analyses"
_BELOW = "_ratchet_below"
_PLAIN_FIELDS = frozenset(
    "arg asname attr conversion ctx id is_async kind level module rest simple tag type_comment".split()
)
"""Fields that hold no nodes worth a visit: words, numbers, and whether a name is read or stored."""


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each type of node that may hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        found = self[kind] = tuple(name for name in kind._fields if name not in _PLAIN_FIELDS)
        return found


_FIELDS = _Fields({ast.Constant: ()})


def once_below(analysis: Callable[[ast.AST], _Result]) -> Callable[[ast.AST], _Result]:
    """Remember the result of `analysis` with each module, class and function it is asked for.

    It goes when the tree goes; a tree must not be changed once it was looked at.
    """

    @wraps(analysis)
    def remembered(root: ast.AST) -> _Result:
        if not isinstance(root, _Root):
            return analysis(root)
        kept: dict[object, object] = vars(root).setdefault(_KEPT, {})
        if analysis not in kept:
            kept[analysis] = analysis(root)
        return cast("_Result", kept[analysis])

    return remembered


@once_below
def walk(root: ast.AST) -> tuple[ast.AST, ...]:
    """Return a node and all below it, level by level as `ast.walk` does, but for the contexts of names.

    The walk of a module leaves with each node what is right below it, for all the walks after it.
    """
    found, fields = [root], _FIELDS
    if isinstance(root, ast.Module):
        for node in found:
            if fields[type(node)]:
                below = _children(node)
                setattr(node, _BELOW, below)
                found += below
    else:
        for node in found:
            if fields[type(node)]:
                found += children(node)
    return tuple(found)


def nodes(root: ast.AST, kind: type[_Node]) -> Sequence[_Node]:
    """Return the nodes of a tree that are exactly of a type, level by level."""
    if not isinstance(root, ast.Module):
        return [node for node in walk(root) if type(node) is kind]
    return cast("Sequence[_Node]", _by_type(root).get(kind, ()))


def children(node: ast.AST) -> Sequence[ast.AST]:
    """Return the nodes right below a node, but for the context of a name."""
    if not _FIELDS[type(node)]:
        return ()
    kept: list[ast.AST] | None = getattr(node, _BELOW, None)
    return _children(node) if kept is None else kept


@once_below
def parents_below(root: ast.AST) -> Mapping[ast.AST, ast.AST]:
    """Return the parent of every node below `root`; `root` itself has none."""
    found: dict[ast.AST, ast.AST] = {}
    for node in walk(root):
        below = children(node)
        if below:
            found.update(dict.fromkeys(below, node))
    return found


@once_below
def _by_type(root: ast.AST) -> dict[type[ast.AST], list[ast.AST]]:
    found: dict[type[ast.AST], list[ast.AST]] = {}
    for node in walk(root):
        found.setdefault(type(node), []).append(node)
    return found


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
    return found
