"""Record what becomes of the instances of nominated classes. Copied beside `ratchet_facts`."""

from __future__ import annotations

import sys
from _thread import RLock
from _weakref import getweakrefs, ref
from types import FunctionType, GetSetDescriptorType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType
    from typing import Any

    from profiling.harness import ratchet_facts_sizes as sizes
    from profiling.harness import ratchet_facts_values as values
else:
    import ratchet_facts_sizes as sizes
    import ratchet_facts_values as values

_ALIVE = 1 << 20
_LOOKS = 512
_LOOKED_AT_TOGETHER = 64
_NAMES = 64
_KINDS = 4096
_SUBCLASSES = 64
_REFERENCES_OF_OURS = 5
"""To a weak reference that only the calls' recorder holds: its own, the list's, two names', `getrefcount`'s."""
_mro_of = type.__dict__["__mro__"].__get__
_dict_of = type.__dict__["__dict__"].__get__
_module_of = type.__dict__["__module__"].__get__
_subclasses_of = type.__subclasses__


class Alive(ref):  # type: ignore[type-arg]  # subscripted it would not be a class before 3.9.2
    """A weak reference to an instance that is counted."""

    __slots__ = ("place", "record")
    place: int
    record: Record


def _ended(reference: Alive) -> None:
    """Take the death of an instance; never raises."""
    try:
        alive = reference.record.alive
        if alive.get(reference.place) is reference:
            del alive[reference.place]
    except Exception:
        pass  # the interpreter ends


class Record:
    """What was seen of one class."""

    def __init__(self) -> None:
        self.classes: list[ref[type]] = []
        self.watched: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """Begin with nothing seen; the instances that are alive belong to the parent."""
        self.alive: dict[int, Alive] = {}
        self.created = self.peak_alive = self.looks = 0
        self.hash_calls = self.eq_calls = 0
        self.is_referable = True
        self.latest: Alive | None = None
        self.set_in_init: dict[str, int] = {}
        self.set_elsewhere: dict[str, int] = {}
        self.read: dict[str, int] = {}
        self.reflected: dict[str, int] = {}
        self.in_dict: set[str] = set()
        self.weakly_referenced = False

    def made(self) -> list[type]:
        """Return the classes that this statement made and that are alive."""
        return [kind for reference in self.classes if (kind := reference()) is not None]

    def create(self, value: object, known_references: Mapping[int, Any]) -> None:
        """Count an instance, once however often its `__init__` runs."""
        place = values.address(value)
        known = self.alive.get(place)
        if known is not None and known() is value:
            return
        self.created += 1
        if not self.is_referable or len(self.alive) >= _ALIVE:
            return
        try:
            reference = Alive(value, _ended)
        except TypeError:
            self.is_referable = False
            return
        reference.place, reference.record = place, self
        self.alive[place] = reference
        self.peak_alive = max(self.peak_alive, len(self.alive))
        if self.looks < _LOOKS:
            latest, self.latest = self.latest, reference
            self.look(None if latest is None else latest(), known_references)

    def look(self, value: object, known: Mapping[int, Any]) -> None:
        """Look at an instance's dictionary and at who refers to it weakly.

        Args:
            value: an instance; None is passed over.
            known: the objects that the calls' recorder refers to weakly, by address, the reference first.
        """
        if value is None:
            return
        self.looks += 1
        for name in _instance_dict(value):
            if type(name) is str and len(self.in_dict) < _NAMES:
                self.in_dict.add(name)
        ours = known.get(values.address(value), (None,))[0]
        for reference in getweakrefs(value):
            if type(reference) is Alive:
                continue
            self.weakly_referenced = (
                self.weakly_referenced or reference is not ours or sys.getrefcount(reference) > _REFERENCES_OF_OURS
            )

    def report(self, relative: Callable[[str], str | None]) -> dict[str, object]:
        """Return it as JSON."""
        sees_creation = "__init__" in self.watched
        return {
            "created": self.created if sees_creation else None,
            "peak_alive": self.peak_alive if sees_creation and self.is_referable else None,
            "set_in_init": values.by_count(self.set_in_init),
            "set_elsewhere": values.by_count(self.set_elsewhere),
            "read": values.by_count(self.read),
            "in_dict": sorted(self.in_dict),
            "reflected": values.by_count(self.reflected),
            "weakly_referenced": self.weakly_referenced,
            "pickled_or_copied": any("__slotnames__" in _dict_of(kind) for kind in self.made()),
            "subclasses": _subclasses(self.made(), relative),
            "hash_calls": self.hash_calls if "__hash__" in self.watched else None,
            "eq_calls": self.eq_calls if "__eq__" in self.watched else None,
        }


