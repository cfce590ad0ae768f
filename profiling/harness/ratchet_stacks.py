"""Read the stacks of all threads at one moment, inside the target.

`frame.f_back` of another thread's frame is safe only while that thread can't run: CPython 3.11 follows a stale pointer
from a generator that was suspended meanwhile, and crashes. A loop in Python gives way to other threads between its
instructions, so all of the reading is one call of a C function over C iterators, which does not. Before 3.12 even that
would give way when it starts a garbage collection, so that is off meanwhile, also within the one call.
"""

from __future__ import annotations

import gc
import sys
from itertools import accumulate, chain, compress, islice, repeat, starmap, takewhile, tee
from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Any

    Row = tuple[CodeType, dict[str, Any], int]

DEPTH = 400
_ONCE = ((),)
_ROW = attrgetter("f_code", "f_globals", "f_lasti")
_COLLECTS_ANYWHERE = sys.version_info < (3, 12)


def read_stacks() -> dict[int, list[Row]]:
    """Return code, globals and instruction of every thread's frames, innermost first, at most 400 a thread.

    No variable here may hold the iterators: this function's own frame is among the frames that they hold, and frames in
    a cycle would keep the target's objects alive.
    """
    found: list[Any] = []
    found.extend(_guarded() if _COLLECTS_ANYWHERE else _reading())
    found = [each for each in found if each is not None]
    return dict(zip(found[0], found[1:]))


def _reading() -> Iterator[Any]:
    """Return an iterator in C that gives all identifiers, then the rows of each thread."""
    at_idents, at_frames = tee(starmap(sys._current_frames, _ONCE))
    frames = chain.from_iterable(map(dict.values, at_frames))
    # getattr(getattr(frame, "f_back"), "f_back") and so on, up to None
    backwards = map(accumulate, map(chain, zip(frames), repeat(repeat("f_back"))), repeat(getattr))
    rows = map(map, repeat(_ROW), map(islice, map(takewhile, repeat(bool), backwards), repeat(DEPTH)))
    return chain(map(list, at_idents), map(list, rows))


def _guarded() -> Iterator[Any]:
    """Return the same between two elements None, without collections if there were any."""
    before, after = tee(starmap(gc.isenabled, _ONCE))
    off, on = starmap(gc.disable, compress(_ONCE, before)), starmap(gc.enable, compress(_ONCE, after))
    return chain(off, _reading(), on)
