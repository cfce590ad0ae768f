"""The heap by number of unfinished tasks, from the memory pass."""

from collections.abc import Sequence

from profiling.collect.reports import MemoryReport
from profiling.profile import ConcurrencyPoint


def merge(reports: Sequence[MemoryReport]) -> tuple[ConcurrencyPoint, ...]:
    """Return the points of the process that had most tasks at once, fewest tasks first; none without an event loop.

    Heaps of several processes are not joined: each has a floor of its own.
    """
    widest = max(reports, key=lambda report: max((row[0] for row in report.tasks), default=0), default=None)
    if widest is None:
        return ()
    return tuple(
        ConcurrencyPoint(tasks=tasks, heap_bytes=heap_bytes, ticks=ticks)
        for tasks, heap_bytes, ticks in sorted(widest.tasks)
    )
