"""Run something periodically beside the target's own threads, unseen by `threading` and by signals."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # typeshed has no stub; `signal` would import enum into the target
import _thread
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_STOP_TIMEOUT_S = 1.0
_GONE_TRIES, _GONE_STEP_S = 2500, 0.0002  # a busy machine may take long over the end of a thread
OWN_THREADS: set[int] = set()
"""Identifiers of the threads that are ours, not the target's."""

_sleep, _stat = time.sleep, os.stat


class Ticker:
    """Calls an action every period from a thread that `threading` does not know of."""

    def __init__(self, period_s: float, action: Callable[[], None]) -> None:
        self.period_s = period_s
        self.action = action
        self.ident: int | None = None
        self._wake: _thread.LockType | None = None
        self._ended: _thread.LockType | None = None
        self._native_id = 0

    def start(self) -> None:
        """Start the thread unless it runs."""
        if self._wake is not None:
            return
        wake, ended = _thread.allocate_lock(), _thread.allocate_lock()
        wake.acquire()
        ended.acquire()
        self._wake, self._ended, self._native_id = wake, ended, 0
        self.ident = _thread.start_new_thread(self._loop, (wake, ended))

    def stop(self) -> None:
        """Stop the thread and wait until the system no longer counts it: `os.fork` warns of other threads."""
        wake, ended = self._wake, self._ended
        self._wake = self._ended = None
        if wake is None or ended is None or self.ident == _thread.get_ident():
            return
        wake.release()
        if ended.acquire(True, _STOP_TIMEOUT_S) and self._native_id:
            task = f"/proc/self/task/{self._native_id}"
            try:
                for _ in range(_GONE_TRIES):
                    _stat(task)
                    _sleep(_GONE_STEP_S)
            except OSError:
                pass  # it is gone

    def forget(self) -> None:
        """Drop the thread without waiting: in a forked child it does not exist."""
        self._wake = self._ended = None
        OWN_THREADS.clear()

    def _loop(self, wake: _thread.LockType, ended: _thread.LockType) -> None:
        OWN_THREADS.add(_thread.get_ident())
        try:
            _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
            self._native_id = _thread.get_native_id()
            while not wake.acquire(True, self.period_s):
                self.action()
        finally:
            OWN_THREADS.discard(_thread.get_ident())
            ended.release()
