"""Whether a program may tell two equal strings apart: by `is`, by `id`, or in what is written of objects."""

import ast

from agents.recipes.functions import FunctionNode
from agents.recipes.hierarchy import hierarchy
from agents.recipes.import_effects import modules_by_name
from agents.recipes.instances import is_serialised, receiver_of
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.walking import nodes

_TELLING: tuple[type[ast.AST], ...] = (ast.Compare, ast.Import, ast.ImportFrom, ast.Attribute, ast.Name)
_ASKING = frozenset({"getrefcount", "is_", "is_not", "assertIs", "assertIsNot"})
_DISPLAYS = (ast.Dict, ast.DictComp, ast.Lambda, ast.List, ast.ListComp, ast.Set, ast.SetComp, ast.GeneratorExp)
_MAKING = frozenset({"bytearray", "dict", "list", "object", "set", "super"})


@once
def strings_may_be_told_apart(project: Project) -> bool:
    """Say whether anything in the project may ask which of two equal strings it has.

    Pickles count: they hold a string once and refer to it from then on.
    """
    if is_serialised(project):
        return True
    asking = ((node, module) for module in project.everything for node in nodes(module.syntax, *_TELLING))
    return any(_asks(node, module, project) for node, module in asking)


def _asks(node: ast.AST, module: Module, project: Project) -> bool:
    if isinstance(node, ast.Compare):
        return _compares(node, module, project)
    if isinstance(node, ast.Import | ast.ImportFrom):
        return any(alias.name in ("marshal", "ctypes") or alias.name in _ASKING for alias in node.names)
    if isinstance(node, ast.Attribute):
        return node.attr in _ASKING
    if not isinstance(node, ast.Name) or node.id != "id" or not isinstance(node.ctx, ast.Load):
        return False
    call = parents(module)[node]
    is_of_other = isinstance(call, ast.Call) and len(call.args) == 1 and _is_no_string(call.args[0], module, project)
    return names(module).is_builtin("id", node) and not is_of_other


def _compares(node: ast.Compare, module: Module, project: Project) -> bool:
    operands = [node.left, *node.comparators]
    pairs = zip(node.ops, operands[:-1], operands[1:], strict=True)
    return any(
        isinstance(operator, ast.Is | ast.IsNot) and not any(_is_no_string(one, module, project) for one in pair)
        for operator, *pair in pairs
    )


def _is_no_string(node: ast.expr, module: Module, project: Project) -> bool:
    """Say whether an expression surely gives no exact str."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, str)
    if isinstance(node, _DISPLAYS):
        return True
    if isinstance(node, ast.Attribute):
        return node.attr == "__class__" or _is_member(node, project)
    if isinstance(node, ast.Call):
        return _gives_no_string(node, module, project)
    return isinstance(node, ast.Name) and _names_no_string(node, module, project)


def _gives_no_string(node: ast.Call, module: Module, project: Project) -> bool:
    known = names(module)
    if isinstance(node.func, ast.Name) and known.is_builtin(node.func.id, node.func):
        return node.func.id in _MAKING or (node.func.id == "type" and len(node.args) == 1)
    return isinstance(node.func, ast.Name) and _is_class(node.func, module, project)


def _names_no_string(node: ast.Name, module: Module, project: Project) -> bool:
    """Say whether a name is a builtin, a receiver, a class, a function, a module, or one object made for itself."""
    known = names(module)
    if known.is_builtin(node.id, node):
        return node.id not in ("__doc__", "__name__")
    owner = receiver_of(node, module)
    if owner is not None:
        return hierarchy(project).ancestors(hierarchy(project).of(owner)) is not None
    if known.resolve(node.id, node) is not known.top:
        return False
    bound = known.bindings(node.id)
    return len(bound) == 1 and _is_made_apart(bound[0], module, project)


def _is_made_apart(bound: ast.AST, module: Module, project: Project) -> bool:
    if isinstance(bound, FunctionNode | ast.ClassDef):
        return not bound.decorator_list
    if isinstance(bound, ast.alias):
        return _is_imported_apart(bound, module, project)
    statement = parents(module).get(bound)
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or not isinstance(statement.value, ast.Call):
        return False
    return _gives_no_string(statement.value, module, project)


def _is_imported_apart(alias: ast.alias, module: Module, project: Project) -> bool:
    statement, own = parents(module)[alias], modules_by_name(project)
    if isinstance(statement, ast.Import):
        return True
    found = names(module).imported(alias.asname or alias.name, module.syntax)
    place, _, name = found.target.rpartition(".") if found else ("", "", "")
    bound = names(own[place]).bindings(name) if place in own else ()
    return len(bound) == 1 and not isinstance(bound[0], ast.alias) and _is_made_apart(bound[0], own[place], project)


def _is_member(node: ast.Attribute, project: Project) -> bool:
    """Say whether it is `Colour.RED` of an enumeration: its members are of its own class."""
    named = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
    found = hierarchy(project).named(named)
    return len(found) == 1 and any(base.endswith(("Enum", "Flag")) for base in found[0].base_names)


def _is_class(node: ast.Name, module: Module, project: Project) -> bool:
    """Say whether a name means a class of the project that inherits from its own alone."""
    known = names(module)
    bound = known.bindings(node.id) if known.resolve(node.id, node) is known.top else ()
    found = bound[0] if len(bound) == 1 else None
    if not isinstance(found, ast.ClassDef) or found.decorator_list or found.keywords:
        return False
    family = hierarchy(project).ancestors(hierarchy(project).of(found))
    return family is not None and not any(one.binds("__new__") for one in (hierarchy(project).of(found), *family))
