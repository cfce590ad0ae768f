"""Whether an expression may give an instance of a class, and what is done with instances by other ways than names."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.functions import FunctionNode, called_name
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.import_effects import modules_by_name
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.walking import nodes

_Literal = (
    ast.Constant,
    ast.JoinedStr,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Dict,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Lambda,
)
_BUILTIN_TYPES = frozenset(
    "bool bytearray bytes complex dict float frozenset int list object range set str tuple".split()
)
_SETTING = frozenset({"delattr", "setattr", "__delattr__", "__setattr__"})
_READING = frozenset({"getattr", "hasattr", "__getattribute__"})
_ANY = "*"
_SETTING_LIBRARY = frozenset({"functools", "unittest"})
"""Modules of the standard library that set attributes on what they are given."""
_SERIALISERS = frozenset("cloudpickle copyreg dill joblib jsonpickle klepto pickle pickle5 shelve".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflection:
    """One place that may look at, or change, all attributes of an object, whatever their names are.

    Attributes:
        module: where.
        receiver: the expression that gives the object.
        may_set: it may set them: not `getattr` and `hasattr`.
    """

    module: Module
    receiver: ast.expr
    may_set: bool


def may_be_instance(node: ast.expr, module: Module, found: Class, project: Project) -> bool:
    """Say whether an expression may give an instance of a class; of subclasses only where they are not told apart.

    An instance that a method of a subclass gets as its receiver does not count: it is one of the subclass.

    Args:
        node: any expression of the module.
        module: of the project, or a reader.
        found: the class.
        project: for what names mean.
    """
    if isinstance(node, _Literal):
        return False
    if isinstance(node, ast.Call):
        return _may_give(node, module, found, project)
    if not isinstance(node, ast.Name):
        return True
    owner = receiver_of(node, module)
    if owner is not None:
        return _may_be_receiver(owner, found, project)
    known = names(module)
    scope = known.resolve(node.id, node)
    bound = known.bindings(node.id, scope) if scope else ()
    if len(bound) != 1:
        return True
    if isinstance(bound[0], ast.alias):
        return not _is_no_instance(known.dotted(node), project)
    if isinstance(bound[0], FunctionNode | ast.ClassDef):
        return False
    value = _value_bound(bound[0], module)
    return not isinstance(value, (*_Literal, ast.Call)) or may_be_instance(value, module, found, project)


def receiver_of(node: ast.Name, module: Module) -> ast.ClassDef | None:
    """Return the class whose method gets its receiver under this name; of a class method or static method, None."""
    known = names(module)
    scope = known.resolve(node.id, node)
    function = scope.node if scope else None
    if not isinstance(function, FunctionNode) or scope is None:
        return None
    owner = parents(module).get(function)
    positional = [*function.args.posonlyargs, *function.args.args]
    is_first = bool(positional) and positional[0].arg == node.id
    if not isinstance(owner, ast.ClassDef) or not is_first or scope.bindings[node.id] != [positional[0]]:
        return None
    decorators = {one.id for one in function.decorator_list if isinstance(one, ast.Name)}
    made_by_class = function.name in ("__new__", "__init_subclass__", "__class_getitem__")
    return None if made_by_class or decorators & {"staticmethod", "classmethod"} else owner


def is_surely_instance(node: ast.expr, module: Module, found: Class) -> bool:
    """Say whether an expression gives an instance of a class: a receiver, `Class(…)`, or a local bound to that."""
    if isinstance(node, ast.Call):
        return _names_class(node.func, found)
    if not isinstance(node, ast.Name):
        return False
    owner = receiver_of(node, module)
    if owner is not None:
        return owner is found.node
    known = names(module)
    scope = known.resolve(node.id, node)
    bound = known.bindings(node.id, scope) if scope else ()
    values = (_value_bound(one, module) for one in bound)
    return any(isinstance(value, ast.Call) and _names_class(value.func, found) for value in values)


def is_handed_to_libraries(found: Class, project: Project) -> bool:
    """Say whether an instance is an argument of a function of a library: who knows what it does with attributes."""
    return any(
        is_surely_instance(argument, module, found)
        for module, call in _library_calls(project)
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
    )


def is_reached_through(found: Class, name: str, project: Project) -> bool:
    """Say whether some file asks a class itself for a name: for a method, say, to give it any object."""
    return not _asked_by_name(project).isdisjoint({(found.name, name), (found.name, _ANY)})


@once
def _asked_by_name(project: Project) -> frozenset[tuple[str, str]]:
    """Return every `Name.attribute`, and every name that `getattr(Name, …)` and its like are given, of any file."""
    found: set[tuple[str, str]] = set()
    for module in project.everything:
        found.update((_last_name(node.value), node.attr) for node in nodes(module.syntax, ast.Attribute))
        for call in nodes(module.syntax, ast.Call):
            if called_name(call) in _SETTING | _READING and len(call.args) > 1:
                named = call.args[1]
                is_told = isinstance(named, ast.Constant) and isinstance(named.value, str)
                found.add((_last_name(call.args[0]), str(getattr(named, "value", "")) if is_told else _ANY))
    return frozenset(found)


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@once
def is_anything_reflected(project: Project) -> bool:
    """Say whether attributes of an object of which nothing is known are reached by a name that can't be read."""
    return any(may_be_instance(one.receiver, one.module, _nobody(project), project) for one in reflections(project))


