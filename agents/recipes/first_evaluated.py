"""Whether an expression is the first thing a loop body does, so that doing it before the loop changes no order."""

import ast
from collections.abc import Callable, Iterator


def is_evaluated_first(body: list[ast.stmt], wanted: ast.expr, is_atom: Callable[[ast.expr], bool]) -> bool:
    """Say whether running `body` evaluates `wanted` before anything that can fail or have an effect.

    Args:
        body: statements of a loop.
        wanted: an expression in it.
        is_atom: says whether evaluating an expression does nothing at all (a bound name, a constant).
    """
    start = _start(body[0], is_atom)
    return start is not None and any(step is wanted for step in _firsts(start, is_atom))


def _start(statement: ast.stmt, is_atom: Callable[[ast.expr], bool]) -> ast.expr | None:
    """Return the expression a statement evaluates first."""
    if isinstance(statement, ast.If):
        return statement.test
    if isinstance(statement, ast.AugAssign):
        return statement.value if is_atom(statement.target) else None
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr | ast.Return):
        return statement.value
    return None


def _firsts(node: ast.expr, is_atom: Callable[[ast.expr], bool]) -> Iterator[ast.expr]:
    """Yield the expressions that are evaluated before any effect, outermost first."""
    yield node
    for part in _parts(node):
        if not is_atom(part):
            yield from _firsts(part, is_atom)
            return


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return the parts that are surely evaluated, in order, before the node itself does anything."""
    if isinstance(node, ast.Compare):
        return [node.left, node.comparators[0]]
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.BoolOp):
        return node.values[:1]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.IfExp):
        return [node.test]
    if isinstance(node, ast.Call):
        return [node.func, *node.args[:1]]
    return []
