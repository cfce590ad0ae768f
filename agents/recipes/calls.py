"""What a call does, for the purity analysis: builtins, standard library, methods of builtin values, own functions."""

import ast
from typing import TYPE_CHECKING

from agents.recipes import kinds, library, stores
from agents.recipes.functions import FunctionNode
from agents.recipes.kinds import Kind, join
from agents.recipes.once import once
from agents.recipes.project import Project
from agents.recipes.scope import Names, root
from agents.recipes.summary import Purity
from agents.recipes.walking import nodes

if TYPE_CHECKING:
    from agents.recipes.expressions import Expressions


def evaluate_call(evaluation: "Expressions", node: ast.Call) -> Kind:
    """Evaluate a call."""
    if isinstance(node.func, ast.Name) and evaluation.names.is_builtin(node.func.id, node.func):
        return _builtin(evaluation, node, node.func.id)
    dotted = _dotted(evaluation, node.func)
    if dotted is not None:
        return _library(evaluation, node, dotted)
    if isinstance(node.func, ast.Attribute) and evaluation.names.dotted(node.func) is None:
        return _method(evaluation, node, node.func)
    return _own_function(evaluation, node)


def is_singleton(names: Names, node: ast.expr) -> bool:
    """Say whether comparing identities with this is comparing values: None, a bool, `...`, a builtin type."""
    if isinstance(node, ast.Constant):
        return node.value is None or node.value is ... or isinstance(node.value, bool)
    return isinstance(node, ast.Name) and node.id in kinds.BUILTIN_TYPES and names.is_builtin(node.id, node)


@once
def computed_attributes(project: Project) -> frozenset[str]:
    """Return the names that any class of the project defines as functions, so as properties too."""
    return frozenset(
        node.name
        for module in project.everything
        for owner in nodes(module.syntax, ast.ClassDef)
        for node in owner.body
        if isinstance(node, FunctionNode)
    )


def _dotted(evaluation: "Expressions", function: ast.expr) -> str | None:
    """Return the table's name of a library function or of a builtin type's function (`str.maketrans`)."""
    dotted = evaluation.names.dotted(function)
    if dotted is None and isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        base = function.value
        if base.id in kinds.BUILTIN_TYPES and evaluation.names.is_builtin(base.id, base):
            dotted = f"{base.id}.{function.attr}"
    project = evaluation.purities.project
    if dotted not in kinds.STDLIB_CALLS or library.is_replaced(dotted, project):
        return None
    return None if stores.index(project).is_replaced(root(function)) else dotted


def _builtin(evaluation: "Expressions", node: ast.Call, name: str) -> Kind:
    if name not in kinds.READERS or library.is_builtin_replaced(name, evaluation.purities.project):
        return evaluation.lower(node, f"it calls {name}")
    if name == "isinstance" and len(node.args) == 2 and _are_builtin_types(evaluation.names, node.args[1]):
        evaluation.kind(node.args[0])
        return Kind.SCALAR
    if name == "map" and node.args and _is_plain_function(evaluation.names, node.args[0]):
        elements = [evaluation.element(argument) for argument in node.args[1:]]
        return Kind.STREAM if join(*elements) is Kind.SCALAR else Kind.OWNED
    if name in ("type", "callable") and len(node.args) == 1:
        evaluation.kind(node.args[0])
        return Kind.SCALAR
    if _arguments(evaluation, node, takes_tables=True) is Kind.UNKNOWN:
        return evaluation.lower(node, f"{name} is given something unknown")
    return _given_by_builtin(evaluation, node, name)


def _given_by_builtin(evaluation: "Expressions", node: ast.Call, name: str) -> Kind:
    if name in kinds.SCALAR_BUILTINS:
        return Kind.SCALAR
    values = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    if name in kinds.CHOICES:
        several = name in ("max", "min") and len(values) > 1
        found = [evaluation.kind(value) if several else evaluation.element(value) for value in values]
        defaults = [evaluation.kind(keyword.value) for keyword in node.keywords if keyword.arg == "default"]
        return join(*found, *defaults)
    if len(values) != len(node.args) or name == "filter":
        return Kind.OWNED
    elements = [evaluation.element(value) for value in values]
    elements += [evaluation.kind(keyword.value) for keyword in node.keywords if keyword.arg not in ("key", "reverse")]
    if join(*elements) is not Kind.SCALAR:
        return Kind.OWNED
    if name in kinds.IMMUTABLE_CONTAINERS:
        return Kind.SCALAR
    return kinds.CONTAINERS.get(name, Kind.STREAM)


