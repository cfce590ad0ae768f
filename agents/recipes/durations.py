"""Whether an expression surely is a number of seconds that every kind of sleep takes."""

import ast

from agents.recipes import shapes
from agents.recipes.builtin_values import shape_of
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.tables import parents

_LONGEST_S = 1e6


def is_duration(node: ast.expr, module: Module, project: Project) -> bool:
    """Say whether an expression gives a number, not less than 0, made of constants and what loops count up."""
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float) and 0 < float(str(node.value)) < _LONGEST_S
    if isinstance(node, ast.Name):
        return _is_counted(node, module, project)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult | ast.Pow):
        return is_duration(node.left, module, project) and is_duration(node.right, module, project)
    return False


def _is_counted(node: ast.Name, module: Module, project: Project) -> bool:
    """Say whether a name is bound by loops over `range` alone that count up from 0 or more."""
    known, above = names(module), parents(module)
    scope = known.resolve(node.id, node)
    if scope is None or scope is known.top or shape_of(node, module, project) != shapes.INT:
        return False
    return all(
        isinstance(loop := above.get(bound), ast.For) and loop.target is bound and _counts_up(loop.iter, module)
        for bound in known.bindings(node.id, scope)
    )


def _counts_up(iterated: ast.expr, module: Module) -> bool:
    if not isinstance(iterated, ast.Call) or not isinstance(iterated.func, ast.Name) or iterated.keywords:
        return False
    if iterated.func.id != "range" or not names(module).is_builtin("range", iterated.func):
        return False
    start = iterated.args[0] if len(iterated.args) == 2 else None
    if len(iterated.args) == 1:
        return not isinstance(iterated.args[0], ast.Starred)
    return isinstance(start, ast.Constant) and type(start.value) is int and start.value >= 0