@once
def is_anything_set(project: Project) -> bool:
    """Say whether attributes of an object of which nothing is known are set by a name that can't be read."""
    setting = (one for one in reflections(project) if one.may_set)
    return any(may_be_instance(one.receiver, one.module, _nobody(project), project) for one in setting)


@once
def stored_on_anything(project: Project) -> frozenset[str]:
    """Return the names of attributes that are set, or deleted, on an object of which nothing is known."""
    found = _nobody(project)
    return frozenset(
        name
        for name, group in stores.index(project).by_name.items()
        if any(may_be_instance(store.receiver, store.module, found, project) for store in group)
    )


@once
def _nobody(project: Project) -> Class:
    """Return a class that no code of the project knows: what may be an instance of it may be anything."""
    node = ast.ClassDef(name="", bases=[], keywords=[], body=[], decorator_list=[])
    return Class(module=project.everything[0], node=node, base_names=())


@once
def reflections(project: Project) -> tuple[Reflection, ...]:
    """Return every place that reaches attributes of an object by a name that can't be read, or its dictionary."""
    return tuple(found for module in project.everything for found in _reflections(module))


@once
def is_serialised(project: Project) -> bool:
    """Say whether objects may be stored by their dictionaries: a file names a library that does so."""
    return any(_imports_any(module, _SERIALISERS) for module in project.everything)


@once
def mentions_weak_references(project: Project) -> bool:
    """Say whether any file makes weak references."""
    return any(_imports_any(module, frozenset({"weakref"})) for module in project.everything)


def _imports_any(module: Module, libraries: frozenset[str]) -> bool:
    """Say whether a file imports one of some libraries, or names one in a string."""
    if not any(library in module.text for library in libraries):
        return False
    return any(word.partition(".")[0] in libraries for word in _imported(module))


def _imported(module: Module) -> Iterator[str]:
    for imported in nodes(module.syntax, ast.Import):
        yield from (alias.name for alias in imported.names)
    yield from (node.module or "" for node in nodes(module.syntax, ast.ImportFrom) if not node.level)
    for node in nodes(module.syntax, ast.Constant):
        if isinstance(node.value, str) and node.value.isidentifier():
            yield node.value  # `importlib.import_module("pickle")`


