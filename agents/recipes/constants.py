"""Constant sequences of a module that nothing changes, and where a function looks for values in them."""

import ast
from dataclasses import dataclass

from agents.recipes.functions import FunctionNode, own
from agents.recipes.guarded_probes import NEEDED_BUILTINS, is_guarded
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.tables import constant_value, is_only_read
from agents.recipes.uses import reads_its_frame

MIN_CONSTANTS = 8
"""Shorter sequences are scanned as fast as a set is probed (docs/recipes.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantProbes:
    """A constant sequence and the membership tests of one function on it.

    Attributes:
        name: of the sequence.
        definition: the statement that binds it.
        set_name: of the frozenset beside it.
        is_built: that frozenset is there already.
        probes: the comparisons whose last operand is the sequence.
    """

    name: str
    definition: ast.stmt
    set_name: str
    is_built: bool
    probes: tuple[ast.Compare, ...]


def constant_probes(function: FunctionNode, name: str, module: Module, project: Project) -> ConstantProbes | None:
    """Return a function's probes of a module constant; None when it is none, or may be changed by somebody."""
    definition = _definition(name, module, project)
    if definition is None:
        return None
    set_name = f"_{name.strip('_')}_{'SET' if name.isupper() else 'set'}"
    is_built = _is_built(set_name, name, module)
    probes = tuple(
        node
        for node in own(function, ast.Compare)
        if _probes(node, name, module) and not is_guarded(node, set_name, module)
    )
    if not probes or not (is_built or names(module).is_free(set_name)):
        return None
    needed = ("frozenset", *NEEDED_BUILTINS)
    if not all(names(module).is_builtin(builtin, node) for node in (definition, *probes) for builtin in needed):
        return None
    if reads_its_frame(function, module):
        return None
    return ConstantProbes(name=name, definition=definition, set_name=set_name, is_built=is_built, probes=probes)


def _definition(name: str, module: Module, project: Project) -> ast.stmt | None:
    """Return the only statement that binds the name, if it is a long literal of constants that nobody changes.

    Others may read a tuple in any way, a list only where a change can be ruled out.
    """
    value = constant_value(module, name, project)
    if not isinstance(value, ast.List | ast.Tuple) or len(value.elts) < MIN_CONSTANTS:
        return None
    if not all(isinstance(element, ast.Constant) for element in value.elts):
        return None
    is_private = name.startswith("_")  # a public list is an invitation to users of the project to append to it
    if isinstance(value, ast.List) and not (is_private and is_only_read(module, name, project)):
        return None
    return next(statement for statement in module.syntax.body if getattr(statement, "value", None) is value)


def _probes(compare: ast.Compare, name: str, module: Module) -> bool:
    container = compare.comparators[-1]
    if not isinstance(compare.ops[-1], ast.In | ast.NotIn) or not isinstance(container, ast.Name):
        return False
    return container.id == name and names(module).resolve(name, container) is names(module).top


def _is_built(set_name: str, name: str, module: Module) -> bool:
    bound = names(module).bindings(set_name)
    if len(bound) != 1:
        return False
    wanted = ast.dump(ast.parse(f"{set_name} = frozenset({name})").body[0])
    return any(ast.dump(statement) == wanted for statement in module.syntax.body if isinstance(statement, ast.Assign))
