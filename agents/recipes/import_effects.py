"""Whether importing a module of the project does nothing but define its names, so that it may be done later."""

import ast
from collections.abc import Iterator, Mapping

from agents.recipes import kinds
from agents.recipes.functions import FunctionNode
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import absolute, names
from agents.recipes.walking import walk

_DECORATORS = frozenset(
    "abc.abstractmethod contextlib.asynccontextmanager contextlib.contextmanager dataclasses.dataclass enum.unique"
    " functools.cache functools.cached_property functools.lru_cache functools.singledispatch functools.total_ordering"
    " functools.wraps typing.final typing.no_type_check typing.overload typing.runtime_checkable".split()
)
_BUILTIN_DECORATORS = frozenset({"classmethod", "property", "staticmethod"})
_ACCESSORS = frozenset({"deleter", "getter", "setter"})
_BASES = frozenset(
    "abc.ABC collections.OrderedDict collections.UserDict collections.defaultdict enum.Enum enum.Flag enum.IntEnum"
    " enum.IntFlag enum.StrEnum threading.local typing.Generic typing.NamedTuple typing.Protocol typing.TypedDict"
    " typing.TypeVar".split()
)
_MAKERS = frozenset(
    "collections.namedtuple contextvars.ContextVar dataclasses.field enum.auto functools.partial itertools.count"
    " logging.getLogger operator.attrgetter operator.itemgetter threading.Lock threading.RLock threading.local"
    " typing.NamedTuple typing.NewType typing.ParamSpec typing.TypeVar typing.TypedDict typing.cast".split()
)
_MAKING_BUILTINS = kinds.READERS | {"object", "property", "classmethod", "staticmethod"}
_EFFECTFUL_LIBRARY = frozenset(
    {"__future__", "antigravity", "readline", "rlcompleter", "site", "this", "usercustomize"}
)


def only_defines(project: Project, dotted: str, within: Module) -> bool:
    """Say whether importing a module has no effect but its own names; those of other projects are trusted.

    Args:
        project: its modules are looked into, with what they import.
        dotted: absolute name of what is imported.
        within: the importing module; packages around it have been imported before it.
    """
    parts = within.name.split(".")
    seen = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    waiting, known = [dotted], _known(project)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in known:
            known[name] = _needed(project, name)
        needed = known[name]
        if needed is None:
            return False
        waiting += needed
    return True


@once
def modules_by_name(project: Project) -> Mapping[str, Module]:
    """Return modules and readers by import name."""
    return {module.name: module for module in project.everything}


@once
def _known(project: Project) -> dict[str, tuple[str, ...] | None]:
    """Return what `_needed` said so far."""
    del project
    return {}


def _needed(project: Project, dotted: str) -> tuple[str, ...] | None:
    """Return what else is imported with a module that itself does nothing but define names; None: it does more."""
    top = dotted.partition(".")[0]
    module = modules_by_name(project).get(dotted)
    if module is None:
        is_own = top in project.tree.packages or top in modules_by_name(project)
        return None if is_own or top in _EFFECTFUL_LIBRARY else ()
    if names(module).bindings("__getattr__"):  # others may ask it for names that are there once this is imported
        return None
    parent = dotted.rpartition(".")[0]
    imported = [parent] if parent else []
    does_more = not all(_is_definition(statement, module, project, imported) for statement in module.syntax.body)
    return None if does_more else tuple(imported)


