"""Tests of two workers at once: a failure that the company may have caused is looked at again, alone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Company:
    """Who runs tests at the moment: many may, side by side. Whoever has to be alone waits, and lets nobody in."""

    def __init__(self) -> None:
        """Begin with nobody there."""
        self._changed = threading.Condition()
        self._inside = 0
        self._entered = 0
        self._is_alone = False

    @contextmanager
    def beside(self) -> Iterator[Callable[[], bool]]:
        """Run beside others; what it yields says whether anybody else was there meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_alone)
            found = self._inside > 0
            self._inside += 1
            self._entered += 1
            entered = self._entered
        try:
            yield lambda: found or self._entered > entered
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run with nobody beside."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_alone and not self._inside)
            self._is_alone = True
        try:
            yield
        finally:
            with self._changed:
                self._is_alone = False
                self._changed.notify_all()
