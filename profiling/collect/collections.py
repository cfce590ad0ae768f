"""Merge garbage collections of all processes and runs, by the function they were triggered in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from profiling.collect.reports import Run
from profiling.collect.source import Source
from profiling.collect.stacks import StackKey
from profiling.model import FunctionKey
from profiling.profile import GcTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionGc:
    """Pause in seconds and collections of one function, a mean over runs."""

    pause_s: float
    collections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Collections merged.

    Attributes:
        functions: by the innermost project function on the stack; stacks: pause in seconds, a mean over runs.
        totals: of the whole run.
        seen_share: what the callback saw of what the interpreter counted (1 without any).
    """

    functions: Mapping[FunctionKey, FunctionGc]
    stacks: Mapping[StackKey, float]
    totals: GcTotals
    seen_share: float


def merge(runs: Sequence[Run], source: Source) -> Collected:
    """Merge processes by sum and runs by mean; at least one run."""
    stacks: defaultdict[StackKey, float] = defaultdict(float)
    counts: defaultdict[FunctionKey, int] = defaultdict(int)
    for report in (report for run in runs for report in run):
        for thread, numbers, library, pause_s, count in report.gc.stacks:
            frames = tuple(dict.fromkeys(source.function(report.codes[number]) for number in numbers))
            if frames:
                stacks[StackKey(thread=thread, frames=frames[::-1], library=library)] += pause_s / len(runs)
                counts[frames[0]] += count
    pauses: defaultdict[FunctionKey, float] = defaultdict(float)
    for stack, pause_s in stacks.items():
        pauses[stack.frames[-1]] += pause_s
    functions = {key: FunctionGc(pause_s=pauses[key], collections=_mean(counts[key], len(runs))) for key in counts}
    return Collected(functions=functions, stacks=stacks, totals=_totals(runs), seen_share=_seen_share(runs))


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
        collector=gcs[0].collector,
    )


def _seen_share(runs: Sequence[Run]) -> float:
    gcs = [report.gc for run in runs for report in run]
    counted = sum(sum(gc.counted) for gc in gcs)
    return min(1.0, sum(sum(gc.generations) for gc in gcs) / counted) if counted else 1.0


def _mean(total: int, runs: int) -> int:
    """Return the mean as a count: what happened in any run happened."""
    return max(round(total / runs), 1 if total else 0)
