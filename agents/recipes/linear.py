"""Index arithmetic as sums: `n - i - 1` and `n - (i + 1)` are the same index."""

import ast
from collections import Counter
from collections.abc import Callable

Sum = frozenset[tuple[str, int]]
"""Names with how often each is added, the empty name for the constant; what is added 0 times is left out."""

Atom = Callable[[ast.expr], str | None]
"""Gives the name that stands for an expression, None when nothing does."""


def constant(value: int) -> Sum:
    """Return a sum without names."""
    return _sum(Counter({"": value}))


def named(name: str, *, plus: int = 0) -> Sum:
    """Return a name plus a constant."""
    return _sum(Counter({name: 1, "": plus}))


def plus(one: Sum, value: int) -> Sum:
    """Return a sum with a constant added."""
    return _sum(_added(Counter(dict(one)), Counter({"": value}), 1))


def constant_of(one: Sum | None) -> int | None:
    """Return the value of a sum without names."""
    if one is None or any(name for name, _ in one):
        return None
    return dict(one).get("", 0)


def sum_of(node: ast.expr, atom: Atom) -> Sum | None:
    """Return what an expression adds up, None when it is anything else.

    Args:
        node: of ints, as far as the names are.
        atom: gives the name of a part that is no sum itself.
    """
    found = _counted(node, atom)
    return None if found is None else _sum(found)


def _counted(node: ast.expr, atom: Atom) -> Counter[str] | None:
    if isinstance(node, ast.Constant):
        return Counter({"": node.value}) if type(node.value) is int else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _added(Counter(), _counted(node.operand, atom), -1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return _added(_counted(node.left, atom), _counted(node.right, atom), 1 if isinstance(node.op, ast.Add) else -1)
    name = atom(node)
    return Counter({name: 1}) if name else None


def _added(left: Counter[str] | None, right: Counter[str] | None, times: int) -> Counter[str] | None:
    if left is None or right is None:
        return None
    return Counter({name: left[name] + times * right[name] for name in {*left, *right}})


def _sum(counted: Counter[str] | None) -> Sum:
    return frozenset((name, count) for name, count in (counted or {}).items() if count)
