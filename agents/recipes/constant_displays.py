"""The displays of constants in a function that nothing changes or hands on: one object could serve every call."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.recipes.contents import is_only_read
from agents.recipes.functions import FunctionNode, own
from agents.recipes.methods import READS
from agents.recipes.project import Module
from agents.recipes.scope import Scope, names
from agents.recipes.tables import parents
from agents.recipes.uses import bound_value, reads_its_frame
from agents.recipes.walking import walk

MIN_ELEMENTS = 3
"""Smaller ones are made about as fast as a global is read."""
_NUMBERS = int | float | complex
Display = ast.Dict | ast.List | ast.Set


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantDisplay:
    """One display.

    Attributes:
        node: it.
        name: local it is bound to; empty when it is read where it stands.
        element_count: keys or elements.
    """

    node: Display
    name: str
    element_count: int


def constant_displays(function: FunctionNode, module: Module) -> Iterator[ConstantDisplay]:
    """Yield the displays of a function that may be made once, in the order of the text."""
    if reads_its_frame(function, module):
        return
    displays: Sequence[Display] = own(function, ast.Dict, ast.List, ast.Set)
    for node in displays:
        if _is_constant_display(node):
            name = _bound_name(node, function, module)
            if name is not None:
                count = len(node.keys if isinstance(node, ast.Dict) else node.elts)
                yield ConstantDisplay(node=node, name=name, element_count=count)


def _is_constant_display(node: Display) -> bool:
    if not isinstance(node, ast.Dict):
        return len(node.elts) >= MIN_ELEMENTS and all(map(_is_constant, node.elts))
    if len(node.keys) < MIN_ELEMENTS:
        return False
    return all(key is not None and _is_constant(key) for key in node.keys) and all(map(_is_constant, node.values))


def _is_constant(node: ast.expr) -> bool:
    """Say whether an expression is an immutable constant."""
    if isinstance(node, ast.Tuple):
        return all(map(_is_constant, node.elts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, _NUMBERS)
    return isinstance(node, ast.Constant)


def _bound_name(node: Display, function: FunctionNode, module: Module) -> str | None:
    """Return the local a display is bound to, empty when it is only read at once; None: others may reach it."""
    above = parents(module)
    parent = above[node]
    if _is_read_at_once(node, parent, above[parent]):
        return ""
    target = parent.targets[0] if isinstance(parent, ast.Assign) else getattr(parent, "target", None)
    if not isinstance(target, ast.Name) or bound_value(parent, target) is not node:
        return None
    scope = names(module).resolve(target.id, target)
    if scope is None or scope.node is not function or not _is_kept_as_it_is(target.id, scope, node, module):
        return None
    return target.id


def _is_read_at_once(node: Display, parent: ast.AST, above: ast.AST) -> bool:
    """Say whether a display is subscripted, or asked by a method that hands nothing on, where it stands."""
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    if not isinstance(parent, ast.Attribute) or not isinstance(above, ast.Call) or above.func is not parent:
        return False
    return parent.attr in READS[type(node).__name__.lower()]


def _is_kept_as_it_is(name: str, scope: Scope, display: Display, module: Module) -> bool:
    """Say whether no occurrence of a local's name changes what it names, or hands it on."""
    kind = type(display).__name__.lower()
    found = [node for node in walk(scope.node) if isinstance(node, ast.Name) and node.id == name]
    loads = [node for node in found if isinstance(node.ctx, ast.Load)]
    if len(found) - len(loads) != len(scope.bindings[name]):
        return False
    augmented = any(isinstance(parents(module)[node], ast.AugAssign) for node in found)
    return not augmented and all(is_only_read(node, module, kind) for node in loads)
