"""Read what this process has used so far, and the difference a span of it makes: CPU, wall, queueing, collections."""

from __future__ import annotations

import gc
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_STUBBORN_READS = 20
_YOUNG_PER_TIMED = 8
"""Of the youngest generation's collections one in 8 is timed: reading a thread's clock can cost as much as they do."""
OWN_QUEUE = "/proc/self/schedstat"
_process_time, _perf_counter, _thread_time = time.process_time, time.perf_counter, time.thread_time


class CollectionClock:
    """CPU seconds of collections; `on_collection` is to be put into `gc.callbacks`."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin with nothing."""
        self.old_s = 0.0
        self.young_s = 0.0
        self.young_collections = 0
        self.started: float | None = None

    def on_collection(self, phase: str, info: Mapping[str, int]) -> None:
        """Add a collection's CPU seconds."""
        young = info["generation"] == 0
        if phase == "start":
            self.young_collections += young
            if not young or self.young_collections % _YOUNG_PER_TIMED == 1:
                self.started = _thread_time()
        elif self.started is not None:
            spent_s = _thread_time() - self.started
            self.started = None
            if young:
                self.young_s += spent_s
            else:
                self.old_s += spent_s

    def seconds(self) -> float:
        """Return the CPU seconds of all collections, those of the youngest generation extrapolated."""
        timed = -(-self.young_collections // _YOUNG_PER_TIMED)
        return self.old_s + (self.young_s * self.young_collections / timed if timed else 0.0)


class Span:
    """What happens from its making to its end. Reading the clocks is in none of its CPU seconds."""

    def __init__(self, clock: CollectionClock) -> None:
        self.clock = clock
        self.gc_s, self.collections = clock.seconds(), collections()
        self.delay_s, self.began = delay_and_clock()
        self.children_s = _children_s()
        self.cpu_s = _process_time()

    def end(self) -> list[float]:
        """Return CPU (with children that were waited for), wall and queueing seconds, collections and their seconds.

        Where the system does not tell of queueing, 0.
        """
        cpu_s = _process_time() - self.cpu_s
        cpu_s += _children_s() - self.children_s
        delay_s, now = delay_and_clock()
        queued_s = 0.0 if delay_s is None or self.delay_s is None else delay_s - self.delay_s
        gc_s = self.clock.seconds() - self.gc_s
        return [cpu_s, now - self.began, queued_s, float(collections() - self.collections), gc_s]


def seconds_of(figures: list[float]) -> float:
    """Return what a span took whatever else the machine did: CPU, or wall time less queueing where it waited."""
    return max(figures[0], figures[1] - figures[2])


def collections() -> int:
    """Return how many collections there were."""
    return sum(generation["collections"] for generation in gc.get_stats())


def delay_and_clock() -> tuple[float | None, float]:
    """Read the main thread's seconds in the run queue and the clock together.

    The clock is read between two equal readings, or the two are apart by a time slice.
    """
    delay_s, now = delay(), _perf_counter()
    for _ in range(_STUBBORN_READS):
        again = delay()
        if again == delay_s:
            break
        delay_s, now = again, _perf_counter()
    return delay_s, now


def delay(file_name: str = OWN_QUEUE) -> float | None:
    """Return the seconds spent waiting for a core; None where the system does not tell."""
    try:
        with open(file_name, "rb", buffering=0) as file:
            return int((file.read() or b"").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None


def _children_s() -> float:
    """Return the CPU seconds of children that were waited for.

    `resource` is imported late: what only records a whole run has no need of it.
    """
    try:
        import resource

        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
    except (ImportError, OSError):
        return 0.0
