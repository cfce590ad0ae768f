"""Run the counts pass: exact calls, in a run of its own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from profiling.collect import caches, counts
from profiling.collect.baseline import Baseline
from profiling.collect.runs import Workload
from profiling.collect.source import Source

_COUNTS_COST, _COUNTS_LIMIT_S = 10.0, 20.0
"""Of the counts pass over plain, far above what is usual (2 to 3 times), and what any workload is given."""


def run(workload: Workload, scratch: Path, baseline: Baseline, on_progress: Callable[[str], None]) -> counts.Counted:
    """Count calls; a failure here costs the counts, not the profile.

    Args:
        workload: what is run.
        scratch: existing folder outside the tree.
        baseline: at least one plain run.
        on_progress: told what runs now.
    """
    on_progress("counting calls")
    injection = workload.injection(counts.HARNESS, baseline.options, scratch, beside=(caches.HARNESS,))
    limit_s = None if baseline.timed_out else _COUNTS_LIMIT_S + _COUNTS_COST * baseline.wall_s
    finished = workload.under(injection, timeout_s=limit_s)
    if not baseline.is_kept_by(finished, "while its calls were counted"):
        return counts.Counted()
    counted = counts.merge(injection.read(counts.HARNESS))
    found = caches.merge(injection.read(caches.HARNESS), Source(root=workload.tree.root))
    return replace(counted, caches=found)
