"""Count objects by type: at the start, while the heap is at its highest, and at the end.

Counted is what the garbage collector tracks: containers and instances, but no strings, numbers or bytes. Sizes are
shallow. No object is kept, and nothing of the target's is called: not even a `__sizeof__` written in Python, whose type
is taken to have its bare size. Option: `own_share`, of the time, that counting may take before the end.
"""

from __future__ import annotations

import gc
import sys
import time
from _collections import _count_elements  # type: ignore[import-not-found]  # typeshed has no stub
from itertools import chain, compress, starmap, tee

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

_PERIOD_S = 0.02
_GROWTH = 1.25
_FIRST_BLOCKS = 5_000
_OWN_SHARE = 0.05
_GC_HEAD_BYTES = 16
_MOST_TYPES = 30
_ONCE = ((),)
_COLLECTS_ANYWHERE = sys.version_info < (3, 12)
_clock = time.perf_counter
_attribute = type.__getattribute__
_METHOD_OF_C = type(object.__sizeof__)
# a metaclass may be written in Python: its attributes are not asked for
_dictoffset = type.__dict__["__dictoffset__"].__get__
_basicsize = type.__dict__["__basicsize__"].__get__
_mro, _namespace = type.__dict__["__mro__"].__get__, type.__dict__["__dict__"].__get__


class Counted:
    """One count: objects and bytes by identity of their type, and names as they were then."""

    def __init__(self, counts: dict[int, int], sizes: dict[int, int], names: dict[int, list[object]]) -> None:
        self.counts = counts
        self.sizes = sizes
        self.names = names
        self.objects = sum(counts.values())

    def rows(self) -> dict[tuple[str, str], list[Any]]:
        """Return module and qualified name with objects, bytes, file and whether each has a dictionary."""
        found: dict[tuple[str, str], list[Any]] = {}
        for ident, count in self.counts.items():
            module, name, file, has_dict = self.names.get(ident, ["?", "(a type that is gone)", None, False])
            row = found.setdefault((str(module), str(name)), [0, 0, file, has_dict])
            row[0] += count
            row[1] += self.sizes.get(ident, 0)
        return found


