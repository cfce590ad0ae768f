"""Record values of nominated expressions and trips of nominated loops: what probes call. Beside `ratchet_facts`."""

from __future__ import annotations

import sys
from _thread import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType
    from typing import Any

    from profiling.harness import ratchet_facts_sizes as sizes
    from profiling.harness import ratchet_facts_values as values
else:
    import ratchet_facts_sizes as sizes
    import ratchet_facts_values as values

_ELEMENTS = 256
_DISTINCT = 4096


class Loop:
    """The trips of one loop."""

    def __init__(self) -> None:
        self.entries = self.trips = self.max_trips = 0
        self.by_trips: dict[int, int] = {}
        self.inner: dict[int, list[int]] = {}

    def end(self, entry: Entry) -> None:
        """Take an entry that has ended."""
        sizes.add(self.by_trips, sizes.rounded(entry.trips))
        for index, trips in entry.inner.items():
            known = self.inner.setdefault(index, [0, 0])
            known[0] += trips
            known[1] = max(known[1], trips)

    def report(self, running: list[Entry]) -> dict[str, object]:
        """Return it as JSON, entries that have not ended among it."""
        whole = Loop()
        whole.by_trips = dict(self.by_trips)
        whole.inner = {index: list(known) for index, known in self.inner.items()}
        for entry in running:
            whole.end(entry)
        return {
            "entries": self.entries,
            "trips": self.trips,
            "max_trips": self.max_trips,
            "entries_by_trips": sizes.as_json(whole.by_trips),
            "inner_trips": {str(index): known[0] for index, known in whole.inner.items()},
            "max_inner_trips": {str(index): known[1] for index, known in whole.inner.items()},
        }


class Entry:
    """One entry of a loop, while it runs: its trips and the first value of each expression in it."""

    def __init__(self) -> None:
        self.trips = 0
        self.inner: dict[int, int] = {}
        self.first: dict[int, First] = {}


class First:
    """The first value of an expression in one entry of its loop, to compare the others with.

    Immutable scalars are kept as keys and other objects weakly, so that they die when they would; an object that can't
    be referred to weakly, a list say, is kept until another value comes or the loop ends.
    """

    def __init__(self, value: object) -> None:
        self.changed = False
        self.key = values.key_by_value(value)
        self.reference = values.reference(value) if self.key is None else None
        self.kept = value if self.key is None and self.reference is None else None

    def differs(self, value: object) -> bool:
        """Say whether a value is neither the same object nor an equal immutable scalar of the same type."""
        if self.key is not None:
            return values.key_by_value(value) != self.key
        known = self.kept if self.reference is None else self.reference()
        return known is not value


class Expression:
    """The values of one expression."""

    def __init__(self) -> None:
        self.evaluations = 0
        self.types: dict[str, int] = {}
        self.max_len: int | None = None
        self.total_len = 0
        self.hashable = True
        self.looked_at: tuple[object, ...] = ()
        self.distinct: set[object] | None = set()
        self.loop_entries = self.changed_entries = 0

    def see(self, value: object) -> None:
        """Count a value and look at it, and at its elements where it seems to be another than the last one."""
        self.evaluations += 1
        values.count_type(self.types, type(value))
        if self.distinct is not None:
            self._tell_apart(value)
        length = values.length_of(value)
        if length is not None:
            self.total_len += length
            self.max_len = length if self.max_len is None else max(self.max_len, length)
        if self.hashable:
            seen = values.appearance(value, length)
            if seen is None or seen != self.looked_at:
                self.hashable = values.elements_immutable(value, _ELEMENTS)
                self.looked_at = seen or ()

    def _tell_apart(self, value: object) -> None:
        """Count a value that was not seen before, up to 4096; none any more once one can't be told by content."""
        key = values.key_by_value(value)
        if key is None or self.distinct is None:
            self.distinct = None
        elif len(self.distinct) < _DISTINCT:
            self.distinct.add(key)

    def compare(self, value: object, firsts: dict[int, First], index: int) -> None:
        """Compare a value with the first one of the same entry of its loop."""
        first = firsts.get(index)
        if first is None:
            firsts[index] = First(value)
            self.loop_entries += 1
        elif not first.changed and first.differs(value):
            first.changed, first.kept = True, None
            self.changed_entries += 1

    def unsure(self) -> None:
        """Count an entry in which the value may have changed."""
        self.loop_entries += 1
        self.changed_entries += 1


