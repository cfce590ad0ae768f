"""Decide whether an entry point computes, waits long, waits briefly, does both, or runs in parallel already. Pure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from profiling.collect.uncertainty import ENOUGH_SAMPLES, TICK_S
from profiling.entry_points.kinds import WaitKind
from profiling.entry_points.model import EntryPoint, LoopUse, WaitPlace

MOSTLY = 0.8
"""Share of the time from which on an entry point is said to compute, or to wait (RECIPES.md section 6)."""
SLOW_S = 0.010
"""The typical wait from which on it is a slow one (RECIPES.md section 6)."""
PARALLEL_CORES = 1.3
"""So many cores wanted at once are more than one interpreter, whose threads take turns, can use."""
_OWN_SHARE = 0.2
_FEWER = 2
_HANDED_ON = frozenset({WaitKind.WORKERS, WaitKind.LOCK, WaitKind.OTHER})


class Work(StrEnum):
    """What an entry point does with its time."""

    CPU_BOUND = "CPU-bound"
    SLOW_IO = "slow I/O"
    FAST_IO = "fast I/O"
    MIXED = "mixed"
    PARALLEL = "already parallel"
    LOCKED = "waits for locks"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was decided of one entry point.

    Attributes:
        entry: as it was seen.
        work: what it does.
        why: what decided, where the share of waiting did not: a clause; else empty.
        waits: share (0 to 1) of the time it neither computed nor queued for a core in that it took without the queue;
            of a task, the time of its loop. error: two standard errors of it.
        seconds: that the shares are of: computing and waiting.
        typical_s: half of the waiting is in waits that are at least so long.
        count: waits that make nine tenths of the waiting.
        kind: what most of the waiting is for; None where nothing waited.
        cores: wanted at once, on average over its time.
        blocks: it keeps an event loop waiting.
    """

    entry: EntryPoint
    work: Work
    why: str = ""
    waits: float = 0.0
    error: float = 0.0
    seconds: float = 0.0
    typical_s: float = 0.0
    count: int = 0
    kind: WaitKind | None = None
    cores: float = 0.0
    blocks: bool = False

    @property
    def is_task(self) -> bool:
        """Say whether tasks of an event loop run it."""
        return self.entry.loop is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """Seconds that shares are made of."""

    cpu_s: float
    waited_s: float

    @property
    def whole_s(self) -> float:
        return self.cpu_s + self.waited_s

    @property
    def waits(self) -> float:
        return self.waited_s / self.whole_s if self.whole_s > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    work: Work
    why: str = ""
    blocks: bool = False


def judge(points: Sequence[EntryPoint], kind_of: Callable[[WaitPlace], WaitKind]) -> tuple[Judged, ...]:
    """Decide of all entry points of a workload, in their order.

    Args:
        points: of one profile.
        kind_of: tells what a place waits for.
    """
    return tuple(_judged(point, [one for one in points if one is not point], kind_of) for point in points)


def typical_s(entry: EntryPoint) -> float:
    """Return the length of the waits in which half of the waiting is spent: many short ones hide no long ones."""
    whole_s = sum(length.seconds for length in entry.lengths)
    seen_s = 0.0
    for length in reversed(entry.lengths):
        seen_s += length.seconds
        if seen_s >= whole_s / 2:
            return length.each_s
    return 0.0


def waits_that_matter(entry: EntryPoint) -> int:
    """Return how many of the longest waits make nine tenths of the waiting, to the nearest length."""
    whole_s = sum(length.seconds for length in entry.lengths)
    seen_s, count = 0.0, 0.0
    for length in reversed(entry.lengths):
        if seen_s >= 0.9 * whole_s:
            break
        seen_s, count = seen_s + length.seconds, count + length.count
    return round(count)


def _judged(entry: EntryPoint, others: Sequence[EntryPoint], kind_of: Callable[[WaitPlace], WaitKind]) -> Judged:
    times = _times(entry) if entry.loop is None else _loop_times(entry, entry.loop, others)
    kind = _main_kind(entry, kind_of)
    looks = entry.elapsed_s * entry.runs / TICK_S
    if looks < ENOUGH_SAMPLES or times.whole_s <= 0:
        needed_s = ENOUGH_SAMPLES * TICK_S
        why = f"seen for {entry.elapsed_s * entry.runs:.2g} s in {entry.runs} runs, {needed_s:.2g} s are asked for"
        verdict = _Verdict(work=Work.UNKNOWN, why=why)
    elif entry.loop is None:
        verdict = _of_lanes(entry, times, kind, others)
    else:
        verdict = _of_task(entry, entry.loop, times, kind, others)
    return Judged(
        entry=entry,
        work=verdict.work,
        why=verdict.why,
        waits=times.waits,
        error=2 * sqrt(times.waits * (1 - times.waits) / looks) if looks > 0 else 1.0,
        seconds=times.whole_s,
        typical_s=typical_s(entry),
        count=waits_that_matter(entry),
        kind=kind,
        cores=_cores(entry),
        blocks=verdict.blocks,
    )


