"""Merge what the entry points of a workload did with their time, over all processes and runs of the time pass."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from profiling.collect.reports import LengthRow, Run, TimeReport
from profiling.collect.source import Source
from profiling.collect.wait_places import SeenPlaces
from profiling.entry_points.model import EntryPoint, LoopUse
from profiling.entry_points.rule import entry_of
from profiling.model import FunctionKey

_MOST = 16
_SMALLEST_SHARE = 0.02
_FEWEST_SECONDS, _LONG_TURN = 0.01, 2
"""CPU seconds beside other threads that tell, and switch intervals that no thread runs which needs the interpreter."""


@dataclass(slots=True, kw_only=True)
class _Lane:
    """One thread of one process in one run, as far as it had the entry point on its stack."""

    process: int
    wall_s: float = 0.0
    cpu_s: float = 0.0
    beside_s: float = 0.0
    intervals: float = 0.0
    samples: int = 0
    rest_s: float = 0.0
    has_clock: bool = True

    @property
    def wanted_s(self) -> float:
        """Return the seconds in which it ran or queued for a core; where queues are not known, in which it ran."""
        return max(self.cpu_s, self.wall_s - self.rest_s) if self.has_clock else self.cpu_s


@dataclass(slots=True, kw_only=True)
class _RunSeen:
    """One entry point in one run."""

    lanes: dict[tuple[int, str], _Lane] = field(default_factory=dict)
    reports: dict[int, TimeReport] = field(default_factory=dict)
    loops: dict[int, LoopUse] = field(default_factory=dict)

    @property
    def elapsed_s(self) -> float:
        """Return the time it took."""
        if self.loops:
            return max(loop.span_s for loop in self.loops.values())
        longest: dict[int, float] = {}
        for lane in self.lanes.values():
            longest[lane.process] = max(longest.get(lane.process, 0.0), lane.wall_s)
        return max(sum(longest.values()) / _lived_at_once(self.reports.values()), *longest.values())

    @property
    def wanted_s(self) -> float:
        """Return what its lanes wanted of cores."""
        return sum(_wanted_s([lane for lane in self.lanes.values() if lane.process == one]) for one in self.reports)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """One entry point, over all runs."""

    runs: defaultdict[int, _RunSeen] = field(default_factory=lambda: defaultdict(_RunSeen))
    rests: SeenPlaces = field(default_factory=SeenPlaces)
    awaits: SeenPlaces = field(default_factory=SeenPlaces)
    at_once: int = 0


def merge(runs: Sequence[Run], source: Source) -> tuple[EntryPoint, ...]:
    """Return the entry points that took a fiftieth of the longest or more, longest first; at most 16.

    Args:
        runs: at least one.
        source: names the functions.
    """
    found: defaultdict[FunctionKey, _Seen] = defaultdict(_Seen)
    for number, run in enumerate(runs):
        for process, report in enumerate(run):
            _Merger(report=report, source=source, run=number, process=process).add(found)
    points = [_entry_point(key, seen, len(runs)) for key, seen in found.items()]
    longest_s = max((point.elapsed_s for point in points), default=0.0)
    known = [point for point in points if point.elapsed_s >= _SMALLEST_SHARE * longest_s > 0]
    return tuple(sorted(known, key=lambda point: (-point.elapsed_s, -point.wall_s, point.key))[:_MOST])


@dataclass(slots=True, kw_only=True)
class _Merger:
    """Adds one process of one run."""

    report: TimeReport
    source: Source
    run: int
    process: int
    keys: list[FunctionKey] = field(init=False)
    roots: frozenset[FunctionKey] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = [self.source.function(code) for code in self.report.codes]
        self.roots = frozenset(self.keys[row[0]] for row in self.report.awaits)

    def add(self, found: Mapping[FunctionKey, _Seen]) -> None:
        """Add all of it."""
        for thread, stack, library, cpu_s, wall_s, samples, *_ in self.report.stacks:
            key = self._entry(stack, library)
            if key is not None:
                lane = self._lane(found[key], thread)
                lane.wall_s, lane.cpu_s, lane.samples = lane.wall_s + wall_s, lane.cpu_s + cpu_s, lane.samples + samples
        for thread, stack, library, cpu_s, turns in self.report.turns:
            key = self._entry(stack, library)
            if key is not None:
                lane = self._lane(found[key], thread)
                lane.beside_s += cpu_s
                lane.intervals += turns * self.report.switch_interval_s
        for thread, stack, library, line, lengths in self.report.rests:
            key = self._entry(stack, library)
            if key is not None:
                found[key].rests.add(self.keys[stack[0]], line, library, lengths)
                self._lane(found[key], thread).rest_s += sum(row[2] for row in lengths)
        for root, at_once, number, line, lengths in self.report.awaits:
            self._add_await(found[self.keys[root]], at_once, self.keys[number], line, lengths)

    def _add_await(self, seen: _Seen, at_once: int, key: FunctionKey, line: int, lengths: Sequence[LengthRow]) -> None:
        seen.awaits.add(key, line, None, lengths)
        seen.at_once = max(seen.at_once, at_once)
        span_s, idle_s, cpu_s = (sum(row[part] for row in self.report.loops) for part in range(3))
        seen.runs[self.run].loops[self.process] = LoopUse(span_s=span_s, idle_s=idle_s, cpu_s=cpu_s)

    def _lane(self, seen: _Seen, thread: str) -> _Lane:
        of_run = seen.runs[self.run]
        of_run.reports[self.process] = self.report
        fresh = _Lane(process=self.process, has_clock=self.report.thread_clocks)
        return of_run.lanes.setdefault((self.process, thread), fresh)

    def _entry(self, stack: Sequence[int], library: str | None) -> FunctionKey | None:
        frames = [self.keys[number] for number in reversed(stack)]
        return entry_of(frames, library, self.roots) if frames else None


def _entry_point(key: FunctionKey, seen: _Seen, runs: int) -> EntryPoint:
    of_runs = list(seen.runs.values())
    lanes = [lane for one in of_runs for lane in one.lanes.values()]
    loops = [loop for one in of_runs for loop in one.loops.values()]
    return EntryPoint(
        key=key,
        runs=runs,
        elapsed_s=sum(one.elapsed_s for one in of_runs) / runs,
        wall_s=sum(lane.wall_s for lane in lanes) / runs,
        cpu_s=sum(lane.cpu_s for lane in lanes) / runs,
        samples=sum(lane.samples for lane in lanes),
        runs_freely=_runs_freely(lanes),
        wanted_s=sum(one.wanted_s for one in of_runs) / runs,
        processes=max((len(one.reports) for one in of_runs), default=1) or 1,
        threads=max((_threads(one) for one in of_runs), default=1),
        has_clocks=all(lane.has_clock for lane in lanes),
        rests=seen.rests.merged(runs),
        awaits=seen.awaits.merged(runs),
        at_once=seen.at_once,
        loop=_mean(loops, runs) if loops else None,
    )


def _threads(one: _RunSeen) -> int:
    processes = [process for process, _ in one.lanes]
    return max((processes.count(process) for process in set(processes)), default=1)


def _wanted_s(lanes: Sequence[_Lane]) -> float:
    """Return what the threads of one process wanted of cores: those that need the interpreter take turns."""
    wanted_s = sum(lane.wanted_s for lane in lanes)
    return wanted_s if _runs_freely(lanes) else min(wanted_s, max((lane.wall_s for lane in lanes), default=0.0))


def _runs_freely(lanes: Sequence[_Lane]) -> bool:
    beside_s = sum(lane.beside_s for lane in lanes)
    return beside_s >= _FEWEST_SECONDS and beside_s >= _LONG_TURN * sum(lane.intervals for lane in lanes)


def _mean(loops: Sequence[LoopUse], runs: int) -> LoopUse:
    return LoopUse(
        span_s=sum(loop.span_s for loop in loops) / runs,
        idle_s=sum(loop.idle_s for loop in loops) / runs,
        cpu_s=sum(loop.cpu_s for loop in loops) / runs,
    )


def _lived_at_once(reports: Iterable[TimeReport]) -> float:
    """Return how many of several processes lived at once, on average; at least 1."""
    lives = sorted((report.began_s, report.ended_s) for report in reports)
    whole_s, until_s = 0.0, 0.0
    for began_s, ended_s in lives:
        whole_s += max(0.0, ended_s - max(began_s, until_s))
        until_s = max(until_s, ended_s)
    return max(1.0, sum(ended_s - began_s for began_s, ended_s in lives) / whole_s) if whole_s > 0 else len(lives) or 1