def _library(evaluation: "Expressions", node: ast.Call, dotted: str) -> Kind:
    given = _arguments(evaluation, node, takes_tables=False)
    if given is Kind.UNKNOWN and not _only_types(evaluation.names, node):
        return evaluation.lower(node, f"{dotted} is given something unknown")
    found = kinds.STDLIB_CALLS[dotted]
    return Kind.OWNED if given is Kind.OWNED and found > Kind.SCALAR else found


def _method(evaluation: "Expressions", node: ast.Call, function: ast.Attribute) -> Kind:
    name = function.attr
    is_table = evaluation.table(function.value)
    held = Kind.FLAT if is_table else evaluation.kind(function.value)
    given = _arguments(evaluation, node, takes_tables=name in kinds.TABLE_TAKERS)
    if given is Kind.UNKNOWN:
        return evaluation.lower(node, f"{name} is given something unknown")
    if is_table and name not in kinds.TABLE_READS:
        return evaluation.lower(node, f"{name} may change a shared table")
    if held is Kind.SCALAR and name in kinds.SCALAR_METHODS:
        return _given_by_scalar(name)
    if held in (Kind.FLAT, Kind.STREAM, Kind.OWNED) and name in kinds.OWNED_METHODS | kinds.SCALAR_METHODS:
        return _given_by_container(evaluation, node, function, held)
    return evaluation.lower(node, f"it calls the method {name} of something unknown")


def _given_by_scalar(name: str) -> Kind:
    if name in kinds.GIVES_FLAT:
        return Kind.FLAT
    return Kind.STREAM if name in kinds.GIVES_STREAM else Kind.SCALAR


def _given_by_container(evaluation: "Expressions", node: ast.Call, function: ast.Attribute, held: Kind) -> Kind:
    name = function.attr
    arguments = [evaluation.kind(argument) for argument in node.args if not isinstance(argument, ast.Starred)]
    if name in kinds.STORES_ARGUMENT:
        taken = (
            [evaluation.element(argument) for argument in node.args]
            if name[:1] == "e" or name == "update"
            else arguments
        )
        evaluation.store_into(function.value, *taken)
    if name in kinds.GIVES_ELEMENT:
        return join(Kind.SCALAR if held <= Kind.STREAM else Kind.OWNED, *arguments[1:])
    if name in kinds.GIVES_LIKE:
        return held if join(*arguments) <= Kind.FLAT else Kind.OWNED
    if name in kinds.GIVES_STREAM:
        return Kind.STREAM if held <= Kind.STREAM else Kind.OWNED
    return Kind.FLAT if name in kinds.GIVES_FLAT else Kind.SCALAR


def _own_function(evaluation: "Expressions", node: ast.Call) -> Kind:
    found = evaluation.purities.resolve(node.func, evaluation.module)
    if found is None:
        return evaluation.lower(node, f"it calls {ast.unparse(node.func)[:60]}, which is not known")
    given = _arguments(evaluation, node, takes_tables=False)
    if given > Kind.SCALAR:
        given, evaluation.is_deep = join(given, Kind.OWNED), True
    summary = evaluation.purities.function(found, given)
    if summary.purity is not Purity.PURE:
        return evaluation.lower(node, f"it calls {found.node.name}: {summary.reason}", summary.purity)
    if summary.raises_own:
        evaluation.raise_own(node)
    return summary.result


def _arguments(evaluation: "Expressions", node: ast.Call, *, takes_tables: bool) -> Kind:
    found = Kind.SCALAR
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            found = join(found, evaluation.element(argument.value))
        elif not (takes_tables and evaluation.table(argument)):
            found = join(found, evaluation.kind(argument))
    for keyword in node.keywords:
        is_key = keyword.arg == "key" and _is_plain_function(evaluation.names, keyword.value)
        if not is_key:
            found = join(found, evaluation.kind(keyword.value))
    return found


def _is_plain_function(names: Names, node: ast.expr) -> bool:
    """Say whether an expression is a pure builtin (`len`) or a method of a builtin immutable type (`str.lower`)."""
    if isinstance(node, ast.Attribute):
        owner = node.value
        is_type = (
            isinstance(owner, ast.Name) and owner.id in ("str", "bytes", "int") and names.is_builtin(owner.id, owner)
        )
        return is_type and node.attr in kinds.SCALAR_METHODS - kinds.GIVES_FLAT
    if isinstance(node, ast.Constant):
        return node.value is None
    return isinstance(node, ast.Name) and node.id in kinds.SCALAR_BUILTINS and names.is_builtin(node.id, node)


def _are_builtin_types(names: Names, node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return all(isinstance(part, ast.Name) and is_singleton(names, part) for part in parts)


def _only_types(names: Names, node: ast.Call) -> bool:
    """Say whether every argument is a builtin type, as in `defaultdict(list)`."""
    return not node.keywords and all(is_singleton(names, argument) for argument in node.args)