class Recorder:
    """What the probes call. Never raises faults of its own."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        files = context["options"]["files"].values()
        self.relative = context["relative"]
        self.records = {wanted["index"]: Record() for content in files for wanted in content.get("classes", ())}
        self.instrumented: dict[int, set[str]] = {}
        self.watch: Callable[[CodeType, Callable[[object], None]], None] | None = None
        self.kinds: dict[int, tuple[ref[type], tuple[Record, ...]]] = {}
        self.known: Mapping[int, Any] = {}
        self.faults = self.events = 0
        self.lock = RLock()

    def new_process(self) -> None:
        """Forget what the parent saw."""
        self.faults = 0
        self.lock = RLock()
        for record in self.records.values():
            record.forget()

    def decorator(self, index: int) -> Callable[[object], object]:
        """Return what a nominated class is passed through when it is made."""

        def made(kind: object) -> object:
            try:
                if isinstance(kind, type):
                    self._made(index, kind)
            except values.OWN_FAULTS:
                self.faults += 1
            return kind

        return made

    def _made(self, index: int, kind: type) -> None:
        record = self.records[index]
        with self.lock:
            self.kinds.clear()
            if len(record.classes) < _SUBCLASSES:
                record.classes.append(ref(kind))
        record.watched |= self.instrumented.get(index, set())
        actions = {"__init__": self.created, "__hash__": self.hashed, "__eq__": self.compared}
        for name, action in actions.items():
            code = None if name in record.watched else _inherited(kind, name)
            if code is not None and self.watch is not None:
                self.watch(code, _acting(action, index))
                record.watched.add(name)

    def of(self, value: object) -> tuple[Record, ...]:
        """Return the records an object's type belongs to."""
        kind = type(value)
        known = self.kinds.get(values.address(kind))
        if known is not None and known[0]() is kind:
            return known[1]
        line = set(map(values.address, _mro_of(kind)))
        records = tuple(
            record for record in self.records.values() if any(values.address(made) in line for made in record.made())
        )
        if len(self.kinds) >= _KINDS:
            self.kinds.clear()
        self.kinds[values.address(kind)] = (ref(kind), records)
        return records

    def created(self, index: int, value: object) -> None:
        """Take the start of `__init__`."""
        try:
            with self.lock:
                self.events += 1
                if self.records[index] in self.of(value):
                    self.records[index].create(value, self.known)
        except values.OWN_FAULTS:
            self.faults += 1

    def hashed(self, index: int, value: object) -> None:
        """Take a call of `__hash__`."""
        try:
            with self.lock:
                self.events += 1
                self.records[index].hash_calls += self.records[index] in self.of(value)
        except values.OWN_FAULTS:
            self.faults += 1

    def compared(self, index: int, value: object) -> None:
        """Take a call of `__eq__`."""
        try:
            with self.lock:
                self.events += 1
                self.records[index].eq_calls += self.records[index] in self.of(value)
        except values.OWN_FAULTS:
            self.faults += 1

    def stored(self, name: str, in_init: int, value: object) -> object:
        """Take the owner of an attribute that is stored; return it."""
        try:
            self.events += 1
            for record in self.of(value):
                with self.lock:
                    sizes.tally(record.set_in_init if in_init else record.set_elsewhere, name)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def loaded(self, name: str, value: object) -> object:
        """Take the owner of an attribute that is read; return it."""
        try:
            self.events += 1
            for record in self.of(value):
                with self.lock:
                    sizes.tally(record.read, name)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def updated(self, name: str, value: object) -> object:
        """Take the owner of an attribute that is read and stored; return it."""
        try:
            self.events += 1
            for record in self.of(value):
                with self.lock:
                    sizes.tally(record.read, name)
                    sizes.tally(record.set_elsewhere, name)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def reflected(self, how: str, value: object) -> object:
        """Take an object that is looked into by reflection; return it."""
        try:
            self.events += 1
            for record in self.of(value):
                with self.lock:
                    sizes.tally(record.reflected, how)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def drop(self) -> None:
        """Record no more, at next to no cost."""
        for name in ("created", "hashed", "compared"):
            setattr(self, name, _nothing)
        for name in ("stored", "loaded", "updated", "reflected"):
            setattr(self, name, _last)
        self.let_go()

    def let_go(self) -> None:
        """Refer to no instance any more."""
        for record in self.records.values():
            record.alive = {}
            record.latest = None

    def report(self) -> dict[str, object]:
        """Return what was seen so far, by index; some instances that are alive are looked at for it."""
        with self.lock:
            for record in self.records.values():
                for reference in list(record.alive.values())[:_LOOKED_AT_TOGETHER]:
                    if record.looks < _LOOKS:
                        record.look(reference(), self.known)
            return {
                str(index): record.report(self.relative) for index, record in self.records.items() if record.classes
            }


def _acting(action: Callable[[int, object], None], index: int) -> Callable[[object], None]:
    return lambda value: action(index, value)


def _nothing(*_arguments: object) -> None:
    """Do nothing."""


def _last(*arguments: object) -> object:
    return arguments[-1]


def _inherited(kind: type, name: str) -> CodeType | None:
    """Return the code of a special method where it is a plain function that takes its receiver by position."""
    for each in _mro_of(kind):
        if name in _dict_of(each):
            function = _dict_of(each)[name]
            is_plain = type(function) is FunctionType and function.__code__.co_argcount > 0
            return function.__code__ if is_plain else None
    return None


def _instance_dict(value: object) -> dict[object, object]:
    """Return an object's own dictionary without running any of its code; an empty one where it has none."""
    for kind in _mro_of(type(value)):
        descriptor = _dict_of(kind).get("__dict__")
        if descriptor is not None:
            found = descriptor.__get__(value) if type(descriptor) is GetSetDescriptorType else {}
            return dict(found) if type(found) is dict else {}
    return {}


def _subclasses(kinds: list[type], relative: Callable[[str], str | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    pending = list(kinds)
    met = set(map(values.address, pending))
    while pending and len(found) < _SUBCLASSES:
        below: list[type] = _subclasses_of(pending.pop())
        for kind in below:
            if values.address(kind) not in met and len(found) < _SUBCLASSES:
                met.add(values.address(kind))
                pending.append(kind)
                found[values.kind_of(kind).name] = _file(kind, relative) or "(outside)"
    return found


def _file(kind: type, relative: Callable[[str], str | None]) -> str | None:
    name = _module_of(kind)
    module = sys.modules.get(name) if type(name) is str else None
    file = vars(module).get("__file__") if type(module) is ModuleType else None
    return relative(file) if type(file) is str else None