def _times(entry: EntryPoint) -> _Times:
    return _Times(cpu_s=entry.cpu_s, waited_s=entry.rest_s)


def _loop_times(entry: EntryPoint, loop: LoopUse, others: Sequence[EntryPoint]) -> _Times:
    """Return the times of a loop: it computes, it has nothing to do, or a task waits without giving way."""
    blocked_s = entry.rest_s + sum(one.rest_s for one in others if one.loop == loop)
    return _Times(cpu_s=loop.cpu_s, waited_s=max(0.0, loop.span_s - loop.held_s) + min(blocked_s, loop.held_s))


def _main_kind(entry: EntryPoint, kind_of: Callable[[WaitPlace], WaitKind]) -> WaitKind | None:
    seconds: defaultdict[WaitKind, float] = defaultdict(float)
    for place in entry.places:
        seconds[kind_of(place)] += place.seconds
    return max(seconds, key=lambda kind: seconds[kind], default=None)


def _cores(entry: EntryPoint) -> float:
    return entry.wanted_s / entry.elapsed_s if entry.elapsed_s > 0 else 0.0


def _of_lanes(entry: EntryPoint, times: _Times, kind: WaitKind | None, others: Sequence[EntryPoint]) -> _Verdict:
    """Decide of threads and processes."""
    cores = _cores(entry)
    if cores >= PARALLEL_CORES:
        return _Verdict(work=Work.PARALLEL, why=f"{_lanes(entry)} want {cores:.1f} cores at once")
    if entry.processes > 1 and kind in _HANDED_ON:
        return _Verdict(work=Work.PARALLEL, why=f"{_lanes(entry)} do the work, {cores:.1f} cores at once")
    if entry.threads > 1 and cores >= MOSTLY:
        return _Verdict(work=Work.CPU_BOUND, why=f"its {_lanes(entry)} take turns in one interpreter")
    if not entry.has_clocks and times.whole_s < MOSTLY * entry.wall_s:
        unseen_s = entry.wall_s - times.whole_s
        return _Verdict(work=Work.UNKNOWN, why=f"for {unseen_s:.2g} s this system tells no short wait from a busy core")
    if times.waits < 1 - MOSTLY:
        return _Verdict(work=Work.CPU_BOUND)
    if times.waits <= MOSTLY:
        return _Verdict(work=Work.MIXED)
    return _of_waits(entry, kind, others)


def _of_waits(entry: EntryPoint, kind: WaitKind | None, others: Sequence[EntryPoint]) -> _Verdict:
    """Decide of what mostly waits, by what it waits for."""
    is_alone = entry.threads == 1
    helped_s = sum(one.wall_s for one in others if one.loop is None)
    if kind is WaitKind.WORKERS or (kind is WaitKind.LOCK and is_alone and helped_s >= entry.rest_s / _FEWER):
        return _Verdict(work=Work.PARALLEL, why="it waits for what it handed to threads or processes of its own")
    if kind is WaitKind.LOCK:
        return _Verdict(work=Work.LOCKED)
    is_slow = kind is WaitKind.LOOP or typical_s(entry) >= SLOW_S
    return _Verdict(work=Work.SLOW_IO if is_slow else Work.FAST_IO)


def _of_task(
    entry: EntryPoint, loop: LoopUse, times: _Times, kind: WaitKind | None, others: Sequence[EntryPoint]
) -> _Verdict:
    """Decide of what tasks of an event loop run: what they await is one with the others, what they compute is not."""
    computes = entry.cpu_s >= _OWN_SHARE * loop.cpu_s
    if entry.rest_s > times.waited_s / 2 and times.waits >= 1 - MOSTLY:
        work = Work.SLOW_IO if typical_s(entry) >= SLOW_S else Work.FAST_IO
        return _Verdict(work=work if times.waits > MOSTLY else Work.MIXED, blocks=True)
    if times.waits < 1 - MOSTLY:
        starved = "its loop computes in other tasks nearly all the time, which what it awaits can't be told from"
        return _Verdict(work=Work.CPU_BOUND) if computes else _Verdict(work=Work.UNKNOWN, why=starved)
    if not computes and _supervises(entry, kind, others):
        return _Verdict(work=Work.PARALLEL, why="it waits for tasks that it started")
    return _Verdict(work=Work.MIXED if times.waits <= MOSTLY and computes else Work.SLOW_IO)


def _supervises(entry: EntryPoint, kind: WaitKind | None, others: Sequence[EntryPoint]) -> bool:
    """Say whether a task does nothing but wait for others that wait more often."""
    started = [one for one in others if one.loop is not None and waits_that_matter(one) >= _FEWER]
    count = waits_that_matter(entry)
    return (
        entry.at_once == 1
        and kind in _HANDED_ON
        and any(waits_that_matter(one) >= _FEWER * count and one.awaited_s >= entry.awaited_s / 2 for one in started)
    )


def _lanes(entry: EntryPoint) -> str:
    if entry.processes > 1:
        return f"{entry.processes} processes"
    return f"{entry.threads} threads" if entry.threads > 1 else "the thread"
