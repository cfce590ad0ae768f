"""What can be said of an instance attribute from all the places that store it."""

import ast
from collections.abc import Iterator

from agents.recipes import stores
from agents.recipes.functions import FunctionNode
from agents.recipes.hierarchy import Class
from agents.recipes.initialised import is_initialised_once
from agents.recipes.kinds import Kind
from agents.recipes.project import Module, Project
from agents.recipes.purity import Purity, summarise_expression
from agents.recipes.scope import names, parameters_of
from agents.recipes.tables import parents

_IMMUTABLE = frozenset({"str", "bytes", "int", "float", "bool", "complex"})


def attribute_kind(name: str, family: tuple[Class, ...], project: Project) -> Kind:
    """Return what an attribute of the instances of a family of classes is for as long as they live.

    Args:
        name: of the attribute.
        family: a class with everything it inherits from and everything that may inherit from it.
        project: searched for stores; one outside the family's `__init__`, on anything, makes it unknown.

    Returns:
        SCALAR when the only store of it, one that runs once in an `__init__` or the field of a dataclass, gives an
        immutable builtin value, and nothing initialises an instance twice.
    """
    if not is_initialised_once(family, project):
        return Kind.UNKNOWN
    found: list[Kind] = []
    for store in stores.index(project).stores(name):
        is_elsewhere = store.owner is not None and all(store.owner is not member.node for member in family)
        if is_elsewhere and store.is_on_self and not _shares_name(store.owner, family):
            continue
        in_init = store.is_on_self and store.function is not None and store.function.name == "__init__"
        found.append(_stored_kind(store, project) if in_init else Kind.UNKNOWN)
    found += [_declared_kind(member, name, project) for member in family if member.binds(name)]
    return found[0] if len(found) == 1 else Kind.UNKNOWN


def _shares_name(owner: ast.ClassDef | None, family: tuple[Class, ...]) -> bool:
    return owner is not None and any(member.name == owner.name for member in family)


def _stored_kind(store: stores.Store, project: Project) -> Kind:
    """Return the kind of what `self.name = …` stores; parameters count by their annotation."""
    statement = parents(store.module).get(store.node)
    assert store.function is not None
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return Kind.UNKNOWN
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if store.node not in targets or _is_repeated(statement, store):
        return Kind.UNKNOWN
    local_kinds = dict(_annotated_parameters(store.function, store.module))
    summary = summarise_expression(statement.value, store.module, project, local_kinds)
    return summary.result if summary.purity is Purity.PURE else Kind.UNKNOWN


def _is_repeated(statement: ast.AST, store: stores.Store) -> bool:
    above = parents(store.module)
    while statement is not store.function:
        if isinstance(statement, ast.For | ast.AsyncFor | ast.While):
            return True
        statement = above[statement]
    return False


def _annotated_parameters(function: FunctionNode, module: Module) -> Iterator[tuple[str, Kind]]:
    """Yield the parameters that are declared immutable and never rebound."""
    bindings = names(module).inside(function).bindings
    for parameter in parameters_of(function):
        is_plain = parameter is not function.args.vararg and parameter is not function.args.kwarg
        if is_plain and len(bindings[parameter.arg]) == 1 and is_immutable(parameter.annotation):
            yield parameter.arg, Kind.SCALAR


def _declared_kind(member: Class, name: str, project: Project) -> Kind:
    """Return the kind of a name in a class body: a dataclass field by its annotation, a constant by its value."""
    for statement in member.node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            if statement.target.id == name:
                return Kind.SCALAR if is_immutable(statement.annotation) else Kind.UNKNOWN
        elif isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in statement.targets
        ):
            return summarise_expression(statement.value, member.module, project).result
    return Kind.UNKNOWN


def is_immutable(annotation: ast.expr | None) -> bool:
    """Say whether an annotation names immutable builtin types alone."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return is_immutable(_parsed(annotation.value))
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return is_immutable(annotation.left) and is_immutable(annotation.right)
    if isinstance(annotation, ast.Constant):
        return annotation.value is None
    return isinstance(annotation, ast.Name) and annotation.id in _IMMUTABLE


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
