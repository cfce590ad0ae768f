"""Objects as text that differs where a program could tell them apart: types, order, NaN, -0.0, identity."""

import re
import types
from collections import deque
from collections.abc import Iterator, Mapping

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_ATOMS = (type(None), bool, int, float, complex, str, bytes, type(...), range)
_HASHED_BY_VALUE = (type(None), bool, int, str, bytes)
_NAMED = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, types.MethodType)
_SEQUENCES = (list, tuple, deque, set, frozenset)
_READ = (*_SEQUENCES, Mapping, BaseException)


def portrait(value: object) -> str:
    """Return the text of an object and of all it holds; an object that was described is only pointed at again.

    Immutable builtin values are told by value: whether two of them are one object is up to the interpreter.
    """
    return _Portraits().of(value)


class _Portraits:
    """Numbers the mutable objects in the order they are met."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def of(self, value: object) -> str:
        kind = type(value)
        name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
        if kind in _ATOMS:
            return f"{name} {hex(value) if kind is int else repr(value)}"
        if isinstance(value, _NAMED):
            return f"{name} {getattr(value, '__qualname__', getattr(value, '__name__', ''))}"
        if kind in (tuple, frozenset):
            return f"{name}({', '.join(self._held(value))})"
        if id(value) in self._numbers:
            return f"#{self._numbers[id(value)]}"
        number = self._numbers[id(value)] = len(self._numbers)
        return f"#{number}={name}({', '.join(self._held(value))})"

    def _held(self, value: object) -> Iterator[str]:
        if isinstance(value, Mapping):
            yield from (f"{self.of(key)}: {self.of(held)}" for key, held in value.items())
        elif isinstance(value, (set, frozenset)) and not all(map(_is_ordered, value)):
            yield from sorted(_Portraits().of(held) for held in value)
        elif isinstance(value, _SEQUENCES):
            yield from map(self.of, value)
        elif isinstance(value, BaseException):
            yield from (self.of(value.args), self.of(type(value.__cause__)), self.of(value.__suppress_context__))
        attributes = dict(sorted(_attributes(value), key=lambda pair: str(pair[0])))  # in a dict or in slots
        yield from (f"{name}={self.of(held)}" for name, held in attributes.items())
        if not attributes and type(value).__repr__ is not object.__repr__ and not isinstance(value, _READ):
            yield _ADDRESS.sub("", repr(value))


def _is_ordered(value: object) -> bool:
    """Say whether a set gives an element its place by value, so that its order may be compared."""
    return all(map(_is_ordered, value)) if isinstance(value, tuple) else type(value) in _HASHED_BY_VALUE


def _attributes(value: object) -> Iterator[tuple[str, object]]:
    yield from getattr(value, "__dict__", {}).items()
    for owner in type(value).__mro__:
        slots = vars(owner).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            is_private = slot.startswith("__") and not slot.endswith("__")
            name = f"_{owner.__name__.lstrip('_')}{slot}" if is_private else slot
            if hasattr(value, name) and name not in ("__dict__", "__weakref__"):
                yield name, getattr(value, name)
