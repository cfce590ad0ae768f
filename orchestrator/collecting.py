"""Collects garbage aside while several workers read source: CPython 3.11 mixes up two parses that a collection joins.

There a collection starts in the middle of making a syntax tree; what it finalizes is Python code, so another thread may
run, and parse. The first parse then ends in `SystemError: AST constructor recursion depth mismatch`
(python/cpython#106905). From 3.12 on collections start between bytecodes alone.
"""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY_S = 0.25
_MOST_NEW = 50_000


class Collector:
    """Keeps automatic collections away from parsing. Safe to use from several threads, also one within the other."""

    def __init__(
        self, *, is_needed: bool = sys.version_info < (3, 12), every_s: float = _EVERY_S, most_new: int = _MOST_NEW
    ) -> None:
        """Prepare, without touching anything.

        Args:
            is_needed: this interpreter mixes parses up.
            every_s: seconds between two looks.
            most_new: objects that came and did not go since the last collection; then it is time for one.
        """
        self._is_needed, self._every_s, self._most_new = is_needed, every_s, most_new
        self._lock = threading.Lock()
        self._inside = 0
        self._ended = threading.Event()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Collect in a thread of its own for as long as anybody is inside."""
        if not self._is_needed:
            yield
            return
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                gc.disable()
                self._ended = threading.Event()
                threading.Thread(target=self._collect, args=(self._ended,), name="collector", daemon=True).start()

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._ended.set()
                gc.enable()

    def _collect(self, ended: threading.Event) -> None:
        while not ended.wait(self._every_s):
            if gc.get_count()[0] > self._most_new:
                gc.collect()
