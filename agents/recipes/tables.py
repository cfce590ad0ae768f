"""Module-level names that keep one value for the whole run: constants, and tables that nobody changes."""

import ast
from collections.abc import Mapping

from agents.recipes import kinds, stores
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.references import taken_from_outside
from agents.recipes.scope import names
from agents.recipes.walking import nodes, parents_below

_READ_STATEMENTS = ast.For | ast.comprehension
_ASKED_APART = 16
"""Names asked about, from which on all files are looked at, whether they hold the name or not."""


def constant_value(module: Module, name: str, project: Project) -> ast.expr | None:
    """Return the expression a module-level name is bound to, once and for the whole run; None: don't know."""
    bound = names(module).bindings(name)
    index = stores.index(project)
    if len(bound) != 1 or index.is_replaced(name) or index.is_open(module):
        return None
    statement = parents(module).get(bound[0])
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement not in module.syntax.body:
        return None
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return statement.value if targets == [bound[0]] else None


def is_only_read(module: Module, name: str, project: Project) -> bool:
    """Say whether a module-level container is only ever looked into, in its own module and nowhere else."""
    if names(module).has_star_import or is_taken(name, project):
        return False
    if taken_from_outside(project, module, name) is not None:
        return False
    known = names(module)
    loads = (node for node in nodes(module.syntax, ast.Name) if node.id == name)
    return all(
        _is_read(node, parents(module))
        for node in loads
        if isinstance(node.ctx, ast.Load) and known.resolve(name, node) is known.top
    )


def parents(module: Module) -> Mapping[ast.AST, ast.AST]:
    """Return the parent of every node of a module."""
    return parents_below(module.syntax)


def is_taken(name: str, project: Project) -> bool:
    """Say whether any module reads a name as an attribute or imports it from another module."""
    apart = _taken_apart(project)
    if name not in apart and len(apart) < _ASKED_APART:
        apart[name] = any(name in _taken(module) for module in project.mentioning(name))
    return apart[name] if name in apart else name in _all_taken(project)


@once
def _taken_apart(project: Project) -> dict[str, bool]:  # noqa: ARG001  it is remembered with it
    """Return the answers to the first questions, for which few files need be parsed."""
    return {}


@once
def _all_taken(project: Project) -> frozenset[str]:
    return frozenset(name for module in project.everything for name in _taken(module))


@once
def _taken(module: Module) -> frozenset[str]:
    imports = nodes(module.syntax, ast.ImportFrom)
    read = (node.attr for node in nodes(module.syntax, ast.Attribute))
    return frozenset((*read, *(alias.name for node in imports for alias in node.names)))


def _is_read(node: ast.Name, above: Mapping[ast.AST, ast.AST]) -> bool:
    parent = above[node]
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Compare):
        return parent.left is not node and all(isinstance(operator, ast.In | ast.NotIn) for operator in parent.ops)
    if isinstance(parent, _READ_STATEMENTS):
        return parent.iter is node
    if isinstance(parent, ast.Attribute):
        call = above[parent]
        return parent.attr in kinds.TABLE_READS and isinstance(call, ast.Call) and call.func is parent
    return isinstance(parent, ast.Call) and node in parent.args and _takes_tables(parent.func)


def _takes_tables(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr in kinds.TABLE_TAKERS
    return isinstance(function, ast.Name) and function.id in kinds.READERS
