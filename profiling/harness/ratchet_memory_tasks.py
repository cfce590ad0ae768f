"""Put the traced heap beside the number of unfinished asyncio tasks, inside the target."""

from __future__ import annotations

import _tracemalloc
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SHORTEST_S = 0.0005
_OWN_SHARE = 0.03
_EXACT_BITS = 5
_clock, _thread_clock = time.perf_counter, time.thread_time


class Tasks:
    """The largest heap seen by number of tasks.

    Looked at in the loop's own thread, just before a callback and once when the loop stops: tasks and heap belong to
    the same moment, and nothing of the target's ends in a thread of ours.

    Attributes:
        points: largest heap in bytes and number of looks, by number of tasks.
        due: when the next look may be taken; their cost stays within 3% of the time.
    """

    def __init__(self, failed: Callable[[], None]) -> None:
        self.failed = failed
        self.installed = False
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.points: dict[int, list[int]] = {}
        self.due = 0.0
        self.start_bytes = _tracemalloc.get_traced_memory()[0]

    def install(self) -> None:
        """Wrap the callbacks' runner if the target has imported asyncio by now; it is asked again and again."""
        if self.installed or "asyncio.tasks" not in sys.modules:
            return
        handle: Any = getattr(sys.modules.get("asyncio.events"), "Handle", None)
        all_tasks: Any = getattr(sys.modules.get("asyncio.tasks"), "all_tasks", None)
        if handle is None or all_tasks is None:
            return  # they are being imported right now
        self.installed = True
        run = handle._run

        def _run(self_: Any) -> object:
            if _clock() >= self.due:
                self.look(self_, all_tasks)
            result = run(self_)
            if getattr(getattr(self_, "_loop", None), "_stopping", False):
                self.look(self_, all_tasks)
            return result

        handle._run = _run

    def look(self, handle: Any, all_tasks: Callable[[object], set[object]]) -> None:
        """Note heap and tasks of a callback's loop; never raises."""
        try:
            if not _tracemalloc.is_tracing():
                return
            began = _thread_clock()  # not wall: it may be interrupted
            heap = max(0, _tracemalloc.get_traced_memory()[0] - self.start_bytes)
            point = self.points.setdefault(_rounded(len(all_tasks(handle._loop))), [0, 0])
            point[0] = max(point[0], heap)
            point[1] += 1
            self.due = _clock() + max(_SHORTEST_S, (_thread_clock() - began) / _OWN_SHARE)
        except Exception:
            self.failed()

    def snapshot(self) -> list[list[int]]:
        """Return tasks, largest heap in bytes and looks."""
        return [[tasks, *point] for tasks, point in list(self.points.items())]


def _rounded(tasks: int) -> int:
    """Round down to five binary digits, so that there are few different numbers."""
    shift = max(0, tasks.bit_length() - _EXACT_BITS)
    return tasks >> shift << shift
