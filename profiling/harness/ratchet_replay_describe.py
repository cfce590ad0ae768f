"""Describe a value as lines of place and text, so that two runs of two programs can be compared line by line."""

from __future__ import annotations

import hashlib
import io
import types
from collections import OrderedDict
from enum import Enum
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiling.harness.ratchet_replay_attributes import attributes_of
    from profiling.harness.ratchet_replay_scalars import PLAIN, SCALARS
else:
    from ratchet_replay_attributes import attributes_of
    from ratchet_replay_scalars import PLAIN, SCALARS

LINES = 3000
"""Kept word for word; of what is beyond only a digest."""
_MOST = 200_000
_ITEMS = 200
_DEEP = 150
_BLOCK = 500
"""Items of a container that are looked at together."""
_IMMUTABLE_MODULES = frozenset(
    {"datetime", "decimal", "_decimal", "fractions", "uuid", "pathlib", "pathlib._local", "re", "ipaddress", "zoneinfo"}
)
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)


class TooLarge(Exception):
    """There is more to describe than the limit allows."""


class Description:
    """The lines of one observation. Objects that can change are named once; then they are the same object as before.

    Attributes:
        lines: pairs of place and text; digest: of all of them; count: how many there are.
    """

    def __init__(self, earlier: Earlier | None = None) -> None:
        self.lines: list[list[str]] = []
        self.count = 0
        self.hash = hashlib.sha256()
        self.known: dict[int, str] = {}
        self.held: list[object] = []
        self.earlier = earlier
        self.depth = 0

    @property
    def digest(self) -> str:
        """Return the digest of all lines."""
        return self.hash.hexdigest()

    def add(self, place: str, text: str) -> None:
        """Add a line.

        Raises:
            TooLarge: there are too many.
        """
        self.count += 1
        if self.count > _MOST:
            raise TooLarge
        if self.count <= LINES:
            self.lines.append([place, text])
        self.hash.update(f"{place}\0{text}\n".encode("utf-8", "backslashreplace"))

    def _rest(self, place: str, items: list[Any], kinds: set[type]) -> bool:
        """Add all of some plain items at once where no line of them would be kept; say whether that was done.

        Item by item it takes ten times as long, and programs hold tables of thousands.
        """
        if self.count < LINES or not kinds <= PLAIN:
            return False
        try:
            text = repr(items)
        except ValueError:  # a number with more digits than the interpreter prints
            return False
        self.count += len(items)
        if self.count > _MOST:
            raise TooLarge
        self.hash.update(f"{place}\0{text}\n".encode("utf-8", "backslashreplace"))
        return True

    def value(self, place: str, value: Any) -> None:
        """Describe a value and all that it holds.

        Raises:
            TooLarge: it holds too much, or nests too deep.
        """
        kind = type(value)
        scalar = SCALARS.get(kind)
        if scalar is not None:
            self.add(place, scalar(value))
            return
        if self.depth > _DEEP:
            raise TooLarge
        if _can_change(value) and self._is_known(place, value):
            return
        self.depth += 1
        try:
            self._composite(place, value, kind)
        finally:
            self.depth -= 1

    def _is_known(self, place: str, value: object) -> bool:
        before = self.known.get(id(value))
        if before is not None:
            self.add(place, f"the same object as {before}")
            return True
        self.known[id(value)] = place
        self.held.append(value)
        if self.earlier is not None:
            known = self.earlier.known.get(id(value))
            if known is not None:
                self.add(place, f"an object of an earlier call: {known}")
        return False

    def _composite(self, place: str, value: Any, kind: type) -> None:
        name = _own_name(value, kind)
        if name is not None:
            self.add(place, name)
        elif issubclass(kind, BaseException):
            self._exception(place, value, kind)
        elif issubclass(kind, (*_FUNCTIONS, types.MethodType, partial)):
            self._callable(place, value, kind)
        elif issubclass(kind, io.IOBase):
            self._file(place, value, kind)
        elif hasattr(kind, "__next__"):
            self.iterator(place, value)
        elif not self._container(place, value, kind):
            self._object(place, value, kind)

    def _container(self, place: str, value: Any, kind: type) -> bool:
        """Describe what builtin containers and scalars hold, also those of derived classes; say whether it was one."""
        name = type_name(kind)
        if issubclass(kind, (list, tuple)):
            base = list if issubclass(kind, list) else tuple
            self._items(place, list(base.__iter__(value)), name)
        elif issubclass(kind, dict):
            self._dict(place, value, name)
        elif issubclass(kind, (set, frozenset)):
            base_set = set if issubclass(kind, set) else frozenset
            self._set(place, list(base_set.__iter__(value)), name)
        else:
            base_scalar = next((each for each in SCALARS if issubclass(kind, each)), None)
            if base_scalar is None:
                return False
            self.add(place, f"{name} {SCALARS[base_scalar](value)}")
        if kind not in _BUILTIN:
            self._attributes(place, value, kind)
        return True

    def _items(self, place: str, items: list[Any], name: str) -> None:
        self.add(place, f"{name} of {len(items)}")
        for start in range(0, len(items), _BLOCK):
            block = items[start : start + _BLOCK]
            if not self._rest(f"{place}[{start}:]", block, set(map(type, block))):
                for index, item in enumerate(block, start):
                    self.value(f"{place}[{index}]", item)

    def _dict(self, place: str, value: Any, name: str) -> None:
        items = list(OrderedDict.items(value)) if isinstance(value, OrderedDict) else list(dict.items(value))
        self.add(place, f"{name} of {len(items)}")
        if hasattr(type(value), "default_factory"):
            self.value(f"{place}.default_factory", value.default_factory)
        for start in range(0, len(items), _BLOCK):
            block = items[start : start + _BLOCK]
            kinds = {type(part) for pair in block for part in pair}
            if not self._rest(f"{place}.items()[{start}:]", block, kinds):
                self._pairs(place, block, start)

    def _pairs(self, place: str, items: list[tuple[Any, Any]], start: int) -> None:
        for index, (key, item) in enumerate(items, start):
            text = SCALARS[type(key)](key) if type(key) in SCALARS else None
            if text is None:
                self.value(f"{place}.keys()[{index}]", key)
                self.value(f"{place}.values()[{index}]", item)
            else:
                self.add(f"{place}.keys()[{index}]", text)
                self.value(f"{place}[{ascii(key)[:80]}]", item)

    def _set(self, place: str, items: list[Any], name: str) -> None:
        """Describe the items in the order of their descriptions: a set has none of its own."""
        self.add(place, f"{name} of {len(items)}")
        if set(map(type, items)) <= PLAIN:
            texts = sorted(SCALARS[type(item)](item) for item in items)
            for index, text in enumerate(texts):
                self.add(f"{place}{{{index}}}", text)
            return
        described = []
        for item in items:
            single = Description()
            single.depth = self.depth
            single.value("", item)
            described.append(single)
        described.sort(key=lambda single: (single.lines, single.digest))
        for index, single in enumerate(described):
            for inner, text in single.lines:
                self.add(f"{place}{{{index}}}{inner}", text)
            if single.count > len(single.lines):
                self.add(f"{place}{{{index}}}", f"more: {single.digest}")

    def _exception(self, place: str, value: Any, kind: type) -> None:
        self.add(place, f"{type_name(kind)} (exception)")
        self.value(f"{place}.args", value.args)
        if issubclass(kind, OSError):
            self.value(f"{place}.errno", value.errno)
            self.value(f"{place}.filename", value.filename)
        self._attributes(place, value, kind)
        for index, inner in enumerate(getattr(value, "exceptions", ()) if hasattr(kind, "split") else ()):
            self.value(f"{place}.exceptions[{index}]", inner)
        if value.__cause__ is not None:
            self.value(f"{place}.__cause__", value.__cause__)

    def _callable(self, place: str, value: Any, kind: type) -> None:
        """Describe a callable by its name where it has one in its module; its inside is not looked at."""
        if issubclass(kind, partial):
            self.add(place, "functools.partial")
            self.value(f"{place}.func", value.func)
            self.value(f"{place}.args", value.args)
            self.value(f"{place}.keywords", value.keywords)
            return
        name = str(getattr(value, "__qualname__", ""))
        module = getattr(value, "__module__", None)
        self.add(place, f"{kind.__name__}" + ("" if "<" in name else f" {module}.{name}"))
        owner = getattr(value, "__self__", None)
        if owner is not None and not isinstance(owner, types.ModuleType):
            self.value(f"{place}.__self__", owner)

    def _file(self, place: str, value: Any, kind: type) -> None:
        if issubclass(kind, (io.StringIO, io.BytesIO)) and not value.closed:
            self.add(place, f"{type_name(kind)} at {value.tell()}")
            self.value(f"{place}.getvalue()", value.getvalue())
            return
        closed = getattr(value, "closed", None)
        self.add(place, f"{type_name(kind)} {getattr(value, 'mode', '')} {'closed' if closed else 'open'}")

    def iterator(self, place: str, value: Any, between: Callable[[str], None] | None = None) -> None:
        """Drive an iterator for some items and describe them.

        Args:
            place: of the iterator.
            value: it.
            between: called with the place of each item after it.
        """
        self.add(place, f"iterator ({type_name(type(value))})")
        for index in range(_ITEMS):
            inner = f"{place}.next()[{index}]"
            try:
                item = next(value)
            except StopIteration as end:
                self.add(f"{place}.next()", f"ends after {index}")
                self.value(f"{place}.next() returns", end.value)
                break
            except Exception as error:
                self.value(f"{inner} raises", error)
                break
            self._item(inner, item)
            if between is not None:
                between(inner)
        else:
            self._leave(place, value)
        if between is not None:
            between(f"{place}.next()")

    def _item(self, place: str, item: object) -> None:
        """Describe an item; of an object that was given before, what it holds by now too."""
        if id(item) in self.known and not hasattr(type(item), "__next__"):
            now = Description()
            now.value("", item)
            self.add(f"{place} now", now.digest[:16])
        self.value(place, item)

    def _leave(self, place: str, value: Any) -> None:
        """Say that there is more, and close a generator."""
        self.add(f"{place}.next()", f"goes on after {_ITEMS}")
        close = getattr(value, "close", None)
        if isinstance(value, types.GeneratorType) and close is not None:
            close()

    def _object(self, place: str, value: Any, kind: type) -> None:
        """Describe an instance by its attributes, or, of a class that is not written in Python, by how it is copied."""
        self.add(place, type_name(kind))
        if self._attributes(place, value, kind) or _is_python(kind):
            return
        try:
            reduced = value.__reduce_ex__(2)
        except Exception:
            self.add(f"{place} inside", "can't be looked at")
            return
        if type(reduced) is str:
            self.add(f"{place} named", reduced)
            return
        names = ("function", "arguments", "state", "items", "pairs")
        for name, part in zip(names, reduced):
            if part is not None and name != "function":
                self.value(f"{place} {name}", list(part) if name in ("items", "pairs") else part)

    def _attributes(self, place: str, value: Any, kind: type) -> bool:
        attributes = attributes_of(value, kind)
        for name in sorted(attributes):
            self.value(f"{place}.{name}", attributes[name])
        return bool(attributes)


