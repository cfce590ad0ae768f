"""Which attributes of instances are bound once, while the instance is made, and never again.

Such an attribute reads alike at any time in any method, whatever else runs meanwhile.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.functions import FunctionNode, functions
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.import_effects import modules_by_name
from agents.recipes.instances import is_anything_set, may_be_instance, reflections
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.walking import nodes, walk

_ODD_MEMBERS = frozenset(
    "__slots__ __getattr__ __getattribute__ __setattr__ __delattr__ __getstate__ __setstate__ __reduce__ __reduce_ex__"
    " __getnewargs__ __getnewargs_ex__ __dict__ __new__ __copy__ __deepcopy__ __replace__ __init_subclass__"
    " __set_name__ __class__ __del__".split()
)
_WAYS_TO_IT = frozenset({"super", "locals", "vars", "eval", "exec"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalAttribute:
    """An attribute that every instance has from its `__init__` on, always with the same value.

    Attributes:
        name: of the attribute.
        owner: the class whose `__init__` stores it: the one asked for, or one above it.
        init: that `__init__`.
        statement: what stores it, a statement of the `__init__`'s own block.
        value: what is stored; None where several targets share the statement.
    """

    name: str
    owner: Class
    init: FunctionNode
    statement: ast.Assign | ast.AnnAssign
    value: ast.expr | None


def final_attribute(name: str, found: Class, project: Project) -> FinalAttribute | None:
    """Return what is known of an attribute of the instances of a class and of all below it; None: it may change.

    Args:
        name: as it is written behind the dot.
        found: a class at the top level of a module.
        project: searched for everything that could store it, hide it, or see an instance before it is stored.
    """
    known = _found(project)
    if (name, found) not in known:
        known[name, found] = _final_attribute(name, found, project)
    return known[name, found]


def _final_attribute(name: str, found: Class, project: Project) -> FinalAttribute | None:
    family = ordinary_family(found, project)
    if family is None or any(member.binds(name) for member in family) or stores.index(project).is_patched(name):
        return None
    store = _only_store(name, family, project)
    above = hierarchy(project).ancestors(found)
    if store is None or store.owner is None or store.function is None or above is None:
        return None
    owner = next((one for one in (found, *above) if one.node is store.owner), None)
    statement = parents(store.module).get(store.node)
    if isinstance(statement, ast.Tuple | ast.List):
        statement = parents(store.module).get(statement)
    if owner is None or not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return None
    if statement not in store.function.body or not _is_stored_first(statement, owner, found, project):
        return None
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    value = statement.value if targets == [store.node] else None
    return FinalAttribute(name=name, owner=owner, init=store.function, statement=statement, value=value)


def ordinary_family(found: Class, project: Project) -> tuple[Class, ...] | None:
    """Return a class with all above and below it when instances keep attributes in a dict nothing else looks after.

    None too where an instance may be made or set up by other ways than a call of its class, or where an object of
    which nothing is known has attributes set by names that can't be read.
    """
    known = _families(project)
    if found not in known:
        known[found] = _ordinary_family(found, project)
    return known[found]


@once
def _families(project: Project) -> dict[Class, tuple[Class, ...] | None]:
    """Return what was found so far."""
    del project
    return {}


def _ordinary_family(found: Class, project: Project) -> tuple[Class, ...] | None:
    family = hierarchy(project).family(found)
    if family is None or not all(_is_ordinary(member) for member in family):
        return None
    if is_anything_set(project) or _is_made_by_hand(project):
        return None
    reached = ((one, member) for one in reflections(project) if one.may_set for member in family)
    return (
        None if any(may_be_instance(one.receiver, one.module, member, project) for one, member in reached) else family
    )


@once
def _found(project: Project) -> dict[tuple[str, Class], FinalAttribute | None]:
    """Return what was found so far."""
    del project
    return {}


def class_made(value: ast.expr | None, module: Module, project: Project) -> Class | None:
    """Return the class of the project that a call surely makes an instance of, exactly of it; None: don't know."""
    if not isinstance(value, ast.Call):
        return None
    top, name = _place_of(value.func, module, project)
    definition = names(top).bindings(name) if top is not None else ()
    if top is None or len(definition) != 1 or not isinstance(definition[0], ast.ClassDef):
        return None
    return hierarchy(project).of(definition[0]) if definition[0] in top.syntax.body else None


def _place_of(called: ast.expr, module: Module, project: Project) -> tuple[Module | None, str]:
    """Return the module and the name at its top level that something called is."""
    known = names(module)
    dotted = known.dotted(called)
    if dotted is not None:
        package, _, name = dotted.rpartition(".")
        return modules_by_name(project).get(package), name
    is_own = isinstance(called, ast.Name) and known.resolve(called.id, called) is known.top
    return (module, called.id) if is_own and isinstance(called, ast.Name) else (None, "")


