"""Whether nothing but a few statements of a function ever reads what they bind: then they may stop binding it."""

import ast
from collections.abc import Mapping, Sequence

from agents.recipes.functions import FunctionNode
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk


def stored_names(statements: Sequence[ast.stmt]) -> frozenset[str]:
    """Return the names that statements store by name, in nested scopes too."""
    found = (node for statement in statements for node in walk(statement))
    return frozenset(node.id for node in found if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))


def is_unread_outside(
    bound: frozenset[str], statements: Sequence[ast.stmt], function: FunctionNode, module: Module
) -> bool:
    """Say whether names are locals of a function that only these statements read or delete.

    Args:
        bound: the names.
        statements: of the function, all that bind the names for themselves.
        function: of both.
        module: of the function.
    """
    known, above = names(module), parents(module)
    scope = known.inside(function)
    if reads_its_frame(function, module) or any(known.resolve(name, statements[0]) is not scope for name in bound):
        return False
    inside = {node for statement in statements for node in walk(statement)}
    others = (node for node in walk(function) if isinstance(node, ast.Name) and node.id in bound)
    return all(
        _overwrites(node, above) or (known.scope(node) is scope and _is_bound_by_own_loop(node, statements[0], above))
        for node in others
        if node not in inside and known.resolve(node.id, node) is scope
    )


def _overwrites(node: ast.Name, above: Mapping[ast.AST, ast.AST]) -> bool:
    return isinstance(node.ctx, ast.Store) and not isinstance(above[node], ast.AugAssign)


def _is_bound_by_own_loop(node: ast.Name, statement: ast.stmt, above: Mapping[ast.AST, ast.AST]) -> bool:
    """Say whether a read stands in a loop that has bound the name itself, and does not hold the statement."""
    if not isinstance(node.ctx, ast.Load):
        return False
    below: ast.AST = node
    holders = set(_around(statement, above))
    for holder in _around(node, above):
        if isinstance(holder, ast.For) and below in holder.body and holder not in holders:
            targets = (target for target in walk(holder.target) if isinstance(target, ast.Name))
            if any(target.id == node.id and isinstance(target.ctx, ast.Store) for target in targets):
                return True
        below = holder
    return False


def _around(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> Sequence[ast.AST]:
    found = []
    while node in above:
        node = above[node]
        found.append(node)
    return found
