"""Functions of a module that only give one expression, and what a call of one is with its arguments put in."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from agents.recipes import kinds, stores
from agents.recipes.once import once
from agents.recipes.positions import offset, span
from agents.recipes.project import Module, Project
from agents.recipes.purity import purities
from agents.recipes.quiet import is_defined_in_a_class
from agents.recipes.scope import Names, names
from agents.recipes.splice import has_comment, is_as_written, source
from agents.recipes.walking import walk

MAX_NODES = 30
"""Syntax nodes of an expression that is still small."""

_PLAIN = (
    *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Tuple, ast.Call, ast.IfExp),
    *(ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context),
)
# Builtins and methods of builtins: none of them looks at who calls.
_BUILTINS = kinds.READERS - {"next", "map", "filter"} | {"getattr", "hasattr", "id"}
_METHODS = (kinds.SCALAR_METHODS | kinds.OWNED_METHODS) - {"sub", "subn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLiner:
    """`def name(a, b): return expression`.

    Attributes:
        module: where it stands.
        node: its syntax.
        parameters: names, all of them positional and without defaults.
        expression: what it gives.
    """

    module: Module
    node: ast.FunctionDef
    parameters: tuple[str, ...]
    expression: ast.expr


@once
def small_functions(module: Module) -> frozenset[str]:
    """Return the names of top-level functions that do nothing but return, a docstring left out."""
    return frozenset(
        node.name
        for node in module.syntax.body
        if isinstance(node, ast.FunctionDef) and len(node.body) <= 2 and isinstance(node.body[-1], ast.Return)
    )


def one_liner(call: ast.Call, module: Module, project: Project) -> OneLiner | None:
    """Return the function that a call surely calls, when its expression may stand in the call's place.

    That is so when it does not look at frames, binds nothing, and means the same where the call stands.
    """
    definition = purities(project).resolve(call.func, module) if isinstance(call.func, ast.Name) else None
    if definition is None or definition.module is not module or stores.index(project).is_open(module):
        return None
    node = definition.node
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    given = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    if given is None or not isinstance(node, ast.FunctionDef) or not _is_simple(node.args):
        return None
    parameters = tuple(parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args))
    found = OneLiner(module=module, node=node, parameters=parameters, expression=given)
    return found if _is_small(given, module) and _is_movable(found, call, project) else None


def put_in(found: OneLiner, arguments: Mapping[str, str]) -> str:
    """Return the expression as code with code in the place of its parameters."""
    module, where = found.module, span(found.module, found.expression)
    text, end = "", where.start
    uses = [node for node in walk(found.expression) if isinstance(node, ast.Name) and node.id in arguments]
    for use in sorted(uses, key=lambda use: (use.lineno, use.col_offset)):
        start = offset(module, use.lineno, use.col_offset)
        text += module.text[end:start] + arguments[use.id]
        end = start + len(use.id)
    return text + module.text[end : where.end]


def _is_simple(arguments: ast.arguments) -> bool:
    others = (arguments.vararg, arguments.kwarg, *arguments.kwonlyargs, *arguments.defaults)
    return not any(others)


def _is_small(expression: ast.expr, module: Module) -> bool:
    if sum(1 for _ in walk(expression)) > MAX_NODES or "\n" in source(module, expression):
        return False
    return is_as_written(module, expression) and not has_comment(module, expression)


def _is_movable(found: OneLiner, call: ast.Call, project: Project) -> bool:
    known = names(found.module)
    return all(_is_movable_step(node, found, call, known, project) for node in walk(found.expression))


def _is_movable_step(node: ast.AST, found: OneLiner, call: ast.Call, known: Names, project: Project) -> bool:
    if isinstance(node, ast.Name):
        return not _is_private(node.id) and _means_the_same(node, found, call, known)
    if isinstance(node, ast.Attribute):
        return not _is_private(node.attr)
    if isinstance(node, ast.Call):
        return _sees_no_frame(node, known, project) and not node.keywords
    return isinstance(node, _PLAIN)


def _is_private(name: str) -> bool:
    """Say whether a class around it would change what a name means."""
    return name.startswith("__") and not name.endswith("__")


def _means_the_same(node: ast.Name, found: OneLiner, call: ast.Call, known: Names) -> bool:
    """Say whether a name is a parameter, or a global or builtin both in the function and where it is called."""
    if node.id in found.parameters:
        return True
    if known.has_star_import or node.id == found.node.name:
        return False
    return known.resolve(node.id, node) in (None, known.top) and known.resolve(node.id, call) is known.resolve(
        node.id, node
    )


def _sees_no_frame(node: ast.Call, known: Names, project: Project) -> bool:
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id in _BUILTINS and known.is_builtin(node.func.id, node.func)
    if not isinstance(node.func, ast.Attribute) or known.dotted(node.func) is not None:
        return False
    return node.func.attr in _METHODS and not is_defined_in_a_class(node.func.attr, project)
