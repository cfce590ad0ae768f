"""Whether the instances of a class can do without a dictionary, and which names they keep then."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.class_uses import is_let_out, is_only_named
from agents.recipes.functions import FunctionNode
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.instances import (
    is_anything_reflected,
    is_handed_to_libraries,
    is_serialised,
    may_be_instance,
    receiver_of,
    reflections,
    stored_on_anything,
)
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.stores import Store
from agents.recipes.tables import parents
from agents.recipes.walking import walk
from profiling.facts import ClassFacts

HEAD_BYTES = 32
"""Of an instance without a dictionary: the object's head and the collector's."""
SLOT_BYTES = 8
MIN_SHARE = 0.01
"""Of the peak that must be saved; less does not show in a measurement."""

_ODD_MEMBERS = frozenset(
    "__slots__ __getattr__ __getattribute__ __setattr__ __delattr__ __getstate__ __setstate__ __reduce__ __reduce_ex__"
    " __getnewargs__ __getnewargs_ex__ __dict__ __weakref__ __new__ __copy__ __deepcopy__ __replace__"
    " __init_subclass__ __class__ __class_getitem__ __set_name__ __mro_entries__ __dir__".split()
)
_BUILTIN_DECORATORS = frozenset({"classmethod", "property", "staticmethod"})
_DECORATORS = frozenset(
    "contextlib.asynccontextmanager contextlib.contextmanager functools.lru_cache functools.cache typing.final"
    " typing.no_type_check typing.overload typing.override abc.abstractmethod".split()
)
_REFLECTED = frozenset({"vars", "setattr", "delattr", "__dict__", ".__dict__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What instances of a class keep.

    Attributes:
        found: the class.
        stored: names its methods store on their receiver, in the order of the text; those of properties left out.
        below: the classes that inherit from it.
    """

    found: Class
    stored: tuple[str, ...]
    below: tuple[Class, ...]


def layout(node: ast.ClassDef, module: Module, project: Project, declared: tuple[str, ...] = ()) -> Layout | None:
    """Return what the instances of a top-level class keep; None when they may need a dictionary.

    Args:
        node: a `class` statement without bases.
        module: where it stands.
        project: searched for whatever is done with instances.
        declared: names that they will have slots for beside those stored.
    """
    found = hierarchy(project).of(node)
    if is_serialised(project) or is_anything_reflected(project) or node not in module.syntax.body:
        return None
    if not _is_plain_class(found, module, project) or not _are_plain_descendants(found, project):
        return None
    properties = {name for name in _bound_names(found) if _is_property(found, name)}
    stored = tuple(name for name in _stored(found) if name not in properties)
    kept = {*stored, *declared}
    family = (found, *hierarchy(project).descendants(found))
    hiding = ((member, name) for member in family for name in kept if member is not found or name not in declared)
    is_open = bool(stored_on_anything(project) - kept - properties)
    if not kept or is_open or any(_binds_value(*one) for one in hiding):
        return None
    if not _are_all_stores_known(found, kept | properties, project) or is_handed_to_libraries(found, project):
        return None
    is_class_kept = all(is_only_named(one, project, kept) and not is_let_out(one, project, kept) for one in family)
    return Layout(found=found, stored=stored, below=family[1:]) if is_class_kept else None


def objection(layout_names: frozenset[str], seen: ClassFacts | None) -> str | None:
    """Return what the facts say against slots for these names."""
    if seen is None:
        return None
    others = sorted({*seen.set_in_init, *seen.set_elsewhere, *seen.in_dict} - layout_names)
    if others:
        return f"instances were seen with other attributes: {', '.join(others)}"
    reflected = sorted(_REFLECTED & seen.reflected.keys())
    if reflected:
        return f"instances were looked into with {', '.join(reflected)}"
    if seen.pickled_or_copied:
        return "instances were pickled or copied"
    outside = sorted(name for name, file in seen.subclasses.items() if file == "(outside)")
    return f"it has subclasses outside the project: {', '.join(outside)}" if outside else None


def _is_plain_class(found: Class, module: Module, project: Project) -> bool:
    node = found.node
    is_child = any(not (isinstance(base, ast.Name) and base.id == "object") for base in node.bases)
    if is_child or node.keywords or getattr(node, "type_params", []) or names(module).bindings(node.name) != (node,):
        return False
    if len(hierarchy(project).named(node.name)) != 1 or stores.index(project).is_patched(node.name):
        return False
    return all(_is_plain_statement(statement, found) for statement in node.body)


