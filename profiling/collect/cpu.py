"""Merge the samples of all processes and runs of the time pass: CPU, waiting and resident growth by function."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from profiling.collect import waits
from profiling.collect.reports import Run, StackRow, TimeReport
from profiling.collect.source import Source
from profiling.collect.stacks import StackCpu, StackKey
from profiling.model import FunctionKey
from profiling.profile import LibraryShare, Wait


@dataclass(slots=True, kw_only=True)
class FunctionCpu:
    """What the samples say of one function, a mean over runs (samples: their sum); see `FunctionProfile`."""

    cpu_self_s: float = 0.0
    cpu_total_s: float = 0.0
    wall_blocked_s: float = 0.0
    samples_self: int = 0
    samples_total: int = 0
    rss_growth_bytes: float = 0.0
    libraries: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """Samples merged.

    Attributes:
        functions: by function, recursion counted once a sample.
        stacks: distinct project stacks; a function that recurs appears once, at its innermost place.
        seen_s: CPU seconds of all samples; covered_s: of all processes that reported.
        samples: with CPU in them, over all runs.
    """

    functions: Mapping[FunctionKey, FunctionCpu]
    stacks: Mapping[StackKey, StackCpu]
    seen_s: float
    covered_s: float
    samples: int


def merge(runs: Sequence[Run], source: Source) -> Cpu:
    """Merge processes by sum and runs by mean.

    Args:
        runs: at least one.
        source: names the functions.
    """
    functions: defaultdict[FunctionKey, FunctionCpu] = defaultdict(FunctionCpu)
    stacks: defaultdict[StackKey, StackCpu] = defaultdict(StackCpu)
    reports = [report for run in runs for report in run]
    for report in reports:
        keys = [source.function(code) for code in report.codes]
        for row in report.stacks:
            frames = tuple(dict.fromkeys(keys[number] for number in row[1]))
            _add(functions, frames, row, len(runs))
            if frames:
                _add_stack(stacks[StackKey(thread=row[0], frames=frames[::-1], library=row[2])], row, len(runs))
    for key, places in waits.merge(runs, source).items():
        functions[key].waits = places
    return Cpu(
        functions=functions,
        stacks=stacks,
        seen_s=sum(row[3] for report in reports for row in report.stacks) / len(runs),
        covered_s=sum(report.cpu_s for report in reports) / len(runs),
        samples=sum(report.samples for report in reports),
    )


def shares(libraries: Mapping[str, float]) -> tuple[LibraryShare, ...]:
    """Return library seconds, largest first."""
    return tuple(
        LibraryShare(name=name, cpu_s=cpu_s)
        for name, cpu_s in sorted(libraries.items(), key=lambda item: (-item[1], item[0]))
    )


def exercised(report: TimeReport) -> bool:
    """Say whether a process ran or imported anything of the project."""
    return bool(report.codes) or report.project_imports > 0


def _add(
    functions: defaultdict[FunctionKey, FunctionCpu], frames: tuple[FunctionKey, ...], row: StackRow, runs: int
) -> None:
    _, _, library, cpu_s, _, samples, growth, waited_s = row
    if not frames:
        return
    own = functions[frames[0]]
    own.cpu_self_s += cpu_s / runs
    own.wall_blocked_s += waited_s / runs
    own.samples_self += samples
    own.rss_growth_bytes += growth / runs
    if library is not None:
        own.libraries[library] += cpu_s / runs
    for key in frames:
        functions[key].cpu_total_s += cpu_s / runs
        functions[key].samples_total += samples


def _add_stack(stack: StackCpu, row: StackRow, runs: int) -> None:
    _, _, _, cpu_s, wall_s, samples, growth, waited_s = row
    stack.cpu_s += cpu_s / runs
    stack.wall_s += wall_s / runs
    stack.samples += samples
    stack.rss_growth_bytes += growth / runs
    stack.waited_s += waited_s / runs
