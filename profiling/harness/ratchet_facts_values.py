"""Tell the target's values apart without running any of its code: no `==`, `hash`, `repr` or `len` of its own types.

Copied beside `ratchet_facts_calls` and `ratchet_facts_probes`, which share it. Only exact builtins are looked into.
"""

from __future__ import annotations

import sys
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

OWN_FAULTS = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)
"""What our own code may raise and must swallow; what a signal handler raises in the midst of it passes through."""

address = object.__hash__
"""The address of any object, as `id` gives it, turned a little: but `id` calls every audit hook, ours among them."""

_SHORT = 256
"""Longer strings and bytes are remembered by length and hash (64 bits, of an exact builtin), not by their text."""
_ELEMENTS = 512
_DEPTH = 4
_KNOWN_OBJECTS = 1 << 16
_KINDS_COUNTED = 64
_KINDS_KNOWN = 4096

_SCALARS = (type(None), bool, int, float, complex, str, bytes)
_CONTAINERS = (list, tuple, dict, set, frozenset, bytearray)
_SCALAR_IDS = frozenset(map(address, _SCALARS))  # a type is looked up by id: its own `__hash__` may be the target's
_CONTAINER_IDS = frozenset(map(address, _CONTAINERS))
_IMMUTABLE_CONTAINER_IDS = frozenset(map(address, (tuple, frozenset)))
_CHANGEABLE_IDS = _CONTAINER_IDS - _IMMUTABLE_CONTAINER_IDS
_KEYED_IDS = _SCALAR_IDS | _IMMUTABLE_CONTAINER_IDS
_SIZED_IDS = _CONTAINER_IDS | {address(str), address(bytes)}
_SMALL = 1 << 62
_CONSTANTS = {address(None): ("NoneType", "None"), address(True): ("bool", "True"), address(False): ("bool", "False")}
_qualname_of = type.__dict__["__qualname__"].__get__
_module_of = type.__dict__["__module__"].__get__
_derives = type.__subclasscheck__


class Room:
    """How many more elements may be looked at."""

    def __init__(self, elements: int) -> None:
        self.left = elements


class Identities:
    """Tells objects apart by identity without keeping them alive.

    An object that can't be referred to weakly is known by address and type alone; a later one may share both.
    """

    def __init__(self) -> None:
        self.known: dict[int, tuple[ref[object] | None, int, int]] = {}
        self.last = 0

    def token(self, value: object) -> tuple[int, bool]:
        """Return a number for the object, and whether no other object can have had it."""
        kind = address(type(value))
        known = self.known.get(address(value))
        if known is not None and known[1] == kind and (known[0] is None or known[0]() is value):
            return known[2], known[0] is not None
        if known is None and len(self.known) >= _KNOWN_OBJECTS:
            return 0, False
        self.last += 1
        weak = reference(value)
        self.known[address(value)] = (weak, kind, self.last)
        return self.last, weak is not None

    def key(self, value: object) -> object:
        """Return a key that no other object can share; None where there is none."""
        key = _singleton_key(value)
        if key is not None:
            return key
        token, exact = self.token(value)
        return ("object", token) if exact else None


def reference(value: object) -> ref[object] | None:
    """Return a weak reference, or None where the type allows none."""
    try:
        return ref(value)
    except TypeError:
        return None


class Kind:
    """What is asked of a type again and again."""

    def __init__(self, kind: type) -> None:
        module = _module_of(kind)
        qualname: str = _qualname_of(kind)
        enum = sys.modules.get("enum")
        self.refers = ref(kind)
        self.name = qualname if module == "builtins" or type(module) is not str else f"{module}.{qualname}"
        self.is_of_singletons = (
            _derives(type, kind)
            or (enum is not None and _derives(enum.Enum, kind))
            or kind is type(...)
            or kind is type(NotImplemented)
        )


_kinds: dict[int, Kind] = {}


def kind_of(kind: type) -> Kind:
    """Return what is known of a type, which is remembered without being kept alive."""
    known = _kinds.get(address(kind))
    if known is not None and known.refers() is kind:
        return known
    made = Kind(kind)
    if len(_kinds) < _KINDS_KNOWN or known is not None:
        _kinds[address(kind)] = made
    return made


def count_type(histogram: dict[str, int], kind: type) -> None:
    """Count a type by its name; those seen after the first 64 are counted together."""
    name = kind_of(kind).name
    count = histogram.get(name)
    if count is None and len(histogram) >= _KINDS_COUNTED:
        name = "(others)"
        count = histogram.get(name)
    histogram[name] = (count or 0) + 1


def by_count(histogram: dict[str, int]) -> dict[str, int]:
    """Return a histogram's copy, most frequent first."""
    return dict(sorted(histogram.items(), key=lambda item: (-item[1], item[0])))


