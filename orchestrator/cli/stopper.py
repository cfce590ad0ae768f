"""How a person stops a session: the first signal ends it cleanly, the second at once."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Self

from orchestrator.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# timeout(1) and make signal the process and its group: one request, delivered twice.
_ONE_REQUEST_S = 0.3
_STOPPING = b"\noptimize: stopping; what runs is ended and the state saved (once more: quit at once)\n"


class Stopper:
    """Answers signals while it is entered, and cancels the task it watches.

    A signal that was ignored when we started (nohup, a background job) stays ignored.

    Attributes:
        reason: what to raise once the session has stopped; None while nobody asked for it.
        before_exit: called before the process ends at once.
    """

    def __init__(self) -> None:
        self.reason: Exception | None = None
        self.before_exit: Callable[[], None] = lambda: None
        self._task: asyncio.Task[object] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._before: dict[int, object] = {}
        self._deaf_until_s = 0.0

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *raised: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before if callable(before) else signal.SIG_DFL)
        self._task = None

    def watch(self, task: "asyncio.Task[object] | None") -> None:
        """Cancel this task, of the running loop, when asked to stop; at once when that has been asked already."""
        self._loop, self._task = asyncio.get_running_loop(), task
        if self.reason is not None:
            self._cancel()

    def request(self, reason: Exception) -> None:
        """Ask the session to stop, from any thread."""
        if self.reason is None:
            self.reason = reason
            self._cancel()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Take no lock here: the main thread may hold any of them."""
        if isinstance(self.reason, Interrupted):
            if time.monotonic() < self._deaf_until_s:
                return
            self.before_exit()
            os._exit(Interrupted.exit_code)
        self._deaf_until_s = time.monotonic() + _ONE_REQUEST_S
        stopped = Interrupted("interrupted; what was finished is saved", hint="go on with: optimize")
        if self._task is None:
            self.reason = stopped
            raise KeyboardInterrupt
        with suppress(OSError):
            os.write(2, _STOPPING)
        self.reason = stopped
        self._cancel()

    def _cancel(self) -> None:
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._task.cancel)
