"""Of exactly which builtin type an expression's value is, and of which what it holds; most of the time: don't know."""

import ast
from dataclasses import dataclass

from agents.recipes import methods


@dataclass(frozen=True, slots=True)
class Shape:
    """An exact builtin type, subclasses left out.

    Attributes:
        type: its name (`list`, `int`, `dict_keys`, `generator`); empty for a value that never is.
        element: what each turn of an iteration over it gives; None: don't know. Of an empty display: never anything.
    """

    type: str
    element: "Shape | None" = None


NOTHING = Shape("")
INT, BOOL, FLOAT, NONE = Shape("int"), Shape("bool"), Shape("float"), Shape("NoneType")
STR, BYTES = Shape("str"), Shape("bytes", INT)
"""The elements of a str are str again, which `element_of` knows."""

CONTAINERS = frozenset(
    "bytearray bytes deque dict dict_items dict_keys dict_values frozenset list range set str tuple".split()
)
"""Types that give the same values in every iteration, and whose iteration runs no other code."""


def join(*shapes: Shape | None) -> Shape | None:
    """Return what is known of a value that is one of these; of none of any: never anything."""
    found: Shape | None = NOTHING
    for shape in shapes:
        if shape is None or found is None:
            return None
        if NOTHING in (found, shape):
            found = shape if found == NOTHING else found
        elif found.type != shape.type:
            return None
        else:
            found = Shape(found.type, join(found.element, shape.element))
    return found


def element_of(shape: Shape | None) -> Shape | None:
    """Return what iterating a value gives."""
    if shape is None or shape == NOTHING:
        return shape
    return STR if shape.type == "str" else shape.element


def of_constant(value: object) -> Shape | None:
    """Return the shape of a literal."""
    kinds = {str: STR, bytes: BYTES, int: INT, bool: BOOL, float: FLOAT, type(None): NONE}
    return kinds.get(type(value))


def of_operation(operator: ast.operator, left: Shape | None, right: Shape | None) -> Shape | None:
    """Return the shape of `left operator right`."""
    if left is None or NOTHING in (left, right):
        return left and NOTHING
    if left == STR and isinstance(operator, ast.Mod):
        return STR if right is not None else None
    if left == STR and isinstance(operator, ast.Mult):
        return STR if right == INT else None
    if right is None:
        return None
    if {left.type, right.type} <= {"int", "bool"}:
        return _of_int_operation(operator, left, right)
    same = left.type == right.type
    if same and left.type in ("str", "list", "tuple", "bytes") and isinstance(operator, ast.Add):
        return join(left, right)
    if same and left.type in ("set", "frozenset") and isinstance(operator, ast.BitAnd | ast.BitOr | ast.Sub):
        return join(left, right)
    return None


def of_method(receiver: Shape, name: str) -> Shape | None:
    """Return the shape of what a method of a builtin value gives, whatever its arguments are."""
    if receiver == NOTHING:
        return NOTHING
    if receiver.type == "str":
        return _of_str_method(name)
    if name in methods.COUNTS.get(receiver.type, ()):
        return INT
    if name == "copy" and receiver.type in ("dict", "list", "set"):
        return receiver
    if receiver.type != "dict":
        return None
    views = {
        "keys": Shape("dict_keys", receiver.element),
        "values": Shape("dict_values"),
        "items": Shape("dict_items", Shape("tuple")),
    }
    return views.get(name)


def _of_int_operation(operator: ast.operator, left: Shape, right: Shape) -> Shape | None:
    if isinstance(operator, ast.Add | ast.Sub | ast.Mult | ast.FloorDiv | ast.Mod):
        return INT
    is_bits = isinstance(operator, ast.BitAnd | ast.BitOr | ast.BitXor)
    return (INT if INT in (left, right) else BOOL) if is_bits else None


def _of_str_method(name: str) -> Shape | None:
    if name in methods.STR_TO_STR:
        return STR
    if name in methods.STR_TO_INT:
        return INT
    if name in methods.STR_TO_BOOL:
        return BOOL
    if name in methods.STR_TO_LIST:
        return Shape("list", STR)
    return {"encode": BYTES, "partition": Shape("tuple", STR), "rpartition": Shape("tuple", STR)}.get(name)
