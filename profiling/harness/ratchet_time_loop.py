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


_BOUND = ("TaskStepMethWrapper", "TaskWakeupMethWrapper", "builtin_function_or_method", "method")
_PARTS = (("cr_code", "cr_await"), ("gi_code", "gi_yieldfrom"), ("ag_code", "ag_await"))
_DEPTH = 100
_get_ident, _clock, _thread_clock = _thread.get_ident, time.perf_counter, time.thread_time


class Loop:
    """CPU and blocked seconds of event loop callbacks.

    A callback's exact figures go to the coroutines that samples found in it, in proportion; to the innermost project
    coroutine that it resumes when it was too short to be sampled.
    """

    def __init__(self, codes: Numbering, failed: Callable[[], None]) -> None:
        self.codes = codes
        self.failed = failed
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.rows: dict[int, list[float]] = {}
        self.running: dict[int, dict[int, list[float]]] = {}

    def install(self, module_name: str) -> None:
        """Wrap the callbacks' runner once `asyncio.events` is imported."""
        if module_name != "asyncio.events":
            return
        handle = sys.modules[module_name].Handle
        run = handle._run

        def _run(self_: object) -> object:
            ident = _get_ident()
            outer, samples = self.running.get(ident), {}  # type: ignore[var-annotated]  # py3.9 has no inline form
            self.running[ident] = samples
            owner = self.owner(self_)
            wall, cpu = _clock(), _thread_clock()
            try:
                return run(self_)
            finally:
                self.finish(owner, samples, _thread_clock() - cpu, _clock() - wall)
                if outer is None:
                    self.running.pop(ident, None)
                else:
                    self.running[ident] = outer

        handle._run = _run

    def owner(self, handle: object) -> int | None:
        """Return the innermost project coroutine that a callback resumes, or the function that it calls."""
        try:
            callback = getattr(handle, "_callback", None)
            bound = getattr(callback, "__self__", None) if type(callback).__name__ in _BOUND else None
            task = getattr(sys.modules.get("asyncio.tasks"), "Task", None)
            if task is not None and bound is not None and issubclass(type(bound), task):
                return self._innermost(bound.get_coro())
            function = getattr(callback, "__func__", callback)
            return self.codes.number(function.__code__) if type(function).__name__ == "function" else None  # type: ignore[union-attr]  # just checked
        except Exception:
            self.failed()
            return None

    def finish(self, owner: int | None, samples: dict[int, list[float]], cpu_s: float, wall_s: float) -> None:
        """Add one callback's figures; never raises.

        What was seen to wait counts as blocked, all that is not CPU where that is most of it: a callback that waits for
        a core is not blocked.
        """
        try:
            shares = samples or ({} if owner is None else {owner: [1.0, 0.0]})
            whole_s = sum(share[0] for share in shares.values()) or 1.0
            waited_s = sum(share[1] for share in shares.values())
            rest_s = max(0.0, wall_s - cpu_s)
            blocked_s = rest_s if waited_s > rest_s / 2 else waited_s
            for number, (weight_s, part_s) in list(shares.items()):
                row = self.rows.setdefault(number, [0.0, 0.0])
                row[0] += cpu_s * weight_s / whole_s
                row[1] += blocked_s * part_s / waited_s if waited_s else 0.0
        except Exception:
            self.failed()

    def snapshot(self) -> list[list[float]]:
        """Return number, CPU seconds and blocked seconds."""
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