def key_by_value(value: object) -> object:
    """Return a key that only values of the same type and content share; None where it can't be told by content.

    Immutable scalars and tuples and frozensets of them have one; so have enum members and classes: they are what they
    are. `1`, `1.0` and `True` differ, so do `0.0` and `-0.0`.
    """
    kind = type(value)
    if kind is str or kind is int:
        return _text_or_number(value)
    constant = _CONSTANTS.get(address(value))
    if constant is not None or not (address(kind) in _KEYED_IDS or kind_of(kind).is_of_singletons):
        return constant
    return _structure(value, _IMMUTABLE_CONTAINER_IDS, _singleton_key, (Room(_ELEMENTS), _DEPTH))


def digest(value: object, identities: Identities) -> object:
    """Return a key that equal results share; None where two results can't be compared.

    As `key_by_value`, with builtin containers (a dict in its order) and, for other objects, exact identity.
    """
    return _structure(value, _CONTAINER_IDS, identities.key, (Room(_ELEMENTS), _DEPTH))


def plain_content(value: object) -> object:
    """Return the content of a mutable builtin container; None of all else, and where it holds anything but builtins."""
    if address(type(value)) not in _CHANGEABLE_IDS:
        return None
    return _structure(value, _CONTAINER_IDS, _nothing, (Room(_ELEMENTS), _DEPTH))


def is_builtin_immutable(value: object, depth: int = _DEPTH) -> bool:
    """Say whether a value is an immutable builtin scalar, or a tuple or frozenset of such: safe to hash and compare."""
    kind = type(value)
    if address(kind) in _SCALAR_IDS:
        return True
    if depth == 0 or address(kind) not in _IMMUTABLE_CONTAINER_IDS:
        return False
    return all(is_builtin_immutable(item, depth - 1) for item in value)  # type: ignore[attr-defined]  # one of both


def length_of(value: object) -> int | None:
    """Return the length of an exact builtin container, string or bytes; None of anything else."""
    return len(value) if address(type(value)) in _SIZED_IDS else None  # type: ignore[arg-type]  # an exact builtin


def appearance(value: object, length: int | None) -> tuple[int, ...] | None:
    """Return what most likely differs when another container, or another content, is met; None for other values."""
    if length is None or address(type(value)) not in _CONTAINER_IDS:
        return None
    if length and (type(value) is list or type(value) is tuple):
        return (address(value), length, address(value[0]), address(value[-1]))
    return (address(value), length)


def first_types(value: object, limit: int) -> list[type]:
    """Return the types of the first elements (keys of a dict) of a builtin container; none of other values."""
    if address(type(value)) not in _CONTAINER_IDS:
        return []
    found: list[type] = []
    for item in value:  # type: ignore[attr-defined]  # an exact builtin container
        if len(found) >= limit:
            break
        found.append(type(item))
    return found


def elements_immutable(value: object, limit: int) -> bool:
    """Say whether the first elements (keys of a dict) of a builtin container are immutable builtins."""
    if address(type(value)) not in _CONTAINER_IDS:
        return is_builtin_immutable(value)
    elements: Iterable[object] = value  # type: ignore[assignment]  # an exact builtin container
    for index, item in enumerate(elements):
        if index >= limit:
            break
        if not is_builtin_immutable(item):
            return False
    return True


def _structure(
    value: object,
    containers: frozenset[int],
    leaf: Callable[[object], object],
    bounds: tuple[Room, int],
) -> object:
    kind = type(value)
    if kind is str or kind is int:
        return _text_or_number(value)
    if address(kind) in _SCALAR_IDS:
        return _CONSTANTS.get(address(value)) or _scalar_key(value, kind)
    if address(kind) not in containers:
        return leaf(value)
    room, depth = bounds
    size = len(value)  # type: ignore[arg-type]  # an exact builtin container
    room.left -= size
    if depth == 0 or room.left < 0:
        return None
    parts = []
    for item in _items(value):
        part = _structure(item, containers, leaf, (room, depth - 1))
        if part is None:
            return None
        parts.append(repr(part))
    if kind is set or kind is frozenset:
        parts.sort()
    return (kind.__name__, size, hash("\n".join(parts)))


def _items(value: object) -> list[object]:
    """Return what a builtin container holds, the keys of a dict followed by its values."""
    if type(value) is dict:
        return [*value, *value.values()]
    return list(value)  # type: ignore[call-overload,no-any-return]  # an exact builtin container


def _text_or_number(value: object) -> object:
    if type(value) is str:
        return value if len(value) <= _SHORT else ("str", len(value), hash(value))
    number: int = value  # type: ignore[assignment]  # the only other type asked for
    if -_SMALL < number < _SMALL:
        return number
    return ("int", int.bit_length(number), hash(hex(number)))  # hash(number) itself repeats every 2**61 - 1


def _scalar_key(value: object, kind: type) -> object:
    if type(value) is bytes:
        return ("bytes", value if len(value) <= _SHORT else (len(value), hash(value)))
    return (kind.__name__, repr(value))  # of float and complex: short, and exact to the last bit


def _nothing(_value: object) -> None:
    """Tell nothing of an object that is no builtin."""


def _singleton_key(value: object) -> object:
    """Return a key for classes, enum members, `...` and `NotImplemented`; None for other objects."""
    return ("one of a kind", address(value)) if kind_of(type(value)).is_of_singletons else None
