"""Run the memory pass: the traced heap, in a run of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from profiling.collect import memory
from profiling.collect.baseline import Baseline
from profiling.collect.reports import memory_reports
from profiling.collect.runs import Workload, ending
from profiling.collect.source import Source
from profiling.model import RunUsage

_MEMORY_COST = 15.0
"""CPU of the memory pass over plain: tracemalloc with one frame takes 4 to 13 times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPass:
    """The memory pass; usage is None when it gave nothing, and the notes say why."""

    usage: RunUsage | None
    merged: memory.Memory | None
    notes: tuple[str, ...]


def run(
    workload: Workload, scratch: Path, baseline: Baseline, budget_s: float, on_progress: Callable[[str], None]
) -> MemoryPass:
    """Trace the heap where that fits the budget; a failure here costs the memory figures, not the profile.

    Args:
        workload: what is run.
        scratch: existing folder outside the tree.
        baseline: at least one plain run; of a program that never ends, as much is traced as fits.
        budget_s: wall seconds it may take.
        on_progress: told what runs now.
    """
    estimate_s = estimate(baseline, budget_s)
    if estimate_s > budget_s:
        note = (
            f"memory pass skipped: at about {_MEMORY_COST:.0f} times the workload's CPU it would take"
            f" {estimate_s:.1f} s, over its budget of {budget_s:g} s; resident growth stands in"
            " (with memray in the target's environment it takes about twice the workload's)"
        )
        return MemoryPass(usage=None, merged=None, notes=(note,))
    on_progress(f"memory pass: at most about {estimate_s:.0f} s")
    injection = workload.injection("ratchet_memory", {"periodic": True, "budget_s": budget_s}, scratch)
    finished = workload.under(injection, timeout_s=_limit_s(baseline, budget_s))
    reports = memory_reports(injection.read("ratchet_memory"))
    if not baseline.is_kept_by(finished, "under the memory pass") or not reports:
        how = ending(finished.usage, timed_out=finished.timed_out)
        note = f"memory pass given up: the workload {how} while its heap was traced; resident growth stands in"
        return MemoryPass(usage=None, merged=None, notes=(note,))
    merged = memory.merge(reports, Source(root=workload.tree.root))
    return MemoryPass(usage=finished.usage, merged=merged, notes=merged.notes)


def estimate(baseline: Baseline, budget_s: float) -> float:
    """Return the wall seconds the pass is expected to take."""
    return budget_s if baseline.timed_out and budget_s else _MEMORY_COST * baseline.cpu_s


def _limit_s(baseline: Baseline, budget_s: float) -> float:
    """Return after how many seconds the run is stopped: a program that ends has time to, and is only traced less."""
    if baseline.timed_out:
        return min(budget_s, baseline.command.timeout_s)
    return 2 * budget_s + baseline.wall_s
