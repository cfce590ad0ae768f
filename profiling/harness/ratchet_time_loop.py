"""Split what holds an event loop into CPU and blocking, per coroutine, inside the target."""

from __future__ import annotations

import _thread
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Protocol

    class Numbering(Protocol):
        """What is needed of `Codes`."""

        def number(self, code: CodeType) -> int | None:
            """Number a project function."""
            ...

    from profiling.harness.ratchet_time_awaits import Awaits
else:
    from ratchet_time_awaits import Awaits

_BOUND = ("TaskStepMethWrapper", "TaskWakeupMethWrapper", "builtin_function_or_method", "method")
_PARTS = (("cr_code", "cr_await"), ("gi_code", "gi_yieldfrom"), ("ag_code", "ag_await"))
_DEPTH = 100
_get_ident, _clock, _thread_clock = _thread.get_ident, time.perf_counter, time.thread_time
_monotonic = time.monotonic


class Callback:
    """One callback while it runs.

    Attributes:
        loop: of asyncio, that runs it.
        is_awaited: whether other callbacks were ready when it began, or at its last sample.
        shares: wall seconds of the samples in it, of these waiting, and with other callbacks ready at both ends of the
            time that a sample stands for, by coroutine.
        rests: seconds without CPU that samples found spread over this and other brief callbacks before it, and of these
            with other callbacks ready, by coroutine.
    """

    __slots__ = ("is_awaited", "loop", "rests", "shares")

    def __init__(self, loop: object) -> None:
        self.loop = loop
        self.is_awaited = bool(getattr(loop, "_ready", None))
        self.shares: dict[int, list[float]] = {}
        self.rests: dict[int, list[float]] = {}

    def add(self, number: int, wall_s: float, waited_s: float, rest_s: float = 0.0) -> None:
        """Add one sample; called from the sampler's thread."""
        share = self.shares.setdefault(number, [0.0, 0.0, 0.0])
        share[0] += wall_s
        share[1] += waited_s
        was_awaited, self.is_awaited = self.is_awaited, _others_ready(self.loop)
        is_awaited = was_awaited and self.is_awaited
        share[2] += wall_s if is_awaited else 0.0
        if rest_s > 0:
            rest = self.rests.setdefault(number, [0.0, 0.0])
            rest[0] += rest_s
            rest[1] += rest_s if is_awaited else 0.0


