"""Time a block of calls by every clock there is, and count the collections in it."""

from __future__ import annotations

import gc
import os
import resource
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_STUBBORN_READS = 20
_YOUNG_PER_TIMED = 8
"""Of the youngest generation's collections one in 8 is timed: reading a thread's clock can cost as much as they do."""

# Kept, because the target may replace them.
_process_time, _perf_counter, _thread_time = time.process_time, time.perf_counter, time.thread_time
_pread, _getrusage, _children = os.pread, resource.getrusage, resource.RUSAGE_CHILDREN


class Collections:
    """Counts collections and their CPU seconds, by `gc.callbacks`."""

    def __init__(self) -> None:
        self.young = 0
        self.young_s = 0.0
        self.young_timed = 0
        self.old = 0
        self.old_s = 0.0
        self.started: float | None = None
        gc.callbacks.append(self.happened)

    def happened(self, phase: str, info: Mapping[str, int]) -> None:
        """Take the start or the end of a collection."""
        is_young = info["generation"] == 0
        if phase == "start":
            if is_young:
                self.young += 1
            else:
                self.old += 1
            if not is_young or self.young % _YOUNG_PER_TIMED == 1:
                self.started = _thread_time()
        elif self.started is not None:
            spent_s = _thread_time() - self.started
            self.started = None
            if is_young:
                self.young_s += spent_s
                self.young_timed += 1
            else:
                self.old_s += spent_s

    def count(self) -> int:
        """Return how many there were."""
        return self.young + self.old

    def seconds(self) -> float:
        """Return their CPU seconds, those of the youngest generation extrapolated."""
        return self.old_s + (self.young_s * self.young / self.young_timed if self.young_timed else 0.0)


class Clocks:
    """Reads CPU time, wall time and the main thread's time in the run queue around a body."""

    def __init__(self) -> None:
        self.collections = Collections()
        try:
            self.schedstat = os.open("/proc/self/schedstat", os.O_RDONLY)
        except OSError:
            self.schedstat = -1

    def timed(self, body: Callable[[], int]) -> dict[str, Any]:
        """Run a body; return what it took.

        `delay_s` is None where the queue's clock moved while it was read, or does not exist.
        """
        collections, gc_s = self.collections.count(), self.collections.seconds()
        children_s = _children_s()
        delay_before, wall_before, _ = self.steady()
        cpu_before = _process_time()
        raised = body()
        cpu_s = _process_time() - cpu_before
        delay_after = self.delay()
        wall_s = _perf_counter() - wall_before
        steady = delay_before is not None and delay_after is not None and delay_after == self.delay()
        return {
            "cpu_s": cpu_s,
            "children_s": max(0.0, _children_s() - children_s),
            "wall_s": wall_s,
            "delay_s": delay_after - delay_before if steady else None,  # type: ignore[operator]  # then both are known
            "collections": self.collections.count() - collections,
            "gc_s": max(0.0, self.collections.seconds() - gc_s),
            "raised": raised,
        }

    def steady(self) -> tuple[float | None, float, int]:
        """Read the queue's clock and wall time together: the second between two equal readings of the first."""
        delay, now, reads = self.delay(), _perf_counter(), 0
        while reads < _STUBBORN_READS:
            again = self.delay()
            if again == delay:
                break
            delay, now, reads = again, _perf_counter(), reads + 1
        return delay, now, reads

    def delay(self) -> float | None:
        """Return the seconds that the main thread has waited for a core, where the system tells."""
        if self.schedstat < 0:
            return None
        try:
            return int(_pread(self.schedstat, 64, 0).split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return None


def cpu_s() -> float:
    """Return this process's CPU seconds so far."""
    return _process_time()


def _children_s() -> float:
    usage = _getrusage(_children)
    return usage.ru_utime + usage.ru_stime
