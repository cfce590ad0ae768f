"""Read how the project's `functools.lru_cache`s did: hits, misses and entries, as their `cache_info` tells.

They are found among what the garbage collector tracks; nothing is wrapped, kept or called but `cache_info`, which is C.
A look is not taken again before it would be less than a twentieth of the time: processes that are killed have a report
that is that old.
"""

from __future__ import annotations

import _functools  # type: ignore[import-not-found]  # typeshed has no stub
import gc
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_OWN_SHARE = 0.05
_MOST = 500
_CACHED = _functools._lru_cache_wrapper
_FUNCTION = type(lambda: None)
_info = _CACHED.__dict__["cache_info"]
_clock = time.perf_counter


class Caches:
    """The caches of this process.

    Attributes:
        rows: file, first line, name, hits, misses, entries and limit (None without one) of each, as last seen.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.failed = context["failed"]
        self.inherited: dict[int, tuple[int, int]] = {}
        self.rows: list[list[object]] = []
        self.due = 0.0

    def snapshot(self) -> dict[str, object]:
        """Return the rows, looked at anew where that is not too dear."""
        if _clock() >= self.due:
            self.look()
        return {"caches": self.rows}

    def look(self) -> None:
        """Look at all of them."""
        began = _clock()
        try:
            self.rows = [row for row in map(self._row, self._found()) if row is not None]
        except Exception:
            self.failed()
        self.due = _clock() + (_clock() - began) / _OWN_SHARE

    def after_fork(self) -> None:
        """Leave out what the parent's caches did."""
        try:
            infos = ((id(one), _info(one)) for one in self._found())
            self.inherited = {key: (info[0], info[1]) for key, info in infos}
        except Exception:
            self.failed()
        self.rows = []

    def _found(self) -> list[Any]:
        return [one for one in gc.get_objects() if type(one) is _CACHED][:_MOST]

    def _row(self, cached: Any) -> list[object] | None:
        """Return a cache's row; None where it is none of the project's, or was not asked."""
        function = cached.__wrapped__ if "__wrapped__" in cached.__dict__ else None
        if type(function) is not _FUNCTION:
            return None
        code = function.__code__
        file = self.relative(code.co_filename)
        hits, misses, limit, entries = _info(cached)
        before = self.inherited.get(id(cached), (0, 0))
        # A cache that was cleared begins to count anew.
        hits, misses = (max(hits - before[0], 0), max(misses - before[1], 0)) if hits >= before[0] else (hits, misses)
        if file is None or not hits + misses:
            return None
        return [file, code.co_firstlineno, code.co_name, hits, misses, entries, limit]


_caches: Caches | None = None


def start(context: Mapping[str, Any]) -> None:
    """Be ready to look."""
    global _caches
    _caches = Caches(context)


def snapshot() -> dict[str, object]:
    """Return what is seen now."""
    return {} if _caches is None else _caches.snapshot()


def finish() -> None:
    """Look a last time, whatever it takes."""
    if _caches is not None:
        _caches.due = 0.0


def after_fork() -> None:
    """Forget what the parent's caches did."""
    if _caches is not None:
        _caches.after_fork()