class Loop:
    """CPU and blocked seconds of event loop callbacks.

    A callback's exact figures go to the coroutines that samples found in it, in proportion; to the innermost project
    coroutine that it resumes when it was too short to be sampled. Loops with their own handles (uvloop) are not seen.

    Attributes:
        rows: CPU seconds, blocked seconds, the longest time a loop was held at once, and the part of the time held in
            which other callbacks were ready; by coroutine. Waiting for a core is in none of them.
        running: callbacks that run now, by thread.
        awaits: of tasks.
        loops: first and last moment, idle seconds, and CPU seconds of the callbacks, and whether nothing was ready
            after the last; by thread.
    """

    def __init__(self, codes: Numbering, failed: Callable[[], None]) -> None:
        self.codes = codes
        self.failed = failed
        self.awaits = Awaits(codes.number)
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.awaits.reset()
        self.loops: dict[int, list[float]] = {}
        self.rows: dict[int, list[float]] = {}
        self.running: dict[int, Callback] = {}

    def install(self, module_name: str) -> None:
        """Wrap the callbacks' runner once `asyncio.events` is imported."""
        if module_name != "asyncio.events":
            return
        handle = sys.modules[module_name].Handle
        run = handle._run

        def _run(self_: object) -> object:
            ident = _get_ident()
            outer, callback = self.running.get(ident), Callback(getattr(self_, "_loop", None))
            self.running[ident] = callback
            task = self.task_of(self_)
            owner = self.owner(self_, task)
            wall, cpu = _clock(), _thread_clock()
            self.resume(task, wall)
            try:
                return run(self_)
            finally:
                now = _clock()
                cpu_s, wall_s = _thread_clock() - cpu, now - wall
                self.suspend(task, now)
                brief = {} if owner is None else {owner: [1.0, 0.0, float(callback.is_awaited)]}
                self.finish(callback.shares or brief, cpu_s, wall_s)
                if callback.rests:
                    self.finish_rests(callback.rests)
                if outer is None:
                    self.hold(callback.loop, wall, now, cpu_s)
                    self.running.pop(ident, None)
                else:
                    self.running[ident] = outer

        handle._run = _run

    def task_of(self, handle: object) -> object | None:
        """Return the task that a callback resumes."""
        try:
            callback = getattr(handle, "_callback", None)
            bound = getattr(callback, "__self__", None) if type(callback).__name__ in _BOUND else None
            task = getattr(sys.modules.get("asyncio.tasks"), "Task", None)
            return bound if task is not None and bound is not None and issubclass(type(bound), task) else None
        except Exception:
            self.failed()
            return None

    def owner(self, handle: object, task: object | None) -> int | None:
        """Return the innermost project coroutine that a callback resumes, or the function that it calls."""
        try:
            if task is not None:
                return self._innermost(task.get_coro())  # type: ignore[attr-defined]  # a task has one
            callback = getattr(handle, "_callback", None)
            function = getattr(callback, "__func__", callback)
            return self.codes.number(function.__code__) if type(function).__name__ == "function" else None  # type: ignore[union-attr]  # just checked
        except Exception:
            self.failed()
            return None

    def resume(self, task: object | None, now: float) -> None:
        """Note that a task goes on; never raises."""
        try:
            if task is not None:
                self.awaits.resumed(task, now)
        except Exception:
            self.failed()

    def suspend(self, task: object | None, now: float) -> None:
        """Note that a task has made a step; never raises."""
        try:
            if task is not None:
                self.awaits.suspended(task, now)
        except Exception:
            self.failed()

    def hold(self, loop: object, began: float, ended: float, cpu_s: float) -> None:
        """Add one callback to the figures of its thread's loop: with nothing ready after it the loop is idle."""
        ident = _get_ident()
        row = self.loops.get(ident)
        if row is None:
            row = self.loops[ident] = [began, ended, 0.0, 0.0, 0.0]
        if row[4]:
            row[2] += max(0.0, began - row[1])
        row[1] = ended
        row[3] += cpu_s
        row[4] = not getattr(loop, "_ready", None)

    def loops_snapshot(self) -> list[list[float]]:
        """Return seconds from the first callback to the last, idle seconds and CPU seconds of each thread's loop."""
        return [[ended - began, idle_s, cpu_s] for began, ended, idle_s, cpu_s, _ in list(self.loops.values())]

    def finish(self, shares: dict[int, list[float]], cpu_s: float, wall_s: float) -> None:
        """Add one callback's figures; never raises.

        What was seen to wait counts as blocked, all that is not CPU where that is most of it: a callback that waits for
        a core is not blocked.
        """
        try:
            waited_s = sum(share[1] for share in shares.values())
            rest_s = max(0.0, wall_s - cpu_s)
            blocked_s = rest_s if waited_s > rest_s / 2 else waited_s
            active_s = sum(share[0] - share[1] for share in shares.values())
            for number, (weight_s, part_s, awaited_s) in list(shares.items()):
                active = (weight_s - part_s) / active_s if active_s > 0 else 1.0 / len(shares)
                row = self.rows.setdefault(number, [0.0, 0.0, 0.0, 0.0])
                own_cpu_s, own_blocked_s = cpu_s * active, blocked_s * part_s / waited_s if waited_s else 0.0
                row[0] += own_cpu_s
                row[1] += own_blocked_s
                row[2] = max(row[2], own_cpu_s + own_blocked_s)
                row[3] += (own_cpu_s + own_blocked_s) * (awaited_s / weight_s if weight_s > 0 else 0.0)
        except Exception:
            self.failed()

    def finish_rests(self, rests: dict[int, list[float]]) -> None:
        """Add what samples found spread over brief callbacks; never raises."""
        try:
            for number, (rest_s, awaited_s) in list(rests.items()):
                row = self.rows.setdefault(number, [0.0, 0.0, 0.0, 0.0])
                row[1] += rest_s
                row[3] += awaited_s
        except Exception:
            self.failed()

    def snapshot(self) -> list[list[float]]:
        """Return number, CPU, blocked, longest and awaited seconds."""
        return [[number, *row] for number, row in list(self.rows.items())]

    def _innermost(self, awaitable: object) -> int | None:
        found = None
        for _ in range(_DEPTH):
            for code_name, next_name in _PARTS:
                code = getattr(awaitable, code_name, None)
                if code is not None:
                    number = self.codes.number(code)
                    found = found if number is None else number
                    awaitable = getattr(awaitable, next_name, None)
                    break
            else:
                return found
        return found


def _others_ready(loop: object) -> bool:
    """Say whether something else could run on a loop: a callback, a timer that is due, or (on Linux) a file.

    This runs beside the loop's own thread, and so only reads: `_ready` and `_scheduled` are a deque and a list. Nothing
    of the callback's own next step is there yet.
    """
    try:
        if getattr(loop, "_ready", None):
            return True
        scheduled = getattr(loop, "_scheduled", None)
        if scheduled and _has_real_time(loop) and scheduled[0]._when <= _monotonic():
            return not scheduled[0]._cancelled
        files = getattr(getattr(loop, "_selector", None), "_selector", None)
        return type(files).__name__ == "epoll" and bool(files.poll(0, 1))  # type: ignore[union-attr]  # just checked
    except Exception:  # it changed or was closed meanwhile
        return False


def _has_real_time(loop: object) -> bool:
    """Say whether a loop's clock is the system's: some tests give it one of their own."""
    return getattr(type(loop).time, "__module__", None) == "asyncio.base_events"  # type: ignore[attr-defined]
