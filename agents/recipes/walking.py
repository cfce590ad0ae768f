"""The nodes of a syntax tree, walked once: every recipe asks for those of the same functions again and again."""

import ast
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

_Node = TypeVar("_Node", bound=ast.AST)
_Result = TypeVar("_Result")

_ROOTS = frozenset({ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
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
_SPARSE = frozenset({ast.Dict, ast.arguments, ast.Global, ast.Nonlocal, ast.MatchClass})
"""Nodes with a list that does not hold nodes alone."""


def once_below(analysis: Callable[[ast.AST], _Result]) -> Callable[[ast.AST], _Result]:
    """Remember the result of `analysis` with each module, class and function it is asked for.

    It goes when the tree goes; a tree must not be changed once it was looked at.
    """

    @wraps(analysis)
    def remembered(root: ast.AST) -> _Result:
        kept: dict[object, _Result] | None = root.__dict__.get(_KEPT)
        if kept is None:
            if type(root) not in _ROOTS:
                return analysis(root)
            kept = root.__dict__[_KEPT] = {}
        elif analysis in kept:
            return kept[analysis]
        found = kept[analysis] = analysis(root)
        return found

    return remembered


@once_below
def walk(root: ast.AST) -> tuple[ast.AST, ...]:
    """Return a node and all below it, level by level as `ast.walk` does, but for the contexts of names.

    The walk of a module leaves with each node what is right below it, for all the walks after it.
    """
    if isinstance(root, ast.Module):
        return tuple(node for level in levels(root) for node in level)
    found, fields = [root], _FIELDS
    for node in found:
        if fields[type(node)]:
            below: list[ast.AST] | None = node.__dict__.get(_BELOW)
            found += _children(node) if below is None else below
    return tuple(found)


@once_below
def levels(root: ast.AST) -> tuple[tuple[ast.AST, ...], ...]:
    """Return the nodes of a tree by their depth; each is left what is right below it, for all the walks after this."""
    fields, sparse, node_type = _FIELDS, _SPARSE, ast.AST
    level, found = [root], list[tuple[ast.AST, ...]]()
    while level:
        found.append(tuple(level))
        lower: list[ast.AST] = []
        for node in level:
            kind = type(node)
            if names := fields[kind]:
                # As `_children` does: of each node of a project, so that a call of it would take as long again.
                values, below = node.__dict__, []
                for name in names:
                    value = values.get(name)
                    if type(value) is list:
                        below += value
                    elif isinstance(value, node_type):
                        below.append(value)
                if kind in sparse:
                    below = [item for item in below if isinstance(item, node_type)]
                values[_BELOW] = below
                lower += below
        level = lower
    return tuple(found)


def forget(root: ast.AST) -> None:
    """Drop what is remembered below a node: it points in circles, so that the tree would stay until a collection."""
    for node in walk(root):
        if type(node) in _ROOTS:
            node.__dict__.pop(_KEPT, None)


def nodes(root: ast.AST, *kinds: type[_Node]) -> Sequence[_Node]:
    """Return the nodes of a tree that are exactly of one of some types, level by level."""
    by_kind = _by_type(root)
    if len(kinds) == 1:
        return cast("Sequence[_Node]", by_kind.get(kinds[0], ()))
    return of_kinds(kinds, by_kind, walk(root))


def of_kinds(
    kinds: Sequence[type[_Node]], by_kind: Mapping[type[ast.AST], Sequence[ast.AST]], found: Sequence[ast.AST]
) -> Sequence[_Node]:
    """Return the nodes of a list that are exactly of one of some types, in its order.

    Args:
        kinds: the types.
        by_kind: what `by_type` says of the list.
        found: the list.
    """
    there = {kind for kind in kinds if kind in by_kind}
    if len(there) < 2:
        return cast("Sequence[_Node]", by_kind[there.pop()] if there else ())
    return cast("Sequence[_Node]", [node for node in found if type(node) in there])


def by_type(found: Sequence[ast.AST]) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
    """Return nodes by their exact type, in their order."""
    by_kind: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)
    for node in found:
        by_kind[type(node)].append(node)
    return dict(by_kind)


def children(node: ast.AST) -> Sequence[ast.AST]:
    """Return the nodes right below a node, but for the context of a name."""
    if not _FIELDS[type(node)]:
        return ()
    kept: list[ast.AST] | None = node.__dict__.get(_BELOW)
    return _children(node) if kept is None else kept


@once_below
def parents_below(root: ast.AST) -> Mapping[ast.AST, ast.AST]:
    """Return the parent of every node below `root`; `root` itself has none."""
    found: dict[ast.AST, ast.AST] = {}
    for node in walk(root):
        for below in children(node):
            found[below] = node
    return found


@once_below
def _by_type(root: ast.AST) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
    return by_type(walk(root))


def _children(node: ast.AST) -> list[ast.AST]:
    values, found = node.__dict__, list[Any]()
    for name in _FIELDS[type(node)]:
        value = values.get(name)
        if type(value) is list:
            found += value
        elif isinstance(value, ast.AST):
            found.append(value)
    return [item for item in found if isinstance(item, ast.AST)] if type(node) in _SPARSE else found
