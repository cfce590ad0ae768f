"""Join the passes over a workload into one profile."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean, median

from profiling.collect import collections, counts, cpu, imports, loop, memory, notes
from profiling.collect.reports import Run, memory_reports, time_reports
from profiling.collect.runs import NothingExercised, PlainRun, Workload, WorkloadError, check
from profiling.collect.source import Source
from profiling.injection import Injection
from profiling.measure.processes import Processes
from profiling.model import Command, FunctionKey, Interpreter, RunUsage, Tree
from profiling.profile import SCHEMA_VERSION, FunctionProfile, LibraryShare, Profile

__all__ = ["NothingExercised", "PlainRun", "WorkloadError", "plain_runs", "profile"]

_RUNS = 3
"""Plain runs at least, and runs of the time pass at most: they take turns."""
_ENOUGH_SAMPLES = 1000
_COUNTS_COST, _COUNTS_LIMIT_S = 10.0, 20.0
"""Of the counts pass over plain, far above what is usual (2 to 3 times), and what any workload is given."""
_MEMORY_COST = 15.0
"""CPU of the memory pass over plain: tracemalloc with one frame takes 4 to 13 times."""


@dataclass(slots=True, kw_only=True)
class _TimePass:
    """The runs of the time pass so far."""

    injection: Injection
    usages: list[RunUsage] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    lost_processes: int = 0

    @property
    def samples(self) -> int:
        """Return the samples of all runs."""
        return sum(report.samples for run in self.runs for report in run)

    @property
    def usage(self) -> RunUsage:
        """Return the mean cost of a run."""
        return RunUsage(
            wall_s=fmean(usage.wall_s for usage in self.usages),
            cpu_s=fmean(usage.cpu_s for usage in self.usages),
            max_rss_mib=max(usage.max_rss_mib for usage in self.usages),
            exit_code=0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _MemoryPass:
    """The memory pass; usage is None when it gave nothing, and the notes say why."""

    usage: RunUsage | None
    merged: memory.Memory | None
    notes: tuple[str, ...]


def plain_runs(
    tree: Tree, command: Command, interpreter: Interpreter, processes: Processes, *, count: int
) -> tuple[PlainRun, ...]:
    """Run a workload without any harness.

    Args:
        tree, command, interpreter: what is run.
        processes: starts it.
        count: how often.

    Raises:
        WorkloadError: it failed or took too long.
        FileNotFoundError: its program can't be found.
    """
    workload = Workload(tree=tree, command=command, interpreter=interpreter, processes=processes)
    return tuple(workload.plain() for _ in range(count))


def profile(  # noqa: PLR0913 - the inputs of every pass, each named by the caller
    tree: Tree,
    command: Command,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    tree_id: str,
    budget_s: float = 60.0,
    on_progress: Callable[[str], None],
    plain: Sequence[PlainRun] = (),
) -> Profile:
    """Profile a workload: plain runs between those of the time pass, then the memory pass and the counts.

    Args:
        tree, command, interpreter: what is run.
        processes: starts it.
        scratch: existing folder outside the tree; emptied by the caller.
        tree_id: git tree hash of the source.
        budget_s: wall seconds that the memory pass may take.
        on_progress: told what runs now.
        plain: plain runs made before; with fewer than 3, more are made.

    Raises:
        WorkloadError: the workload failed or took too long.
        NothingExercised: nothing of the project ran.
        FileNotFoundError: its program can't be found.
    """
    workload = Workload(tree=tree, command=command, interpreter=interpreter, processes=processes)
    baseline = [run.usage for run in plain]
    time_pass = _TimePass(injection=workload.injection("ratchet_time", {}, scratch))
    for number in range(_RUNS):
        if len(baseline) < _RUNS:
            on_progress(f"plain run {len(baseline) + 1} of {_RUNS}: {command.text}")
            baseline.append(workload.plain().usage)
        if time_pass.samples < _ENOUGH_SAMPLES:
            on_progress(f"time pass, run {number + 1}: {time_pass.samples} samples so far")
            _run_time_pass(workload, time_pass)
    memory_pass = _run_memory_pass(workload, scratch, baseline, budget_s, on_progress)
    joined = _joined(workload, tree_id, tuple(baseline), time_pass, memory_pass)
    counted = _run_counts_pass(workload, scratch, baseline, on_progress)
    return replace(joined, functions=counts.with_calls(joined.functions, counted))


def _run_time_pass(workload: Workload, time_pass: _TimePass) -> None:
    injection = time_pass.injection
    finished = workload.under(injection)
    check(finished, workload.command, " under the time pass")
    run = time_reports(injection.read("ratchet_time"))
    _check_exercised(workload.command, run)
    time_pass.usages.append(finished.usage)
    time_pass.runs.append(run)
    time_pass.lost_processes += injection.lost_processes("ratchet_time")
    injection.clear()


def _check_exercised(command: Command, run: Run) -> None:
    if any(cpu.exercised(report) for report in run):
        return
    flag = notes.isolation(command)
    if flag is not None:
        raise NothingExercised(
            f"`{command.text}` starts the interpreter with {flag}, which keeps the profiler out: leave {flag} away"
        )
    if not run:
        raise NothingExercised(f"no Python process of `{command.text}` reported: name a command that runs Python")
    raise NothingExercised(
        f"`{command.text}` neither ran nor imported any file of the project: name a workload that uses its code"
    )


def _run_memory_pass(
    workload: Workload, scratch: Path, baseline: Sequence[RunUsage], budget_s: float, on_progress: Callable[[str], None]
) -> _MemoryPass:
    """Trace the heap where that fits the budget; a failure here costs the memory figures, not the profile."""
    estimate_s = _MEMORY_COST * median(usage.cpu_s for usage in baseline)
    if estimate_s > budget_s:
        note = (
            f"memory pass skipped: at about {_MEMORY_COST:.0f} times the workload's CPU it would take"
            f" {estimate_s:.1f} s, over its budget of {budget_s:g} s; resident growth stands in"
        )
        return _MemoryPass(usage=None, merged=None, notes=(note,))
    on_progress(f"memory pass: at most about {estimate_s:.0f} s")
    injection = workload.injection("ratchet_memory", {"periodic": True, "budget_s": budget_s}, scratch)
    finished = workload.under(injection, timeout_s=2 * budget_s + max(usage.wall_s for usage in baseline))
    reports = memory_reports(injection.read("ratchet_memory"))
    if finished.timed_out or finished.usage.exit_code != 0 or not reports:
        ending = "hit its time limit" if finished.timed_out else f"ended with exit code {finished.usage.exit_code}"
        note = f"memory pass given up: the workload {ending} while its heap was traced; resident growth stands in"
        return _MemoryPass(usage=None, merged=None, notes=(note,))
    merged = memory.merge(reports, Source(root=workload.tree.root))
    return _MemoryPass(usage=finished.usage, merged=merged, notes=merged.notes)


def _run_counts_pass(
    workload: Workload, scratch: Path, baseline: Sequence[RunUsage], on_progress: Callable[[str], None]
) -> Mapping[counts.Place, int]:
    """Count calls in a run of their own; a failure here costs the counts, not the profile."""
    on_progress("counting calls")
    injection = workload.injection(counts.HARNESS, {}, scratch)
    limit_s = _COUNTS_LIMIT_S + _COUNTS_COST * max(usage.wall_s for usage in baseline)
    finished = workload.under(injection, timeout_s=limit_s)
    if finished.timed_out or finished.usage.exit_code != 0:
        return {}
    return counts.merge(injection.read(counts.HARNESS))


def _joined(
    workload: Workload,
    tree_id: str,
    baseline: tuple[RunUsage, ...],
    time_pass: _TimePass,
    memory_pass: _MemoryPass,
) -> Profile:
    source = Source(root=workload.tree.root)
    merged = cpu.merge(time_pass.runs, source)
    collected = collections.merge(time_pass.runs, source)
    held = loop.merge(time_pass.runs, source)
    usage = time_pass.usage
    traced = memory_pass.merged
    functions = _functions(merged, collected, held, traced)
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id=tree_id,
        command=workload.command,
        interpreter=workload.interpreter,
        baseline=baseline,
        time_pass=usage,
        memory_pass=memory_pass.usage,
        cpu_covered_s=merged.covered_s,
        samples=merged.samples,
        functions=functions,
        imports=imports.merge(time_pass.runs, workload.tree.root),
        libraries=_libraries(functions),
        stacks=merged.stacks,
        gc=collected.totals,
        peak_bytes=None if traced is None else traced.peak_bytes,
        notes=(
            *notes.coverage(merged.covered_s, usage),
            *notes.time_pass(time_pass.runs, merged.samples, time_pass.lost_processes, collected.seen_share),
            *notes.overhead(baseline, usage),
            *memory_pass.notes,
        ),
        cpu_seen_s=merged.seen_s,
    )


def _functions(
    merged: cpu.Cpu,
    collected: collections.Collected,
    held: Mapping[FunctionKey, loop.FunctionLoop],
    traced: memory.Memory | None,
) -> tuple[FunctionProfile, ...]:
    keys = {*merged.functions, *collected.functions, *held, *(() if traced is None else traced.functions)}
    found = [_function(key, merged, collected, held, traced) for key in keys]
    return tuple(sorted(found, key=lambda each: (-each.cpu_self_s, -each.cpu_total_s, each.key)))


def _function(
    key: FunctionKey,
    merged: cpu.Cpu,
    collected: collections.Collected,
    held: Mapping[FunctionKey, loop.FunctionLoop],
    traced: memory.Memory | None,
) -> FunctionProfile:
    sampled = merged.functions.get(key) or cpu.FunctionCpu()
    pauses = collected.functions.get(key)
    on_loop = held.get(key) or loop.FunctionLoop()
    heap = None if traced is None else traced.functions.get(key) or memory.FunctionMemory()
    return FunctionProfile(
        key=key,
        cpu_self_s=sampled.cpu_self_s,
        cpu_total_s=sampled.cpu_total_s,
        wall_blocked_s=sampled.wall_blocked_s,
        samples_self=sampled.samples_self,
        samples_total=sampled.samples_total,
        gc_pause_s=pauses.pause_s if pauses else 0.0,
        gc_collections=pauses.collections if pauses else 0,
        rss_growth_bytes=round(sampled.rss_growth_bytes),
        peak_bytes=heap.peak_bytes if heap else None,
        live_bytes=heap.live_bytes if heap else None,
        loop_cpu_s=on_loop.cpu_s,
        loop_blocked_s=on_loop.blocked_s,
        libraries=cpu.shares(sampled.libraries),
        peak_owned_bytes=heap.owned_bytes if heap else None,
    )


def _libraries(functions: Sequence[FunctionProfile]) -> tuple[LibraryShare, ...]:
    totals: defaultdict[str, float] = defaultdict(float)
    for function in functions:
        for share in function.libraries:
            totals[share.name] += share.cpu_s
    return cpu.shares(totals)