def _is_definition(statement: ast.stmt, module: Module, project: Project, imported: list[str]) -> bool:
    """Say whether a statement only defines names, and add what it imports to `imported`."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        imported.extend(_imported(statement, module, project))
        return True
    if isinstance(statement, FunctionNode):
        return _is_plain_function(statement, module)
    if isinstance(statement, ast.ClassDef):
        return _is_plain_class(statement, module, project, imported)
    if isinstance(statement, ast.If):
        inner = [*statement.body, *statement.orelse]
        return _is_main_guard(statement) or (
            _is_value(statement.test, module) and all(_is_definition(each, module, project, imported) for each in inner)
        )
    if isinstance(statement, ast.Try):
        handled = [each for handler in statement.handlers for each in handler.body]
        inner = [*statement.body, *handled, *statement.orelse, *statement.finalbody]
        return all(_is_definition(each, module, project, imported) for each in inner)
    return _is_assignment(statement, module)


def _imported(statement: ast.Import | ast.ImportFrom, module: Module, project: Project) -> Iterator[str]:
    """Yield the modules a statement imports; names of a package that are modules of the project count too."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
        return
    source = absolute(module, statement)
    if source == "__future__":
        return
    yield source
    own = modules_by_name(project)
    yield from (f"{source}.{alias.name}" for alias in statement.names if f"{source}.{alias.name}" in own)


def _is_assignment(statement: ast.stmt, module: Module) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign):
        targets: list[ast.expr] = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    else:
        return False
    binds_names = all(isinstance(target, ast.Name | ast.Tuple) for target in targets)
    inner = (node for target in targets for node in walk(target))
    only_names = not any(isinstance(node, ast.Attribute | ast.Subscript) for node in inner)
    return binds_names and only_names and (statement.value is None or _is_value(statement.value, module))


def _is_value(value: ast.expr, module: Module) -> bool:
    """Say whether evaluating an expression only makes a value."""
    for node in walk(value):
        if isinstance(node, ast.Call) and not _makes(node.func, module):
            return False
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if isinstance(node, ast.Attribute) and (names(module).dotted(node) or "").startswith("os.environ"):
            return False  # the environment may be another one later
    return True


def _makes(function: ast.expr, module: Module) -> bool:
    known = names(module)
    if isinstance(function, ast.Name) and known.is_builtin(function.id, function):
        return function.id in _MAKING_BUILTINS
    dotted = known.dotted(function)
    if dotted is not None:
        return dotted in _MAKERS or dotted in kinds.STDLIB_CALLS
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Constant):
        return False
    return function.attr in kinds.SCALAR_METHODS


def _is_plain_function(function: FunctionNode, module: Module) -> bool:
    defaults = [*function.args.defaults, *(default for default in function.args.kw_defaults if default)]
    return all(_is_plain_decorator(each, module) for each in function.decorator_list) and all(
        _is_value(default, module) for default in defaults
    )


def _is_plain_decorator(decorator: ast.expr, module: Module) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(function, ast.Name) and names(module).is_builtin(function.id, function):
        return function.id in _BUILTIN_DECORATORS
    if names(module).dotted(function) in _DECORATORS:
        return True
    return isinstance(function, ast.Attribute) and function.attr in _ACCESSORS and function is decorator


def _is_plain_class(node: ast.ClassDef, module: Module, project: Project, imported: list[str]) -> bool:
    if node.keywords or not all(_is_plain_decorator(each, module) for each in node.decorator_list):
        return False
    if not all(_is_plain_base(base, module, project) for base in node.bases):
        return False
    return all(_is_definition(statement, module, project, imported) for statement in node.body)


def _is_plain_base(base: ast.expr, module: Module, project: Project, below: frozenset[Class] = frozenset()) -> bool:
    """Say whether deriving from a class runs no code of the project: no metaclass, no `__init_subclass__`."""
    named = base.value if isinstance(base, ast.Subscript) else base
    known = names(module)
    if isinstance(named, ast.Name) and known.is_builtin(named.id, named):
        return True
    dotted = known.dotted(named)
    if dotted in _BASES:
        return True
    name = dotted.rpartition(".")[2] if dotted else named.id if isinstance(named, ast.Name) else ""
    found = hierarchy(project).named(name)
    if len(found) != 1 or found[0] in below or found[0].node.keywords or found[0].binds("__init_subclass__"):
        return False
    above = found[0]
    return all(_is_plain_base(inner, above.module, project, below | {above}) for inner in above.node.bases)


def _is_main_guard(statement: ast.If) -> bool:
    return "__name__" in {node.id for node in walk(statement.test) if isinstance(node, ast.Name)}
