"""Where values meet: what was put into each slot, and who must look again when that grows."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from profiling.audit.linking.values import (
    FOLLOWED,
    MANY,
    MOST,
    MOST_CONSTANTS,
    MOST_OUTSIDE,
    NOTHING,
    OUTSIDE,
    TEXT,
    Values,
)

_MOST_REMEMBERED = 5_000
"""Sets whose common base is remembered at a time."""
_FEW = 8
"""Readers that are kept as a tuple."""

Readers: TypeAlias = int | tuple[int, ...] | set[int]
"""Who reads a slot, by number."""


class Slots:
    """The points-to sets of the whole program.

    Attributes:
        held: values by slot.
        readers: units that read a slot, to be evaluated again when it grows.
        pending: those that must be; minor: those that would only learn more of what lies outside the tree.
        log: what the unit that is evaluated puts where, None while nobody asks; touched: slots that grew.
        foreign: containers' slots that were written by others than who made the container.
        closed: slots whose many classes gave way to a base of theirs.
        generalize: finds the base that instances of many classes have in common.
    """

    __slots__ = (
        "_generalized",
        "_same",
        "closed",
        "foreign",
        "generalize",
        "held",
        "log",
        "minor",
        "pending",
        "readers",
        "touched",
    )

    def __init__(self) -> None:
        self.held: dict[str, Values] = {}
        self._same: dict[Values, Values] = {}
        """Every set that is held once: a set of one takes more room than what it holds."""
        self.readers: dict[str, Readers] = {}
        self.pending: set[int] = set()
        self.minor: set[int] = set()
        self.log: dict[str, Values] | None = None
        self.touched: set[str] = set()
        self.foreign: set[str] = set()
        self.closed: set[str] = set()
        self.generalize: Callable[[Values], Values] = _anything
        self._generalized: dict[Values, Values] = {}

    def watch(self, slot: str, unit: int) -> None:
        """Note that a unit reads a slot; most slots have few readers, for which a set would be large."""
        known = self.readers.get(slot)
        if known is None:
            self.readers[slot] = unit
        elif isinstance(known, int):
            if known != unit:
                self.readers[slot] = (known, unit)
        elif isinstance(known, set):
            known.add(unit)
        elif unit not in known:
            more = (*known, unit)
            self.readers[slot] = more if len(more) <= _FEW else set(more)

    def add(self, slot: str, values: Values) -> None:
        """Put values into a slot."""
        log = self.log
        if log is not None and values:
            log[slot] = log[slot] | values if slot in log else values
        held = self.held.get(slot, NOTHING)
        if held is values or values <= held or MANY in held:
            return
        joined = held | values if held else values
        if len(joined) > 1:
            joined = _widened(joined)
            if len(joined) > MOST or slot in self.closed:
                self.closed.add(slot)
                joined = self._general(joined)
            if joined == held:
                return
        self.held[slot] = self._same.setdefault(joined, joined)
        if log is not None:
            self.touched.add(slot)
        readers = self.readers.get(slot)
        if readers is not None:
            self._wake((readers,) if isinstance(readers, int) else readers, joined - held)

    def _general(self, values: Values) -> Values:
        known = self._generalized.get(values)
        if known is None:
            if len(self._generalized) >= _MOST_REMEMBERED:
                self._generalized.clear()
            known = self._generalized[values] = self.generalize(values)
        return known

    def _wake(self, readers: Iterable[int], new: Values) -> None:
        for value in new:
            if value[0] in FOLLOWED:
                self.pending.update(readers)
                return
        self.minor.update(readers)


def _widened(values: Values) -> Values:
    """Return values of which those that are too many of a kind give way to one that stands for all."""
    if "t:str" in values or len(values) > MOST_CONSTANTS:
        constants = [value for value in values if value[0] in "kn"]
        if constants and ("t:str" in values or len(constants) > MOST_CONSTANTS):
            values = values.difference(constants) | TEXT
    if OUTSIDE in values or len(values) > MOST_OUTSIDE:
        outside = [value for value in values if value[0] in "xr"]
        if len(outside) > MOST_OUTSIDE or (OUTSIDE in values and len(outside) > 1):
            values = values.difference(outside) | {OUTSIDE}
    return values


def _anything(_values: Values) -> Values:
    return frozenset({MANY})
