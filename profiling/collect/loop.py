"""Merge what held the event loops, by coroutine."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from profiling.collect.reports import Run
from profiling.collect.source import Source
from profiling.model import FunctionKey


@dataclass(slots=True, kw_only=True)
class FunctionLoop:
    """What one coroutine did to event loops, a mean over runs (longest_s: of all); see `FunctionProfile`."""

    cpu_s: float = 0.0
    blocked_s: float = 0.0
    longest_s: float = 0.0
    others_waited_s: float = 0.0


def merge(runs: Sequence[Run], source: Source) -> Mapping[FunctionKey, FunctionLoop]:
    """Merge processes by sum and runs by mean; at least one run."""
    functions: defaultdict[FunctionKey, FunctionLoop] = defaultdict(FunctionLoop)
    for report in (report for run in runs for report in run):
        for number, cpu_s, blocked_s, longest_s, others_waited_s in report.loop:
            function = functions[source.function(report.codes[number])]
            function.cpu_s += cpu_s / len(runs)
            function.blocked_s += blocked_s / len(runs)
            function.longest_s = max(function.longest_s, longest_s)
            function.others_waited_s += others_waited_s / len(runs)
    return functions
