"""Have memray, where the target's environment has it, write every allocation of this process to a file.

Options: `folder`, which receives one file a process, forked children included; `native`, whether C stacks are recorded;
`limit_bytes`, a file's size at which tracking stops.
"""

from __future__ import annotations

import _thread
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_PERIOD_S = 0.25
_START_LIMIT_S = 5.0
_LIMIT_BYTES = 2**30


class MemrayPass:
    """The tracker of this process; memray itself goes on in forked children, in files of their own."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        options = context["options"]
        self.limit_bytes = int(options.get("limit_bytes", _LIMIT_BYTES))
        self.problem: str | None = None
        self.stopped_because: str | None = None
        self.is_tracking = False
        self.folder = str(options["folder"])
        self.path = os.path.join(self.folder, f"{os.getpid()}.{time.monotonic_ns()}.bin")
        try:
            memray = __import__("memray")
            self.tracker = memray.Tracker(
                self.path, native_traces=bool(options.get("native")), trace_python_allocators=False, follow_fork=True
            )
            self._enter()
        except BaseException as error:
            self.problem = f"{type(error).__name__}: {error}"[:300]
            return
        context["every"](_PERIOD_S, self.stop_when_large)

    def after_fork(self) -> None:
        """Follow the file that memray writes for a forked child."""
        self.path = f"{self.path}.{os.getpid()}"

    def stop_when_large(self) -> None:
        """Stop tracking when the file has become too large."""
        size = os.stat(self.path).st_size
        if self.is_tracking and size > self.limit_bytes:
            self.stopped_because = f"its file reached {size / 2**20:.0f} MiB (limit {self.limit_bytes / 2**20:.0f} MiB)"
            self.finish()

    def finish(self) -> None:
        """End the file."""
        if self.is_tracking:
            self.is_tracking = False
            self.tracker.__exit__(None, None, None)

    def snapshot(self) -> dict[str, object]:
        """Return why tracking did not begin, or ended early."""
        return {"problem": self.problem, "stopped_because": self.stopped_because}

    def _enter(self) -> None:
        """Begin on another thread.

        memray leaves as many of the outermost frames out of every stack of the thread that begins as there are when it
        begins; here, before the program, these would be the program's own.
        """
        failures: list[BaseException] = []
        done = _thread.allocate_lock()
        done.acquire()

        def enter() -> None:
            try:
                self.tracker.__enter__()
            except BaseException as error:
                failures.append(error)
            finally:
                done.release()

        _thread.start_new_thread(enter, ())
        if not done.acquire(True, _START_LIMIT_S):
            raise TimeoutError(f"memray did not begin within {_START_LIMIT_S:g} s")
        if failures:
            raise failures[0]
        self.is_tracking = True


_pass: MemrayPass | None = None


def start(context: Mapping[str, Any]) -> None:
    """Begin to track."""
    global _pass
    _pass = MemrayPass(context)


def snapshot() -> dict[str, object]:
    """Return how it went so far."""
    return {} if _pass is None else _pass.snapshot()


def finish() -> None:
    """End the file before the last report."""
    if _pass is not None:
        _pass.finish()


def after_fork() -> None:
    """Go on in the child's own file."""
    if _pass is not None:
        _pass.after_fork()