def _are_plain_descendants(found: Class, project: Project) -> bool:
    """Say whether every subclass inherits from one class alone, and keeps a dictionary of its own."""
    below = hierarchy(project).descendants(found)
    if any(len(one.base_names) != 1 or one.node.decorator_list or one.node.keywords for one in below):
        return False
    return not any(one.binds(name) for one in (found, *below) for name in _ODD_MEMBERS)


def _is_plain_statement(statement: ast.stmt, found: Class) -> bool:
    if isinstance(statement, FunctionNode):
        return all(_is_plain_decorator(one, found) for one in statement.decorator_list)
    if isinstance(statement, ast.Assign):
        return all(isinstance(target, ast.Name) for target in statement.targets) and not _may_hook(statement.value)
    if isinstance(statement, ast.AnnAssign):
        return isinstance(statement.target, ast.Name) and (statement.value is None or _is_field(statement, found))
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _is_field(statement: ast.AnnAssign, found: Class) -> bool:
    """Say whether a value in a class body is a constant, or that of a field, which is no descriptor."""
    value = statement.value
    assert value is not None
    if not isinstance(value, ast.Call) or names(found.module).dotted(value.func) != "dataclasses.field":
        return not _may_hook(value)
    return not any(keyword.arg in (None, "default") and _may_hook(keyword.value) for keyword in value.keywords)


def _may_hook(value: ast.expr) -> bool:
    """Say whether a class attribute may be something that stores into instances: not so constants and displays."""
    plain = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp, ast.expr_context)
    operators = (ast.operator, ast.unaryop)
    return not all(isinstance(part, (*plain, *operators)) for part in walk(value))


def _is_plain_decorator(decorator: ast.expr, found: Class) -> bool:
    known = names(found.module)
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(named, ast.Name) and known.is_builtin(named.id, named):
        return named.id in _BUILTIN_DECORATORS
    if isinstance(named, ast.Attribute) and named.attr in ("deleter", "getter", "setter"):
        return isinstance(named.value, ast.Name) and found.binds(named.value.id)
    return known.dotted(named) in _DECORATORS


def _binds_value(member: Class, name: str) -> bool:
    """Say whether a class has an attribute of this name itself: a bare annotation makes none."""
    above = parents(member.module)
    bound = names(member.module).inside(member.node).bindings.get(name, ())
    return any(not isinstance(holder := above[one], ast.AnnAssign) or holder.value is not None for one in bound)


def _bound_names(found: Class) -> tuple[str, ...]:
    return tuple(names(found.module).inside(found.node).bindings)


def _is_property(found: Class, name: str) -> bool:
    bound = names(found.module).inside(found.node).bindings[name]
    return all(isinstance(one, ast.FunctionDef) and _is_accessor(one) for one in bound)


def _is_accessor(function: ast.FunctionDef) -> bool:
    decorators = function.decorator_list
    if len(decorators) != 1:
        return False
    one = decorators[0]
    return (isinstance(one, ast.Name) and one.id == "property") or isinstance(one, ast.Attribute)


def _stored(found: Class) -> Iterator[str]:
    """Yield the names that code in the class stores on a receiver of its methods, in the order of the text."""
    placed: dict[tuple[int, int], str] = {}
    for node in walk(found.node):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if isinstance(node.ctx, ast.Store) and receiver_of(node.value, found.module) is found.node:
            placed[node.lineno, node.col_offset] = node.attr
    yield from dict.fromkeys(placed[place] for place in sorted(placed))


def _are_all_stores_known(found: Class, kept: set[str], project: Project) -> bool:
    """Say whether no attribute but these is set on what may be an instance, and no dictionary is reached.

    None is deleted either: the error of a second deletion reads otherwise, and a field's default would show again.
    """
    index = stores.index(project)
    others = (store for name, group in index.by_name.items() if name not in kept for store in group)
    deleted = (store for name in kept for store in index.stores(name) if _deletes(store.node))
    if any(_may_be_on(store, found, project) for group in (others, deleted) for store in group):
        return False
    if any(map(index.is_patched, (*_bound_names(found), *kept))):
        return False
    family = (found, *hierarchy(project).descendants(found))
    reflected = ((one, member) for one in reflections(project) for member in family)
    return not any(may_be_instance(one.receiver, one.module, member, project) for one, member in reflected)


def _deletes(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        named = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return named in ("delattr", "__delattr__")
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Del)


def _may_be_on(store: Store, found: Class, project: Project) -> bool:
    if isinstance(store.receiver, ast.Constant):  # `super().__setattr__("name", …)`
        return True
    return may_be_instance(store.receiver, store.module, found, project)