class Recorder:
    """What the probes call; replaced for the marking constant in instrumented code. Never raises faults of its own."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.faults = self.events = 0
        files = context["options"]["files"].values()
        self.loops = {loop["index"]: Loop() for content in files for loop in content["loops"]}
        self.expressions = {wanted["index"]: Expression() for content in files for wanted in content["expressions"]}
        self.running: dict[tuple[int, int], Entry] = {}
        self.lock = RLock()

    def new_process(self) -> None:
        """Forget what the parent saw; loops that run in the child begin a new entry there."""
        self.faults = 0
        self.lock = RLock()
        self.loops = {index: Loop() for index in self.loops}
        self.expressions = {index: Expression() for index in self.expressions}
        self.running = {place: Entry() for place in self.running}
        for loop, _frame in self.running:
            self.loops[loop].entries += 1

    def value(self, index: int, value: object) -> object:
        """See the value of an expression; return it."""
        try:
            with self.lock:
                self.events += 1
                self.expressions[index].see(value)
        except values.OWN_FAULTS:
            self.expressions[index].hashable = False
            self.faults += 1
        return value

    def looped(self, index: int, value: object, loop: int, hops: int) -> object:
        """See the value of an expression in a loop, from a scope nested `hops` deep in the loop's; return it."""
        try:
            with self.lock:
                self.events += 1
                expression = self.expressions[index]
                expression.see(value)
                entry = self._entry(loop, sys._getframe(1), hops)
                if entry is None:
                    expression.unsure()  # called from elsewhere: in which entry of the loop is not known
                else:
                    expression.compare(value, entry.first, index)
        except values.OWN_FAULTS:
            expression = self.expressions[index]
            expression.hashable = False
            expression.loop_entries += 1
            expression.changed_entries += 1
            self.faults += 1  # no call here, nor in the like: at the recursion limit it would raise again
        return value

    def _entry(self, loop: int, frame: FrameType | None, hops: int) -> Entry | None:
        for _ in range(hops + 1):
            if frame is None:
                return None
            entry = self.running.get((loop, values.address(frame)))
            if entry is not None:
                return entry
            frame = frame.f_back
        return None

    def enter(self, index: int) -> None:
        """Begin an entry of a loop in the calling frame."""
        try:
            with self.lock:
                self.running[index, values.address(sys._getframe(1))] = Entry()
                self.loops[index].entries += 1
        except values.OWN_FAULTS:
            self.faults += 1

    def trip(self, index: int, *outer: int) -> None:
        """Count a trip, also for the loops around it in the same function."""
        try:
            with self.lock:
                self.events += 1
                frame = values.address(sys._getframe(1))
                loop, entry = self.loops[index], self.running[index, frame]
                entry.trips += 1
                loop.trips += 1
                loop.max_trips = max(loop.max_trips, entry.trips)
                for each in outer:
                    around = self.running[each, frame]
                    around.inner[index] = around.inner.get(index, 0) + 1
        except values.OWN_FAULTS:
            self.faults += 1

    def leave(self, index: int) -> None:
        """End the entry, however the loop was left."""
        try:
            with self.lock:
                entry = self.running.pop((index, values.address(sys._getframe(1))), None)
                if entry is not None:
                    self.loops[index].end(entry)
        except values.OWN_FAULTS:
            self.faults += 1

    def drop(self) -> None:
        """Record no more, at next to no cost."""
        for name in ("enter", "trip", "leave"):
            setattr(self, name, _nothing)
        self.value = self.looped = _second  # type: ignore[assignment,method-assign]  # they return the value, no more
        with self.lock:
            for (index, _frame), entry in self.running.items():
                self.loops[index].end(entry)
            self.running.clear()

    def report(self) -> dict[str, object]:
        """Return what was seen so far, by index."""
        with self.lock:
            running: dict[int, list[Entry]] = {}
            for (index, _frame), entry in self.running.items():
                running.setdefault(index, []).append(entry)
            loops = {
                str(index): loop.report(running.get(index, [])) for index, loop in self.loops.items() if loop.entries
            }
            expressions = {
                str(index): {
                    "evaluations": seen.evaluations,
                    "types": values.by_count(seen.types),
                    "max_len": seen.max_len,
                    "total_len": seen.total_len,
                    "elements_hashable": seen.hashable,
                    "distinct": None if seen.distinct is None else len(seen.distinct),
                    "loop_entries": seen.loop_entries,
                    "changed_entries": seen.changed_entries,
                }
                for index, seen in self.expressions.items()
                if seen.evaluations
            }
            return {"loops": loops, "expressions": expressions}


def _nothing(*_arguments: int) -> None:
    """Do nothing."""


def _second(_index: int, value: object, *_where: int) -> object:
    return value
