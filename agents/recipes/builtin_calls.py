"""What calls of builtin functions and types give, as shapes."""

import ast
from collections.abc import Callable

from agents.recipes.shapes import BOOL, INT, NOTHING, STR, Shape, element_of, join

ShapeOf = Callable[[ast.expr], Shape | None]

_INTS = frozenset({"hash", "id", "int", "len", "ord"})
_BOOLS = frozenset({"all", "any", "bool", "callable", "hasattr", "isinstance", "issubclass"})
_TEXTS = frozenset({"bin", "chr", "hex", "input", "oct"})
_REPRESENTING = frozenset({"ascii", "format", "repr", "str"})
_MAKERS = {name: name for name in ("frozenset", "list", "set", "tuple")} | {"sorted": "list"}
_STEPPERS = frozenset({"filter", "iter", "reversed"})
_PAIRING = frozenset({"enumerate", "zip"})


def given(call: ast.Call, of: ShapeOf) -> Shape | None:
    """Return the shape of what a call of a builtin gives.

    Args:
        call: `name(…)`, where the name means the builtin.
        of: the shape of an argument; of a starred one, that of the values it spreads.
    """
    assert isinstance(call.func, ast.Name)
    name = call.func.id
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    always = _always(name)
    if always is not None:
        return always
    if name in _REPRESENTING:
        return _of_text(call, of)
    if name == "dict":
        return Shape("dict", NOTHING if not call.args and not call.keywords else None)
    if name in _MAKERS:
        return Shape(_MAKERS[name], element_of(of(call.args[0])) if call.args else NOTHING)
    return _of_iterator(call, name, of)


def _always(name: str) -> Shape | None:
    if name in _INTS:
        return INT
    if name in _BOOLS:
        return BOOL
    if name in _TEXTS:
        return STR
    return {"range": Shape("range", INT)}.get(name)


def _of_text(call: ast.Call, of: ShapeOf) -> Shape | None:
    """Return a str's shape where no class of the program is asked: it could give a subclass of str."""
    if len(call.args) != 1 or call.keywords:
        return None
    shown = of(call.args[0])
    return STR if shown is not None and shown.type in ("str", "bytes", "int", "bool", "float", "NoneType") else None


def _of_iterator(call: ast.Call, name: str, of: ShapeOf) -> Shape | None:
    if not call.args:
        return None
    if name in _STEPPERS:
        return Shape(name, element_of(of(call.args[-1])))
    if name in _PAIRING:
        return Shape(name, Shape("tuple"))
    if name == "map" and isinstance(call.args[0], ast.Name):
        return Shape("map", _always(call.args[0].id) if call.args[0].id in _INTS | _BOOLS | _TEXTS else None)
    if name in ("max", "min"):
        return join(*map(of, call.args)) if len(call.args) > 1 else element_of(of(call.args[0]))
    return _of_sum(call, of) if name == "sum" else None


def _of_sum(call: ast.Call, of: ShapeOf) -> Shape | None:
    """Return the shape of a sum of integers, or of lists or tuples and a first one of their type."""
    starts = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    held = element_of(of(call.args[0]))
    added = join(INT if held == BOOL else held, *(map(of, starts) if starts else [INT]))
    return added if added is not None and added.type in ("", "int", "list", "tuple") else None
