"""Which names stand in annotations alone, and whether anything at run time may ask what they mean."""

import ast
import sys
from collections.abc import Mapping, Sequence

from agents.recipes.functions import FunctionNode
from agents.recipes.hierarchy import hierarchy
from agents.recipes.import_effects import modules_by_name
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.references import explicit_imports
from agents.recipes.scope import Names, names
from agents.recipes.tables import parents
from agents.recipes.walking import nodes

# Libraries that look at the annotations of the code that uses them, and words of the standard library that do.
_CONSUMERS = frozenset(
    "airflow apischema arguably attr attrs beartype bentoml blacksheep cappa cattr cattrs celery connexion"
    " cyclopts dacite dagster dataclasses_json defopt dependency_injector desert discord disnake dspy fastapi"
    " fire graphene hikari hypothesis injector jaxtyping jsonargparse kfp lagom langchain langchain_core litestar"
    " marshmallow_dataclass mashumaro mcp metaflow msgspec nextcord ninja numba odmantic pandera plum prefect"
    " punq pydantic robot sanic_ext serde simple_parsing spyne sqlalchemy sqlmodel starlette strawberry torch"
    " traitlets typeguard typer tyro".split()
)
_CONSUMING_WORDS = frozenset(
    "ForwardRef __annotations__ _eval_type eval_str evaluate_forward_ref get_annotations get_type_hints resolve_types"
    " singledispatch singledispatchmethod typechecked validate_arguments validate_call".split()
)
_DECORATORS = frozenset(
    "abc.abstractmethod contextlib.asynccontextmanager contextlib.contextmanager functools.cache"
    " functools.cached_property functools.lru_cache functools.total_ordering functools.wraps typing.final"
    " typing.no_type_check typing.overload typing.override typing.runtime_checkable".split()
)
_BUILTIN_DECORATORS = frozenset({"classmethod", "property", "staticmethod"})
_ACCESSORS = frozenset({"deleter", "getter", "setter"})
_Worded = ast.Attribute | ast.Name | ast.keyword | ast.alias
_COLLECTING_BASES = frozenset({"NamedTuple", "Protocol", "TypedDict"})


@once
def are_postponed(module: Module) -> bool:
    """Say whether no annotation of the module is evaluated when it is run."""
    return any(
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
        for statement in module.syntax.body
    )


@once
def may_be_consumed(project: Project) -> bool:
    """Say whether some file of the project asks for the meaning of annotations, or uses a library that does."""
    for module in project.everything:
        if _CONSUMERS & {name.partition(".")[0] for name in explicit_imports(module)}:
            return True
        if not any(word in module.text for word in _CONSUMING_WORDS):
            continue
        asking: Sequence[_Worded] = nodes(module.syntax, ast.Attribute, ast.Name, ast.keyword, ast.alias)
        if any(_word(node) in _CONSUMING_WORDS for node in asking):
            return True
    return False


def is_in_quiet_annotation(node: ast.Name, module: Module, project: Project) -> bool:
    """Say whether a name stands in an annotation that nobody evaluates."""
    above = parents(module)
    below: ast.AST = node
    while below in above:
        holder = above[below]
        if isinstance(holder, ast.AnnAssign) and holder.annotation is below:
            return _is_quiet_variable(holder, above, module, project)
        if isinstance(holder, ast.arg) and holder.annotation is below:
            return _is_quiet_function(above[above[holder]], above, module, project)
        if isinstance(holder, FunctionNode) and holder.returns is below:
            return _is_quiet_function(holder, above, module, project)
        below = holder
    return False


def _is_quiet_variable(
    statement: ast.AnnAssign, above: Mapping[ast.AST, ast.AST], module: Module, project: Project
) -> bool:
    """Say whether a variable's annotation is never asked for: not the field of something made from its annotations."""
    holder = above[statement]
    while not isinstance(holder, FunctionNode | ast.ClassDef | ast.Module):
        holder = above[holder]
    if not isinstance(holder, ast.ClassDef):
        return True
    return not holder.decorator_list and _is_quiet_class(holder, module, project)


def _is_quiet_function(function: ast.AST, above: Mapping[ast.AST, ast.AST], module: Module, project: Project) -> bool:
    if not isinstance(function, FunctionNode):
        return False
    known = names(module)
    if not all(_is_quiet_decorator(decorator, known) for decorator in function.decorator_list):
        return False
    owner = above[function]
    if not isinstance(owner, ast.ClassDef):
        return True
    decorated = (known.dotted(_called(decorator)) == "dataclasses.dataclass" for decorator in owner.decorator_list)
    return all(decorated) and _is_quiet_class(owner, module, project)


def _is_quiet_class(node: ast.ClassDef, module: Module, project: Project) -> bool:
    """Say whether no class above one, of the project or the standard library, is made from annotations."""
    if node.keywords:
        return False
    found = hierarchy(project)
    for base in node.bases:
        named = base.value if isinstance(base, ast.Subscript) else base
        dotted = names(module).dotted(named) or (named.id if isinstance(named, ast.Name) else "?")
        top, _, name = dotted.rpartition(".")
        is_own = top in modules_by_name(project) if top else bool(names(module).bindings(name))
        own = found.named(name) if is_own else ()
        if len(own) == 1 and own[0].node is not node:
            if not _is_quiet_class(own[0].node, own[0].module, project):
                return False
        elif name in _COLLECTING_BASES or not _is_standard(named, dotted, top, module):
            return False
    return True


def _is_standard(named: ast.expr, dotted: str, top: str, module: Module) -> bool:
    if isinstance(named, ast.Name) and names(module).is_builtin(named.id, named):
        return True
    return bool(top) and dotted.partition(".")[0] in sys.stdlib_module_names


def _is_quiet_decorator(decorator: ast.expr, known: Names) -> bool:
    function = _called(decorator)
    if isinstance(function, ast.Name) and known.is_builtin(function.id, function):
        return function.id in _BUILTIN_DECORATORS
    if known.dotted(function) in _DECORATORS:
        return True
    return isinstance(function, ast.Attribute) and function.attr in _ACCESSORS and function is decorator


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _word(node: _Worded) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    return (node.arg if isinstance(node, ast.keyword) else node.name) or ""