def _may_give(node: ast.Call, module: Module, found: Class, project: Project) -> bool:
    """Say whether calling something may give an instance; what surely is another class does not."""
    if isinstance(node.func, ast.Name) and node.func.id in _BUILTIN_TYPES:
        return not names(module).is_builtin(node.func.id, node.func)
    dotted = names(module).dotted(node.func) or (node.func.id if isinstance(node.func, ast.Name) else "")
    top, _, name = dotted.rpartition(".")
    if top and top.partition(".")[0] in sys.stdlib_module_names and name[:1].isupper():
        return False
    known = names(module)
    is_own = top in modules_by_name(project) if top else bool(known.bindings(name))
    others = hierarchy(project).named(name) if is_own else ()
    if len(others) != 1 or others[0].node not in others[0].module.syntax.body or others[0].binds("__new__"):
        return True
    is_plain = not others[0].node.decorator_list and not others[0].node.keywords
    above = hierarchy(project).ancestors(others[0])
    return not is_plain or above is None or others[0] is found or any(one.binds("__new__") for one in above)


def _may_be_receiver(owner: ast.ClassDef, found: Class, project: Project) -> bool:
    """Say whether a method of `owner` may get an instance of the class itself."""
    if owner is found.node or owner.name == found.name:
        return True
    above = hierarchy(project).ancestors(found)
    return above is None or any(one.node is owner or one.name == owner.name for one in above)


def _is_no_instance(dotted: str | None, project: Project) -> bool:
    """Say whether an imported name is a module, class or function, or belongs to a library."""
    if dotted is None:
        return False
    own = modules_by_name(project)
    if dotted in own:
        return True
    top, _, name = dotted.rpartition(".")
    if top in own:
        bound = names(own[top]).bindings(name)
        return len(bound) == 1 and isinstance(bound[0], FunctionNode | ast.ClassDef)
    return not any(one.partition(".")[0] == dotted.partition(".")[0] for one in own)


def _value_bound(bound: ast.AST, module: Module) -> ast.expr | None:
    """Return what a name's only binding, a plain assignment, gives it."""
    statement = parents(module).get(bound)
    if isinstance(statement, ast.Assign) and bound in statement.targets:
        return statement.value
    is_whole = isinstance(statement, ast.AnnAssign) and statement.target is bound
    return statement.value if is_whole and isinstance(statement, ast.AnnAssign) else None


def _names_class(node: ast.expr, found: Class) -> bool:
    return _last_name(node) == found.name


@once
def _library_calls(project: Project) -> tuple[tuple[Module, ast.Call], ...]:
    """Return the calls of imported functions that may set attributes of what they are given; not the project's."""
    own = {name.partition(".")[0] for name in modules_by_name(project)}
    found: list[tuple[Module, ast.Call]] = []
    for module in project.everything:
        known = names(module)
        for node in nodes(module.syntax, ast.Call):
            top = (known.dotted(node.func) or "").partition(".")[0]
            if top and top not in own and (top not in sys.stdlib_module_names or top in _SETTING_LIBRARY):
                found.append((module, node))
    return tuple(found)


def _reflections(module: Module) -> Iterator[Reflection]:
    if not any(word in module.text for word in ("vars", "attr", "__dict__", "__class__")):
        return
    for node in nodes(module.syntax, ast.Attribute, ast.Call):
        receiver = _reflected(node)
        if receiver is not None:
            is_read = isinstance(node, ast.Call) and called_name(node) in _READING
            yield Reflection(module=module, receiver=receiver, may_set=not is_read)


def _reflected(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Attribute):
        is_class_set = node.attr == "__class__" and not isinstance(node.ctx, ast.Load)
        return node.value if node.attr == "__dict__" or is_class_set else None
    if not isinstance(node, ast.Call) or not node.args:
        return None
    function = called_name(node)
    if function == "vars":
        return node.args[0]
    if function not in _SETTING | _READING:
        return None
    is_on_super = isinstance(node.func, ast.Attribute) and len(node.args) == (1 if "set" not in function else 2)
    receiver = node.func.value if is_on_super and isinstance(node.func, ast.Attribute) else node.args[0]
    named = node.args[0] if is_on_super else node.args[min(1, len(node.args) - 1)]
    is_read = isinstance(named, ast.Constant) and named.value not in ("__dict__", "__class__")
    return None if is_read or (function in _READING and not isinstance(named, ast.Constant)) else receiver
