"""Merge where functions waited, over all processes and runs of the time pass."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from profiling.collect.reports import Run
from profiling.collect.source import Source
from profiling.model import FunctionKey
from profiling.profile import Wait

_MOST_PLACES = 8
_Place = tuple[int, str | None]


def merge(runs: Sequence[Run], source: Source) -> Mapping[FunctionKey, tuple[Wait, ...]]:
    """Return the eight places of each function with most waiting; processes by sum and runs by mean, at least one."""
    found: defaultdict[FunctionKey, defaultdict[_Place, list[float]]]
    found = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for report in (report for run in runs for report in run):
        for number, line, library, waited_s, on_loop_s in report.waits:
            seconds = found[source.function(report.codes[number])][line, library]
            seconds[0] += waited_s / len(runs)
            seconds[1] += on_loop_s / len(runs)
    return {key: _largest(places) for key, places in found.items()}


def _largest(places: Mapping[_Place, Sequence[float]]) -> tuple[Wait, ...]:
    waits = [
        Wait(line=line, library=library, seconds=waited_s, on_loop=on_loop_s)
        for (line, library), (waited_s, on_loop_s) in places.items()
    ]
    return tuple(sorted(waits, key=lambda wait: (-wait.seconds, wait.line, wait.library or ""))[:_MOST_PLACES])
