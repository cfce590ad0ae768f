"""How much plain Python work a function's source holds: syntax nodes, by how often they are likely to run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from profiling.audit.sources import Scope

_BRANCH = 0.5
"""Of an `if` with nothing known of its condition."""
_RARE = 0.05
"""Of an exception's handler, and of a branch that raises (branch heuristics: Ball and Larus, PLDI 1993)."""
_MOST = 1e12
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_WORKLESS = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.arguments, ast.arg, ast.alias)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticWork:
    """What one call of a function does itself, as far as its source tells.

    Attributes:
        nodes: syntax nodes, each by how often it is likely to run.
        calls: by line, how often the calls on it are likely to be made.
    """

    nodes: float
    calls: dict[int, float]


def static_work(scope: Scope, unknown_bound: float) -> StaticWork:
    """Return the likely work of one call.

    Args:
        scope: the function, without those defined in it.
        unknown_bound: passes of a loop whose bound the source does not tell.
    """
    nodes = 0.0
    calls: dict[int, float] = {}
    pending: list[tuple[ast.AST, float]] = list(_start(scope))
    while pending:
        node, often = pending.pop()
        if isinstance(node, _SCOPES):
            nodes += often
            continue
        if not isinstance(node, _WORKLESS):
            nodes += often
        line = getattr(node, "lineno", None)
        if isinstance(node, ast.Call | ast.Attribute | ast.Subscript | ast.With | ast.For) and line is not None:
            calls[line] = max(calls.get(line, 0.0), often)
        pending.extend((child, min(times * often, _MOST)) for child, times in _children(node, unknown_bound))
    return StaticWork(nodes=min(nodes, _MOST), calls=calls)


def _start(scope: Scope) -> Iterator[tuple[ast.AST, float]]:
    statements = [scope.body] if isinstance(scope, ast.Lambda) else scope.body
    return ((each, 1.0) for each in statements)


def _children(node: ast.AST, unknown_bound: float) -> Iterator[tuple[ast.AST, float]]:
    """Yield what stands directly below a node, with how often it runs when that runs once."""
    if isinstance(node, ast.For | ast.AsyncFor):
        passes = _bound(node.iter, unknown_bound)
        yield node.iter, 1.0
        yield from ((each, passes) for each in (node.target, *node.body))
        yield from ((each, 1.0) for each in node.orelse)
    elif isinstance(node, ast.While):
        yield from ((each, unknown_bound) for each in (node.test, *node.body))
    elif isinstance(node, ast.If):
        yield node.test, 1.0
        yield from ((each, _likelihood(node.body)) for each in node.body)
        yield from ((each, _likelihood(node.orelse)) for each in node.orelse)
    elif isinstance(node, ast.Try):
        yield from ((each, 1.0) for each in (*node.body, *node.orelse, *node.finalbody))
        yield from ((each, _RARE) for each in node.handlers)
    elif isinstance(node, _COMPREHENSIONS):
        yield from _comprehension(node, unknown_bound)
    elif isinstance(node, ast.match_case):
        yield from ((each, _BRANCH) for each in node.body)
    else:
        yield from ((each, 1.0) for each in ast.iter_child_nodes(node))


def _comprehension(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, unknown_bound: float
) -> Iterator[tuple[ast.AST, float]]:
    passes = 1.0
    for generator in node.generators:
        yield generator.iter, passes
        passes *= _bound(generator.iter, unknown_bound)
        yield from ((each, passes) for each in (generator.target, *generator.ifs))
        passes *= _BRANCH ** len(generator.ifs)
    parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
    yield from ((each, passes) for each in parts)


def _likelihood(block: list[ast.stmt]) -> float:
    return _RARE if block and isinstance(block[-1], ast.Raise) else _BRANCH


def _bound(iterated: ast.expr, unknown_bound: float) -> float:
    """Return the passes of a loop over an expression."""
    if isinstance(iterated, ast.List | ast.Tuple | ast.Set):
        return float(len(iterated.elts))
    if isinstance(iterated, ast.Dict):
        return float(len(iterated.keys))
    if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name) and iterated.func.id == "range":
        numbers = [each.value for each in iterated.args if isinstance(each, ast.Constant)]
        whole = [number for number in numbers if isinstance(number, int)]
        if len(whole) == len(iterated.args) and 0 < len(whole) <= 3 and 0 not in whole[2:]:
            return float(_length(range(*whole)))
    return unknown_bound


def _length(numbers: range) -> int:
    """Return a range's length, which `len` refuses above the largest index."""
    try:
        return len(numbers)
    except OverflowError:
        return int(_MOST)
