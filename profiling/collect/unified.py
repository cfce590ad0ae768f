"""Make the profile of a workload: its passes in their order."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from profiling.collect import counts, counts_pass, cpu, memory_pass, notes
from profiling.collect.baseline import RUNS, Baseline
from profiling.collect.joined import join
from profiling.collect.reports import Run, time_reports
from profiling.collect.runs import NothingExercised, PlainRun, Workload, WorkloadError, check
from profiling.collect.source import Source
from profiling.collect.time_pass import TimePass
from profiling.deep import memray
from profiling.injection import Harness
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Interpreter, Tree
from profiling.profile import Profile

__all__ = ["NothingExercised", "PlainRun", "WorkloadError", "plain_runs", "profile"]

_ENOUGH_SAMPLES = 1000


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
    with processes.turn():
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
    tolerant: bool = False,
    watchers: tuple[Harness, ...] = (),
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
        tolerant: profile also a program that fails, is killed, or is stopped at its time limit; a note says so.
        watchers: harnesses that stand beside that of every pass.

    Raises:
        WorkloadError: the workload failed or took too long, which is not tolerated, or before it ran the project.
        NothingExercised: nothing of the project ran.
        FileNotFoundError: its program can't be found.
    """
    workload = Workload(
        tree=tree,
        command=command,
        interpreter=interpreter,
        processes=processes,
        tolerant=tolerant,
        watchers=watchers,
    )
    baseline = Baseline(command=command, runs=list(plain))
    with processes.turn():
        time_pass = _time_pass(workload, baseline, scratch, on_progress)
    # memray costs a third, but sees neither classes nor tasks: it is for what would be skipped.
    is_dear = memory_pass.estimate(baseline, budget_s) > budget_s
    trace = memray.run if is_dear else memory_pass.run
    heap = trace(workload, scratch, baseline, budget_s, on_progress)
    joined = join(workload, tree_id, baseline.usages, time_pass, heap)
    counted = counts_pass.run(workload, scratch, baseline, on_progress)
    joined = counts.with_counts(joined, counted, Source(root=tree.root))
    return replace(
        joined,
        timed_out=baseline.timed_out,
        notes=(
            *notes.endings(baseline),
            *notes.wrapper(workload.blocking_flag()),
            *joined.notes,
            *baseline.differences,
        ),
    )


def _time_pass(workload: Workload, baseline: Baseline, scratch: Path, on_progress: Callable[[str], None]) -> TimePass:
    """Run the time pass until it has enough samples, the plain runs that are missing between its runs."""
    _run_plainly(workload, baseline, on_progress)
    time_pass = TimePass(injection=workload.injection("ratchet_time", baseline.options, scratch))
    for number in range(RUNS):
        if number == 0 or time_pass.samples < _ENOUGH_SAMPLES:
            on_progress(f"time pass, run {number + 1}: {time_pass.samples} samples so far")
            _run_time_pass(workload, baseline, time_pass, scratch)
        if baseline.timed_out:
            break
        _run_plainly(workload, baseline, on_progress)
    return time_pass


def _run_plainly(workload: Workload, baseline: Baseline, on_progress: Callable[[str], None]) -> None:
    if not baseline.is_complete:
        on_progress(f"plain run {len(baseline.runs) + 1} of {RUNS}: {workload.command.text}")
        baseline.runs.append(workload.plain())


def _run_time_pass(workload: Workload, baseline: Baseline, time_pass: TimePass, scratch: Path) -> None:
    finished = _under_time_pass(workload, baseline, time_pass, scratch)
    injection = time_pass.injection
    run = time_reports(injection.read("ratchet_time"))
    is_exercised = any(cpu.exercised(report) for report in run)
    if not (workload.tolerant and is_exercised):
        check(finished, workload.command, " under the time pass")
    if not is_exercised:
        raise _nothing_exercised(workload.command, run)
    baseline.is_kept_by(finished, "under the time pass")
    time_pass.usages.append(finished.usage)
    time_pass.runs.append(run)
    time_pass.lost_processes += injection.lost_processes("ratchet_time")
    injection.clear()


def _under_time_pass(workload: Workload, baseline: Baseline, time_pass: TimePass, scratch: Path) -> Finished:
    """Run it; once more with reports all the time where something killed a process that had not reported."""
    finished = workload.under(time_pass.injection)
    if baseline.options or not time_pass.injection.lost_processes("ratchet_time"):
        return finished
    baseline.loses_processes = True
    time_pass.injection = workload.injection("ratchet_time", baseline.options, scratch)
    return workload.under(time_pass.injection)


def _nothing_exercised(command: Command, run: Run) -> NothingExercised:
    if not run:
        return NothingExercised(f"no Python process of `{command.text}` reported: name a command that runs Python")
    return NothingExercised(
        f"`{command.text}` neither ran nor imported any file of the project: name a workload that uses its code"
    )
