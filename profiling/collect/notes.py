"""Say honestly what a profile could not see."""

from collections.abc import Sequence

from profiling.collect.baseline import Baseline
from profiling.collect.reports import Run
from profiling.model import RunUsage

_COVERAGE = 0.95
_UNCOVERED_FLOOR_S = 0.03
"""An interpreter's own end is not seen: some milliseconds that matter only to short workloads."""
_SAMPLES = 30
_OVERHEAD = 1.25
_GC_SEEN = 0.99


def coverage(covered_s: float, time_pass: RunUsage) -> tuple[str, ...]:
    """Note CPU that no process reported."""
    missing_s = time_pass.cpu_s - covered_s
    if missing_s <= _UNCOVERED_FLOOR_S or covered_s >= _COVERAGE * time_pass.cpu_s:
        return ()
    note = (
        f"CPU covered: {covered_s:.2f} of {time_pass.cpu_s:.2f} s ({covered_s / time_pass.cpu_s:.0%}): "
        "the rest went to processes that are no Python, ignore PYTHONPATH or were killed, and to the interpreters' end"
    )
    return (note,)


def time_pass(runs: Sequence[Run], samples: int, lost_processes: int, seen_share: float) -> tuple[str, ...]:
    """Note what limits the time pass."""
    reports = [report for run in runs for report in run]
    errors = sum(report.hook_errors for report in reports)
    notes = []
    if samples < _SAMPLES:
        notes.append(f"too few samples ({samples}, at least {_SAMPLES} are needed): the shares are uncertain")
    if lost_processes:
        notes.append(f"{lost_processes} processes ended without a report (killed, or by C code)")
    if any(report.free_threaded for report in reports):
        notes.append("free-threaded interpreter: threads run beside the sampler, stacks are approximate")
    if any(not report.thread_clocks for report in reports):
        notes.append("no CPU clock per thread on this system: threads that move share the process's CPU")
    if errors:
        notes.append(f"{errors} errors inside the profiler's own hooks were swallowed: some figures may be low")
    if seen_share < _GC_SEEN:
        notes.append(f"{seen_share:.1%} of the garbage collections were seen")
    return tuple(notes)


def overhead(baseline: Sequence[RunUsage], time_pass_usage: RunUsage) -> tuple[str, ...]:
    """Note a time pass that cost much more than the plain runs."""
    plain_s = sorted(usage.cpu_s for usage in baseline)[len(baseline) // 2]
    ratio = time_pass_usage.cpu_s / plain_s if plain_s > 0 else 1.0
    if ratio <= _OVERHEAD or time_pass_usage.cpu_s - plain_s <= _UNCOVERED_FLOOR_S:
        return ()
    return (f"the time pass took {ratio:.2f} times the CPU of the plain runs: shares are less sure than usual",)


def endings(baseline: Baseline) -> tuple[str, ...]:
    """Note a program that did not end well, and by itself."""
    if baseline.timed_out:
        return (
            f"the program was stopped at its time limit of {baseline.command.timeout_s:g} s: all figures end there",
        )
    codes = {usage.exit_code for usage in baseline.usages}
    if codes == {0}:
        return ()
    lost = ": up to half a second before that is not seen" if any(code < 0 for code in codes) else ""
    if len(codes) == 1:
        return (f"the program {baseline.endings[0]}{lost}",)
    return (f"the program did not end alike every time: it {', or '.join(baseline.endings)}{lost}",)


def wrapper(flag: str | None) -> tuple[str, ...]:
    """Note a program that could only be watched from a wrapper."""
    if flag is None:
        return ()
    note = (
        f"{flag} keeps the profiler's PYTHONPATH out, so a wrapper ran the program as its __main__:"
        " what it starts is seen only where that is not isolated as well"
    )
    return (note,)