class Census:
    """The counts of this process."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.own_share = float(context["options"].get("own_share", _OWN_SHARE))
        self.reset()
        context["every"](_PERIOD_S, self.count_when_due)

    def reset(self) -> None:
        """Begin anew."""
        self.cost_s = 0.0
        self.end: Counted | None = None
        self.peak: Counted | None = None
        self.peak_blocks = sys.getallocatedblocks()
        self.due = 0.0
        self.start = self._count()
        self.next_blocks = sys.getallocatedblocks() + _FIRST_BLOCKS

    def count_when_due(self) -> None:
        """Count when the heap has grown enough and counting has not taken too much of the time."""
        blocks = sys.getallocatedblocks()
        if blocks < self.next_blocks or _clock() < self.due:
            return
        self.peak, self.peak_blocks = self._count(), blocks
        self.next_blocks = int(blocks * _GROWTH)

    def finish(self) -> None:
        """Count what is there at the end; where the heap was never higher, that is the peak."""
        blocks = sys.getallocatedblocks()
        self.end = self._count()
        if self.peak is None or blocks > self.peak_blocks:
            self.peak, self.peak_blocks = self.end, blocks

    def snapshot(self) -> dict[str, object]:
        """Return the types with most objects or bytes."""
        end = self.end
        peak = self.peak or self.start
        moments = [None if each is None else each.rows() for each in (self.start, peak, end)]
        rows = []
        for key in _largest(moments):
            counts = [None if moment is None else moment.get(key, [0, 0])[:2] for moment in moments]
            told = [moment[key] for moment in moments if moment is not None and key in moment]
            file = next((each[2] for each in told if each[2] is not None), None)
            rows.append([*key, file, bool(told[-1][3]), *counts])
        return {
            "types": rows,
            "objects": [self.start.objects, peak.objects, None if end is None else end.objects],
            "cost_s": self.cost_s,
        }

    def _count(self) -> Counted:
        began = _clock()
        kinds = _classes()
        names = {id(kind): self._name(kind) for kind in kinds}
        measured = {id(kind) for kind in kinds if _is_measured_in_c(kind)}
        bare = {id(kind): _GC_HEAD_BYTES + _basicsize(kind) for kind in kinds if id(kind) not in measured}
        del kinds
        counts = _count_types()
        sizes = {ident: size * counts.get(ident, 0) for ident, size in bare.items()}
        for (ident, size), number in _count_sizes(measured).items():
            sizes[ident] = sizes.get(ident, 0) + size * number
        spent_s = _clock() - began
        self.cost_s += spent_s
        self.due = _clock() + spent_s / self.own_share
        return Counted(counts, sizes, names)

    def _name(self, kind: type) -> list[object]:
        module, name = _attribute(kind, "__module__"), _attribute(kind, "__qualname__")
        file = getattr(sys.modules.get(module), "__file__", None) if isinstance(module, str) else None
        if file is None and module == "__main__" and sys.argv:
            file = sys.argv[0]  # a script's own `__file__` is gone at its end
        path = self.relative(file) if isinstance(file, str) else None
        return [module if isinstance(module, str) else "?", name, path, bool(_dictoffset(kind))]


def _largest(moments: list[Any]) -> list[tuple[str, str]]:
    """Return the types to report: those with most bytes and those with most objects at the peak or at the end."""
    chosen: dict[tuple[str, str], None] = {}
    for moment in moments[1:]:
        for column in (1, 0):
            ranked = sorted(moment or (), key=lambda key, c=column, m=moment: -m[key][c])
            chosen.update(dict.fromkeys(ranked[:_MOST_TYPES]))
    return list(chosen)


def _count_types() -> dict[int, int]:
    """Count objects by type.

    It is one call in C over C iterators, so that the target can't run, and give up another object, within it.
    """
    counts: dict[int, int] = {}
    _count_elements(counts, _guarded(map(id, map(type, chain.from_iterable(starmap(gc.get_objects, _ONCE))))))
    counts.pop(None, None)  # type: ignore[call-overload]  # what the guard gives
    return counts


def _count_sizes(measured: set[int]) -> dict[tuple[int, int], int]:
    """Count pairs of type and size; likewise.

    The list of all objects is read several times at once. The iterators are among its elements, so it is cleared within
    the call: in a cycle it would keep every object alive until the next collection.
    """
    pairs: dict[tuple[int, int], int] = {}
    _count_elements(pairs, _guarded(_sized(measured, *tee(starmap(gc.get_objects, _ONCE), 5))))
    pairs.pop(None, None)  # type: ignore[call-overload]  # what the guard and the clearing give
    return pairs


def _sized(measured: set[int], *lists: Iterator[list[object]]) -> Iterator[Any]:
    one, two, three, four = map(chain.from_iterable, lists[:4])
    first = map(measured.__contains__, map(id, map(type, one)))
    second = map(measured.__contains__, map(id, map(type, two)))
    kinds = map(id, map(type, compress(three, first)))
    return chain(zip(kinds, map(sys.getsizeof, compress(four, second))), map(list.clear, lists[4]))


def _guarded(reading: Iterator[Any]) -> Iterator[Any]:
    """Return the same; before 3.12 a collection could begin within, so collecting is off meanwhile."""
    if not _COLLECTS_ANYWHERE:
        return reading
    before, after = tee(starmap(gc.isenabled, _ONCE))
    off, on = starmap(gc.disable, compress(_ONCE, before)), starmap(gc.enable, compress(_ONCE, after))
    return chain(off, reading, on)


def _classes() -> list[Any]:
    """Return all classes."""
    found: dict[int, Any] = {}
    pending: list[Any] = [object]
    while pending:
        kind = pending.pop()
        if id(kind) not in found:
            found[id(kind)] = kind
            if kind is not type:
                pending.extend(type.__subclasses__(kind))
    return list(found.values())


def _is_measured_in_c(kind: type) -> bool:
    """Say whether `sys.getsizeof` of an instance runs no Python."""
    for base in _mro(kind):
        method = _namespace(base).get("__sizeof__")
        if method is not None:
            return type(method) is _METHOD_OF_C
    return False


_census: Census | None = None


def start(context: Mapping[str, Any]) -> None:
    """Count for the first time."""
    global _census
    _census = Census(context)


def snapshot() -> dict[str, object]:
    """Return what was counted so far."""
    return {} if _census is None else _census.snapshot()


def finish() -> None:
    """Count for the last time."""
    if _census is not None:
        _census.finish()


def after_fork() -> None:
    """Begin anew in the child."""
    if _census is not None:
        _census.reset()
