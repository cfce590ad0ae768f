"""Count the instances of the project's classes that keep a dictionary each, inside the target."""

from __future__ import annotations

import _tracemalloc
import gc
import sys
from _collections import _count_elements  # type: ignore[import-not-found]  # typeshed has no stub
from itertools import chain, compress, repeat, starmap
from operator import eq

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FEWEST = 1000
_MOST_CLASSES = 64
_FIRST_BYTES = 2 * 2**20
_GROWTH = 1.25
_GC_HEAD_BYTES = 16
_SLOT_BYTES = 8
_ONCE = ((),)
_attribute = type.__getattribute__


class Census:
    """Instances alive at the highest heaps, by class.

    Counted whenever the heap is a quarter higher than at the last count, so that all counts together cost a few of the
    last one. A count is one call in C: the target can't run within it, and leave us the last reference to an object.

    Attributes:
        rows: file, qualified name, most instances at once and bytes of one without its values, by class.
        next_bytes: heap at which the next count is due.
        places: of classes by identity, None for those that are not counted; kinds keeps these alive.
    """

    def __init__(self, relative: Callable[[str], str | None], failed: Callable[[], None]) -> None:
        self.relative = relative
        self.failed = failed
        self.kinds = [kind for kind in object.__subclasses__() if type(kind) is type]
        self.places: dict[int, tuple[str, str] | None] = dict.fromkeys(map(id, self.kinds))
        self.reset(0)

    def reset(self, heap_bytes: int) -> None:
        """Forget what was seen; a heap begins with so much."""
        self.rows: dict[tuple[str, str], list[int]] = {}
        self.next_bytes: float = heap_bytes + _FIRST_BYTES

    def count_when_due(self, heap_bytes: int) -> int:
        """Count if the heap has grown enough; never raises.

        Return the peak before, which is reset then (what counting itself allocates is none of the target's), or 0.
        """
        if heap_bytes < self.next_bytes:
            return 0
        self.next_bytes = heap_bytes * _GROWTH
        peak: int = _tracemalloc.get_traced_memory()[1]
        try:
            self._count()
        except Exception:
            self.failed()
        _tracemalloc.reset_peak()
        return peak

    def snapshot(self) -> list[list[object]]:
        """Return file, qualified name, instances and bytes of each."""
        return [[*key, *row] for key, row in list(self.rows.items())]

    def _count(self) -> None:
        counts: dict[int, int] = {}
        _count_elements(counts, map(id, map(type, chain.from_iterable(starmap(gc.get_objects, _ONCE)))))
        many = {number: count for number, count in counts.items() if count >= _FEWEST}
        if any(number not in self.places for number in many):
            self._learn(many)
        for number, count in many.items():
            place = self.places.get(number)
            if place is not None and (place in self.rows or len(self.rows) < _MOST_CLASSES):
                known = self.rows.get(place)
                self.rows[place] = [max(count, known[0]), known[1]] if known else [count, _bytes_of_one(number)]

    def _learn(self, many: dict[int, int]) -> None:
        """Find the classes with such identities, and where they are defined."""
        kinds = list(map(type, chain.from_iterable(starmap(gc.get_objects, _ONCE))))
        by_id = dict(zip(map(id, kinds), kinds))
        for number in many:
            if number not in self.places and number in by_id:
                self.kinds.append(by_id[number])
                self.places[number] = self._place(by_id[number])

    def _place(self, kind: type) -> tuple[str, str] | None:
        """Return file and qualified name of a project class whose instances have a `__dict__`."""
        if not _attribute(kind, "__dictoffset__"):
            return None
        module, name = _attribute(kind, "__module__"), _attribute(kind, "__qualname__")
        file = getattr(sys.modules.get(module), "__file__", None) if isinstance(module, str) else None
        path = self.relative(file) if isinstance(file, str) else None
        return (path, name) if path is not None and isinstance(name, str) else None


def _bytes_of_one(number: int) -> int:
    """Return bytes of one instance with its dictionary, or the values that stand for it (3.11+), but no attribute.

    Args:
        number: identity of its class.
    """
    objects = gc.get_objects()
    one = next(compress(objects, map(eq, map(id, map(type, objects)), repeat(number))), None)
    del objects
    held = gc.get_referents(one)
    size: int = _GC_HEAD_BYTES + _attribute(type(one), "__basicsize__")
    for each in held:
        if type(each) is dict:
            return size + _GC_HEAD_BYTES + sys.getsizeof(each)
    return size + _SLOT_BYTES * len(held)