class Earlier:
    """The objects of earlier calls that can still change; held, so that no other gets their identity."""

    def __init__(self) -> None:
        self.known: dict[int, str] = {}
        self.held: list[object] = []

    def remember(self, description: Description, call: str) -> None:
        """Remember the objects of a call's description."""
        if len(self.held) > _MOST:
            return
        for value in description.held:
            if id(value) not in self.known:
                self.known[id(value)] = f"{call} {description.known[id(value)]}"
                self.held.append(value)


def type_name(kind: type) -> str:
    """Return a type's name with its module, `list` for builtins."""
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def _can_change(value: object) -> bool:
    """Say whether its identity matters: not for what can't change."""
    kind = type(value)  # a class's own `__class__` is not asked
    if issubclass(kind, (tuple, frozenset, type, Enum, types.ModuleType, *_FUNCTIONS)):
        return False
    return kind.__module__ not in _IMMUTABLE_MODULES


def _own_name(value: Any, kind: type) -> str | None:
    """Return what stands for itself by name: classes, enum members, modules."""
    if issubclass(kind, type):
        return f"class {type_name(value)}"
    if issubclass(kind, Enum):
        return f"{type_name(kind)}.{value._name_} (enum)"
    return f"module {value.__name__}" if issubclass(kind, types.ModuleType) else None


def _is_python(kind: type) -> bool:
    """Say whether a class was made by a class statement."""
    return bool(kind.__flags__ & (1 << 9)) and "__module__" in kind.__dict__ and "__dict__" in dir(kind)


_BUILTIN: frozenset[type] = frozenset({list, tuple, dict, set, frozenset, OrderedDict})
