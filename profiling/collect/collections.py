"""Merge garbage collections of all processes and runs, by the function they were triggered in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from profiling.collect.reports import Run
from profiling.collect.source import Source
from profiling.model import FunctionKey
from profiling.profile import GcTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionGc:
    """Pause in seconds and collections of one function, a mean over runs."""

    pause_s: float
    collections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Collections merged; `seen_share` is what the callback saw of what the interpreter counted (1 without any)."""

    functions: Mapping[FunctionKey, FunctionGc]
    totals: GcTotals
    seen_share: float


def merge(runs: Sequence[Run], source: Source) -> Collected:
    """Merge processes by sum and runs by mean; at least one run."""
    pauses: defaultdict[FunctionKey, float] = defaultdict(float)
    counts: defaultdict[FunctionKey, int] = defaultdict(int)
    for report in (report for run in runs for report in run):
        for number, pause_s, count in report.gc.functions:
            if number >= 0:
                key = source.function(report.codes[number])
                pauses[key] += pause_s
                counts[key] += count
    functions = {
        key: FunctionGc(pause_s=pauses[key] / len(runs), collections=_mean(counts[key], len(runs))) for key in counts
    }
    return Collected(functions=functions, totals=_totals(runs), seen_share=_seen_share(runs))


def _totals(runs: Sequence[Run]) -> GcTotals:
    gcs = [report.gc for run in runs for report in run]
    if not gcs:
        return GcTotals()
    generations = [_mean(sum(gc.generations[generation] for gc in gcs), len(runs)) for generation in range(3)]
    return GcTotals(
        collections=(generations[0], generations[1], generations[2]),
        pause_s=sum(gc.pause_s for gc in gcs) / len(runs),
        max_pause_s=max(gc.max_pause_s for gc in gcs),
        threshold=gcs[0].threshold,
    )


def _seen_share(runs: Sequence[Run]) -> float:
    gcs = [report.gc for run in runs for report in run]
    counted = sum(sum(gc.counted) for gc in gcs)
    return min(1.0, sum(sum(gc.generations) for gc in gcs) / counted) if counted else 1.0


def _mean(total: int, runs: int) -> int:
    """Return the mean as a count: what happened in any run happened."""
    return max(round(total / runs), 1 if total else 0)