def _is_ordinary(member: Class) -> bool:
    is_plain = not member.node.keywords and not member.node.decorator_list and len(member.base_names) <= 1
    return is_plain and not any(member.binds(name) for name in _ODD_MEMBERS)


@once
def _is_made_by_hand(project: Project) -> bool:
    """Say whether some file makes instances without `__init__`, or runs one again: `C.__new__(C)`, `x.__init__()`."""
    for module in project.everything:
        if "__init__" not in module.text and "__new__" not in module.text:
            continue
        for name in ("__init__", "__new__"):
            asking = {part for one in functions(module) if one.node.name == name for part in walk(one.node)}
            if any(node.attr == name and node not in asking for node in nodes(module.syntax, ast.Attribute)):
                return True
    return False


def _only_store(name: str, family: Sequence[Class], project: Project) -> stores.Store | None:
    """Return the one place that stores an attribute on instances of a family; None: there are others, or none."""
    found: list[stores.Store] = []
    for store in stores.index(project).stores(name):
        is_of_others = store.is_on_self and not any(_is_same(store.owner, member) for member in family)
        if not is_of_others:
            found.append(store)
    only = found[0] if len(found) == 1 else None
    is_begun = only is not None and only.is_on_self and only.function is not None and only.function.name == "__init__"
    return only if is_begun else None


def _is_same(owner: ast.ClassDef | None, member: Class) -> bool:
    return owner is not None and (owner is member.node or owner.name == member.name)


def _is_stored_first(statement: ast.stmt, owner: Class, found: Class, project: Project) -> bool:
    """Say whether no code can get at an instance of a class, or of one below it, before a statement stored on it."""
    below = hierarchy(project).descendants(found)
    return all(_is_reached(statement, owner, member, project) for member in (found, *below))


def _is_reached(statement: ast.stmt, owner: Class, member: Class, project: Project) -> bool:
    """Say whether making an instance of `member` surely runs a statement of `owner`'s `__init__` out of sight."""
    if member is owner:
        return _is_out_of_sight(member, project, until=statement)
    above, init = _above(member, project), _init_of(member)
    if above is None or not _is_reached(statement, owner, above, project):
        return False
    if init is None:
        return not member.binds("__init__")
    asked = next((one for one in init.body if _asks_above(one, init, member)), None)
    return asked is not None and _is_out_of_sight(member, project, until=asked)


def _is_out_of_sight(member: Class, project: Project, *, until: ast.stmt | None = None) -> bool:
    """Say whether making an instance does no more with it than to store on it, up to a statement of `__init__`.

    Args:
        member: its class; what the `__init__` above it does is looked at too where that is called.
        project: for the class above.
        until: the statement; one that calls the `__init__` above is not looked at itself. None: to the end.
    """
    init, above = _init_of(member), _above(member, project)
    if init is None:
        return not member.binds("__init__") and (above is None or _is_out_of_sight(above, project))
    if init.decorator_list or not init.args.args or not _is_kept(init.args.args[0].arg, init, member):
        return False
    run = init.body if until is None else init.body[: init.body.index(until) + 1]
    calls = [statement for statement in run if _asks_above(statement, init, member)]
    others = [part for statement in run if statement not in calls for part in walk(statement)]
    if any(_shows(part, init, member) for part in others):
        return False
    return above is None or all(call is until or _is_out_of_sight(above, project) for call in calls)


def _init_of(member: Class) -> FunctionNode | None:
    bound = names(member.module).inside(member.node).bindings.get("__init__", [])
    return bound[0] if len(bound) == 1 and isinstance(bound[0], ast.FunctionDef) else None


def _above(member: Class, project: Project) -> Class | None:
    found = hierarchy(project).named(member.base_names[0]) if member.base_names else ()
    return found[0] if len(found) == 1 else None


def _is_kept(receiver: str, init: FunctionNode, member: Class) -> bool:
    return len(names(member.module).inside(init).bindings[receiver]) == 1


def _asks_above(statement: ast.stmt, init: FunctionNode, member: Class) -> bool:
    """Say whether a statement is `super().__init__(…)` alone, of arguments that do not see the instance."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "__init__":
        return False
    asked, known = call.func.value, names(member.module)
    if not isinstance(asked, ast.Call) or not isinstance(asked.func, ast.Name) or asked.func.id != "super":
        return False
    if asked.args or not known.is_builtin("super", asked.func):
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return not any(_shows(part, init, member) for argument in given for part in walk(argument))


def _shows(node: ast.AST, init: FunctionNode, member: Class) -> bool:
    """Say whether a node hands the instance to someone, or may end the `__init__` early without an error."""
    if isinstance(node, ast.Return):
        return True
    if not isinstance(node, ast.Name) or node.id not in (init.args.args[0].arg, *_WAYS_TO_IT):
        return False
    above = parents(member.module)[node]
    return not isinstance(above, ast.Attribute) or not isinstance(above.ctx, ast.Store)
