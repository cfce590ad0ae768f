"""Whether a name is surely bound where a statement reads it: reading it can't raise."""

import ast
from collections.abc import Iterator, Mapping

from agents.recipes.project import Module
from agents.recipes.scope import Scope, names
from agents.recipes.tables import parents
from agents.recipes.walking import walk

_BINDS_AT_ONCE = (
    ast.Assign,
    ast.AugAssign,
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)


def is_surely_bound(node: ast.Name, module: Module) -> bool:
    """Say whether a name that is read has a value by then; not where it stands in a nested scope of its own."""
    known = names(module)
    if known.is_builtin(node.id, node):
        return True
    scope = known.resolve(node.id, node)
    if scope is None or scope.is_class:
        return False
    if scope is not known.top and known.scope(node) is not scope:
        bound = scope.bindings[node.id]
        return not any(map(_may_unbind, bound)) and any(isinstance(one, ast.arg) for one in bound)
    return is_bound_on_the_way(node.id, node, scope, module)


def is_bound_on_the_way(name: str, place: ast.expr | ast.stmt, scope: Scope, module: Module) -> bool:
    """Say whether a name of a scope surely has a value when a place in that scope is reached."""
    bound = scope.bindings[name]
    if any(map(_may_unbind, bound)):
        return False
    if any(isinstance(one, ast.arg) for one in bound):
        return True
    return _is_bound_before(place, set(bound), scope, parents(module))


def _may_unbind(binding: ast.AST) -> bool:
    is_deleted = isinstance(binding, ast.Name) and isinstance(binding.ctx, ast.Del)
    return is_deleted or isinstance(binding, ast.ExceptHandler)


def _is_bound_before(place: ast.AST, bindings: set[ast.AST], scope: Scope, above: Mapping[ast.AST, ast.AST]) -> bool:
    """Say whether a binding stands before the statement in its block or in one around it, or heads that block."""
    below = place
    while below is not scope.node:
        holder = above[below]
        if any(_binds(earlier, bindings) for earlier in _earlier(below, holder)):
            return True
        if _heads(holder, below, bindings):
            return True
        below = holder
    return False


def _earlier(below: ast.AST, holder: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements before one in its block."""
    for _, block in ast.iter_fields(holder):
        if isinstance(block, list) and below in block and isinstance(below, ast.stmt):
            yield from block[: block.index(below)]


def _binds(statement: ast.AST, bindings: set[ast.AST]) -> bool:
    """Say whether a statement that has run has bound the name, whatever its values are."""
    if isinstance(statement, ast.AnnAssign):
        return statement.value is not None and statement.target in bindings
    if isinstance(statement, ast.With | ast.AsyncWith):
        return any(_targets(item.optional_vars) & bindings for item in statement.items)
    if not isinstance(statement, _BINDS_AT_ONCE):
        return False
    if isinstance(statement, ast.Assign):
        return any(_targets(target) & bindings for target in statement.targets)
    return bool({statement, *getattr(statement, "names", ()), getattr(statement, "target", None)} & bindings)


def _heads(holder: ast.AST, below: ast.AST, bindings: set[ast.AST]) -> bool:
    if isinstance(holder, ast.For | ast.AsyncFor):
        return below in holder.body and bool(_targets(holder.target) & bindings)
    if isinstance(holder, ast.With | ast.AsyncWith) and below in holder.body:
        return any(_targets(item.optional_vars) & bindings for item in holder.items)
    return False


def _targets(target: ast.expr | None) -> set[ast.AST]:
    return set(walk(target)) if target is not None else set()
