"""Merge what the entry points of a workload did with their time, over all processes and runs of the time pass."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from profiling.collect.reports import LengthRow, Run, TimeReport
from profiling.collect.source import Source
from profiling.entry_points.model import EntryPoint, LoopUse, WaitLength, WaitPlace
from profiling.entry_points.rule import entry_of
from profiling.model import FunctionKey

_MOST, _MOST_PLACES = 16, 8
_SMALLEST_SHARE = 0.02
_Place = tuple[FunctionKey, int, str | None]


@dataclass(slots=True)
class _Lane:
    """One thread of one process in one run, as far as it had the entry point on its stack."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    samples: int = 0
    rest_s: float = 0.0


@dataclass(slots=True)
class _Seen:
    """One entry point, over all runs."""

    processes: defaultdict[int, dict[int, TimeReport]] = field(default_factory=lambda: defaultdict(dict))
    lanes: defaultdict[int, defaultdict[tuple[int, str], _Lane]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_Lane))
    )
    places: defaultdict[_Place, defaultdict[int, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    )
    awaited_s: float = 0.0
    at_once: int = 0
    loops: dict[tuple[int, int], tuple[float, float, float]] = field(default_factory=dict)
    has_clocks: bool = True


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
    points = [_entry_point(key, seen, len(runs)) for key, seen in found.items() if seen.lanes or seen.loops]
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
            seen = self._seen(found, stack, library)
            if seen is not None:
                lane = seen.lanes[self.run][self.process, thread]
                lane.wall_s, lane.cpu_s, lane.samples = lane.wall_s + wall_s, lane.cpu_s + cpu_s, lane.samples + samples
                seen.processes[self.run][self.process] = self.report
                seen.has_clocks &= self.report.thread_clocks
        for thread, stack, library, line, lengths in self.report.rests:
            seen = self._seen(found, stack, library)
            if seen is not None:
                _add_lengths(seen, (self.keys[stack[0]], line, library), lengths)
                seen.lanes[self.run][self.process, thread].rest_s += sum(row[2] for row in lengths)
        for root, at_once, number, line, lengths in self.report.awaits:
            seen = found[self.keys[root]]
            _add_lengths(seen, (self.keys[number], line, None), lengths)
            seen.awaited_s += sum(row[2] for row in lengths)
            seen.at_once = max(seen.at_once, at_once)
            span_s, held_s, cpu_s = (sum(row[part] for row in self.report.loops) for part in range(3))
            seen.loops[self.run, self.process] = (span_s, held_s, cpu_s)

    def _seen(self, found: Mapping[FunctionKey, _Seen], stack: Sequence[int], library: str | None) -> _Seen | None:
        frames = [self.keys[number] for number in reversed(stack)]
        key = entry_of(frames, library, self.roots) if frames else None
        return None if key is None else found[key]


def _add_lengths(seen: _Seen, place: _Place, lengths: Sequence[LengthRow]) -> None:
    powers = seen.places[place]
    for power, count, seconds in lengths:
        powers[power][0] += count
        powers[power][1] += seconds


def _entry_point(key: FunctionKey, seen: _Seen, runs: int) -> EntryPoint:
    lanes = [lane for run in seen.lanes.values() for lane in run.values()]
    longest = [
        max(_span_s(seen.processes[number]), *(lane.wall_s for lane in run.values()))
        for number, run in seen.lanes.items()
    ]
    loop = _loop(seen, runs)
    return EntryPoint(
        key=key,
        runs=runs,
        elapsed_s=loop.span_s if loop is not None else sum(longest) / runs,
        wall_s=sum(lane.wall_s for lane in lanes) / runs,
        cpu_s=sum(lane.cpu_s for lane in lanes) / runs,
        samples=sum(lane.samples for lane in lanes),
        rest_s=sum(lane.rest_s for lane in lanes) / runs,
        processes=max((len({process for process, _ in run}) for run in seen.lanes.values()), default=1),
        threads=max(_threads(seen), default=1),
        has_clocks=seen.has_clocks,
        places=_places(seen, runs),
        lengths=_lengths(seen, runs),
        awaited_s=seen.awaited_s / runs,
        at_once=seen.at_once,
        loop=loop,
    )


def _threads(seen: _Seen) -> Iterator[int]:
    for run in seen.lanes.values():
        processes = [process for process, _ in run]
        yield from (processes.count(process) for process in set(processes))


def _span_s(processes: Mapping[int, TimeReport]) -> float:
    """Return the seconds in which any of several processes lived, those that started others of them left out."""
    parents = {report.ppid for report in processes.values()}
    lives = sorted((one.began_s, one.ended_s) for one in processes.values() if one.pid not in parents)
    if len(lives) < 2:
        return 0.0
    whole_s, until_s = 0.0, lives[0][0]
    for began_s, ended_s in lives:
        whole_s += max(0.0, ended_s - max(began_s, until_s))
        until_s = max(until_s, ended_s)
    return whole_s


def _loop(seen: _Seen, runs: int) -> LoopUse | None:
    if not seen.loops:
        return None
    span_s, held_s, cpu_s = (sum(figures[part] for figures in seen.loops.values()) / runs for part in range(3))
    return LoopUse(span_s=span_s, held_s=held_s, cpu_s=cpu_s)


def _places(seen: _Seen, runs: int) -> tuple[WaitPlace, ...]:
    places = [
        WaitPlace(
            key=key,
            line=line,
            library=library,
            seconds=sum(seconds for _, seconds in powers.values()) / runs,
            count=sum(count for count, _ in powers.values()) / runs,
        )
        for (key, line, library), powers in seen.places.items()
    ]
    return tuple(sorted(places, key=lambda place: (-place.seconds, place.key, place.line))[:_MOST_PLACES])


def _lengths(seen: _Seen, runs: int) -> tuple[WaitLength, ...]:
    whole: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for powers in seen.places.values():
        for power, (count, seconds) in powers.items():
            whole[power][0] += count
            whole[power][1] += seconds
    return tuple(
        WaitLength(count=count / runs, seconds=seconds / runs) for _, (count, seconds) in sorted(whole.items()) if count
    )
