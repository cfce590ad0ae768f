"""Record what is done with the containers made at nominated places. Copied beside `ratchet_facts`."""

from __future__ import annotations

import sys
from _thread import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiling.harness import ratchet_facts_sizes as sizes
    from profiling.harness import ratchet_facts_values as values
else:
    import ratchet_facts_sizes as sizes
    import ratchet_facts_values as values

_LOOKED_AT = 256
_ELEMENTS = 64


class Record:
    """What was seen of the containers of one place."""

    def __init__(self) -> None:
        self.made = self.looked_at = 0
        self.max_size: int | None = None
        self.operations: dict[str, int] = {}
        self.sizes: dict[int, int] = {}
        self.element_types: dict[str, int] = {}
        self.hashable = True

    def measure(self, value: object) -> int | None:
        """Take a container's length."""
        length = values.length_of(value)
        if length is not None:
            self.max_size = length if self.max_size is None else max(self.max_size, length)
        return length

    def end(self, value: object) -> None:
        """Look at a container for the last time."""
        length = self.measure(value)
        if length is None:
            return
        sizes.add(self.sizes, sizes.rounded(length))
        self.looked_at += 1
        if self.looked_at <= _LOOKED_AT:
            for kind in values.first_types(value, _ELEMENTS):
                values.count_type(self.element_types, kind)
            self.hashable = self.hashable and values.elements_immutable(value, _ELEMENTS)

    def report(self, followed: bool) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "made": self.made,
            "followed": followed,
            "operations": values.by_count(self.operations),
            "max_size": self.max_size,
            "sizes": sizes.as_json(self.sizes),
            "element_types": values.by_count(self.element_types),
            "elements_hashable": self.hashable,
        }


class Recorder:
    """What the probes call. Never raises faults of its own."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        files = context["options"]["files"].values()
        self.records = {wanted["index"]: Record() for content in files for wanted in content.get("containers", ())}
        self.followed: set[int] = set()
        self.holding: dict[tuple[int, int], Record] = {}
        self.names = 0
        self.faults = self.events = 0
        self.lock = RLock()

    def new_process(self) -> None:
        """Forget what the parent saw; its containers are not followed."""
        self.faults = 0
        self.lock = RLock()
        self.records = {index: Record() for index in self.records}
        self.holding = {}

    def made(self, index: int, value: object) -> object:
        """Take a container that is not followed; return it."""
        try:
            with self.lock:
                self.events += 1
                self.records[index].made += 1
                self.records[index].end(value)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def holds(self, name: int) -> bool:
        """Say whether a name holds a container of ours in the calling frame, and so is bound there."""
        try:
            return (name, values.address(sys._getframe(1))) in self.holding
        except values.OWN_FAULTS:
            self.faults += 1
            return False

    def bound(self, name: int, index: int, value: object, old: object) -> object:
        """Take what a name is bound to from now on, and what it held of ours; return the former.

        Args:
            name: its number.
            index: of the place the value was made at; -1 for other values, and when the name ends.
            value: what it is bound to.
            old: what it held; None where that was not ours.
        """
        try:
            with self.lock:
                self.events += 1
                place = (name, values.address(sys._getframe(1)))
                record = self.holding.pop(place, None)
                if record is not None:
                    record.end(old)
                if index >= 0:
                    self.records[index].made += 1
                    self.records[index].measure(value)
                    self.holding[place] = self.records[index]
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def used(self, name: int, use: str, hops: int, value: object) -> object:
        """Take a use of a name, from a comprehension nested `hops` deep; return what it holds."""
        try:
            with self.lock:
                self.events += 1
                frame = sys._getframe(1)
                for _ in range(hops + 1):
                    record = self.holding.get((name, values.address(frame)))
                    if record is not None:
                        sizes.tally(record.operations, use)
                        record.measure(value)
                        break
                    if frame.f_back is None:
                        break
                    frame = frame.f_back
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def drop(self) -> None:
        """Record no more, at next to no cost."""
        self.made = _last  # type: ignore[assignment,method-assign]  # it returns the value, no more
        self.used = _last  # type: ignore[assignment,method-assign]  # likewise
        self.bound = _third  # type: ignore[assignment,method-assign]  # likewise
        self.holds = _never  # type: ignore[assignment,method-assign]  # likewise
        self.holding = {}

    def report(self) -> dict[str, object]:
        """Return what was seen so far, by index."""
        with self.lock:
            return {
                str(index): record.report(index in self.followed)
                for index, record in self.records.items()
                if record.made
            }


def _last(*arguments: object) -> object:
    return arguments[-1]


def _third(_name: int, _index: int, value: object, _old: object) -> object:
    return value


def _never(_name: int) -> bool:
    return False
