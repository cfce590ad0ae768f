"""Whether a piece of a function can change anything beyond its own locals: what a loop's invariants rest on."""

import ast

from agents.recipes.functions import FunctionNode, functions
from agents.recipes.once import once, once_by_name
from agents.recipes.project import IDENTIFIER, Module, NamePattern, Project, spelled
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.uses import UseKind, bound_value, uses
from agents.recipes.walking import walk

# Builtins that run no code but that of the protocols of their arguments, which change nothing by custom.
_READING_BUILTINS = frozenset(
    "abs all any bool bytes dict divmod enumerate float format frozenset hash int isinstance issubclass len list max"
    " min print range repr reversed round set sorted str sum tuple zip".split()
)
# Methods of builtins that change nothing; taken by name, so only where no class of the project defines one.
_READING_METHODS = frozenset(
    "count endswith find format get index isalpha isdigit items join keys lower lstrip partition replace rfind"
    " rpartition rsplit rstrip split splitlines startswith strip title upper values".split()
)
FILLING_METHODS = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})
_DEF = NamePattern(rf"def[\s\\]+(?=({IDENTIFIER}))")
_CONTAINERS = frozenset({"dict", "list", "set", "sorted"})
_DISPLAYS = (ast.Dict, ast.DictComp, ast.List, ast.ListComp, ast.Set, ast.SetComp)
_LOUD = (
    *(ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith, ast.With, ast.Delete, ast.Import),
    *(ast.ImportFrom, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal),
)


def changes_nothing(
    loop: ast.AST,
    function: FunctionNode,
    module: Module,
    project: Project,
    besides: frozenset[ast.AST] = frozenset(),
) -> bool:
    """Say whether running `loop` surely leaves every object as it was but containers made in the function.

    Operators, comparisons, iteration and attribute reads are taken not to change their operands.

    Args:
        loop: any piece of the function.
        function: it stands in; of the module, of the project.
        module: of the function.
        project: its classes say which methods are not those of builtin types.
        besides: nodes that are known to change something, which is left out here.
    """
    return all(_is_quiet(node, function, module, project) for node in walk(loop) if node not in besides)


def is_held_locally(function: FunctionNode, name: str, module: Module) -> bool:
    """Say whether a local only ever names lists made in the function, which nothing else can reach."""
    found = uses(function, name, lambda builtin: names(module).is_builtin(builtin, function.body[0]))
    return any(use.kind is UseKind.BIND_LIST for use in found) and all(use.kind is not UseKind.OTHER for use in found)


def is_made_here(function: FunctionNode, name: str, module: Module) -> bool:
    """Say whether a local only ever names builtin containers made in the function: no object from outside is one."""
    scope = names(module).inside(function)
    bound = names(module).bindings(name, scope)
    return bool(bound) and all(_binds_new_container(node, module) for node in bound)


def _binds_new_container(node: ast.AST, module: Module) -> bool:
    above = parents(module)
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Store):
        return False
    statement = above[node] if isinstance(above[node], ast.stmt) else above[above[node]]
    value = bound_value(statement, node)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _CONTAINERS and names(module).is_builtin(value.func.id, value.func)
    return isinstance(value, _DISPLAYS)


def _is_quiet(node: ast.AST, function: FunctionNode, module: Module, project: Project) -> bool:
    if isinstance(node, _LOUD):
        return False
    if isinstance(node, ast.Call):
        return _is_quiet_call(node, function, module, project)
    if isinstance(node, ast.AugAssign):
        return not isinstance(node.target, ast.Name) or _is_number_step(node)
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return _stores_locally(node, function, module)
    return True


def _stores_locally(node: ast.AST, function: FunctionNode, module: Module) -> bool:
    if isinstance(node, ast.Name):
        return names(module).resolve(node.id, node) is not names(module).top
    if isinstance(node, ast.Subscript):
        return _is_own(node.value, function, module)
    return not isinstance(node, ast.Attribute)


def _is_number_step(node: ast.AugAssign) -> bool:
    """Say whether it is `n += 1` and its like: numbers are immutable, while `+=` may change a list in place."""
    return isinstance(node.value, ast.Constant) and isinstance(node.value.value, int | float | str)


def _is_quiet_call(call: ast.Call, function: FunctionNode, module: Module, project: Project) -> bool:
    if isinstance(call.func, ast.Name):
        name = call.func.id
        is_next = name == "next" and bool(call.args) and isinstance(call.args[0], ast.GeneratorExp)
        return (name in _READING_BUILTINS or is_next) and names(module).is_builtin(name, call.func)
    if not isinstance(call.func, ast.Attribute):
        return False
    method = call.func.attr
    if method in FILLING_METHODS:
        return _is_own(call.func.value, function, module)
    return method in _READING_METHODS and not is_defined_in_a_class(method, project)


@once_by_name
def is_defined_in_a_class(name: str, project: Project) -> bool:
    """Say whether any class of the project defines a method or a property of this name."""
    return any(name in _methods(module) for module in project.everything if name in _defined(module))


@once
def _defined(module: Module) -> frozenset[str]:
    """Return the names of all functions, by the text alone."""
    return _DEF.found(spelled(module))


@once
def _methods(module: Module) -> frozenset[str]:
    return frozenset(function.node.name for function in functions(module) if function.owner is not None)


def _is_own(owner: ast.expr, function: FunctionNode, module: Module) -> bool:
    return isinstance(owner, ast.Name) and is_made_here(function, owner.id, module)
