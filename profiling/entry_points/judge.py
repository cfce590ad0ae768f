"""Decide whether an entry point computes, waits long, waits briefly, does both, or runs in parallel already. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from profiling.collect.uncertainty import ENOUGH_SAMPLES, TICK_S
from profiling.entry_points.kinds import WaitKind
from profiling.entry_points.model import EntryPoint, LoopUse, WaitLength, WaitPlace

MOSTLY = 0.8
"""Share of the time from which on an entry point is said to compute, or to wait (docs/plan.md)."""
SLOW_S = 0.010
"""The typical wait from which on it is a slow one (docs/plan.md)."""
PARALLEL_CORES = 1.3
"""So many cores wanted at once are more than one interpreter, whose threads take turns, can use."""
_OWN_SHARE, _MATTER_SHARE = 0.2, 0.75
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
        share: 0 to 1, of waiting in the time that it computed or waited (queueing for a core left out); of a task, in
            that of its loop. error: two standard errors of it.
        seconds: computed or waited.
        waits: of its threads, or what its tasks await.
        typical_s: half of the waiting is in waits that are at least so long.
        count: waits that make three quarters of the waiting.
        kind: what most of the waiting is for; None where nothing waited.
        blocks: it keeps an event loop waiting.
    """

    entry: EntryPoint
    work: Work
    why: str
    share: float
    error: float
    seconds: float
    waits: tuple[WaitPlace, ...]
    typical_s: float
    count: int
    kind: WaitKind | None
    blocks: bool

    @property
    def is_task(self) -> bool:
        """Say whether tasks of an event loop run it."""
        return self.entry.loop is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What a decision is made of.

    Attributes:
        cpu_s, waited_s: of the entry point's lanes, or of its loop.
        idle_s: it had nothing to do: those waits tell nothing.
        waits: that count; kind: of most of them.
        blocks: they hold an event loop.
    """

    entry: EntryPoint
    waits: tuple[WaitPlace, ...]
    kind: WaitKind | None
    cpu_s: float
    waited_s: float
    idle_s: float = 0.0
    blocks: bool = False

    @property
    def whole_s(self) -> float:
        return self.cpu_s + self.waited_s

    @property
    def share(self) -> float:
        return self.waited_s / self.whole_s if self.whole_s > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    work: Work
    why: str = ""


def judge(points: Sequence[EntryPoint], kind_of: Callable[[WaitPlace], WaitKind]) -> tuple[Judged, ...]:
    """Decide of all entry points of a workload, in their order.

    Args:
        points: of one profile.
        kind_of: tells what a place waits for.
    """
    return tuple(_judged(point, [one for one in points if one is not point], kind_of) for point in points)


def typical_s(waits: Sequence[WaitPlace]) -> float:
    """Return the length of the waits in which half of the waiting is spent: many short ones hide no long ones."""
    half_s = _seconds(waits) / 2
    seen_s = 0.0
    for length in _longest_first(waits):
        seen_s += length.seconds
        if seen_s >= half_s:
            return length.each_s
    return 0.0


def waits_that_matter(waits: Sequence[WaitPlace]) -> int:
    """Return how many of the longest waits make three quarters of the waiting, to the nearest length."""
    most_s = _MATTER_SHARE * _seconds(waits)
    seen_s, count = 0.0, 0.0
    for length in _longest_first(waits):
        if seen_s >= most_s:
            break
        seen_s, count = seen_s + length.seconds, count + length.count
    return round(count)


def _longest_first(waits: Sequence[WaitPlace]) -> list[WaitLength]:
    return sorted((length for place in waits for length in place.lengths), key=lambda length: -length.each_s)


def _judged(entry: EntryPoint, others: Sequence[EntryPoint], kind_of: Callable[[WaitPlace], WaitKind]) -> Judged:
    about = _about_lanes(entry, kind_of) if entry.loop is None else _about_task(entry, entry.loop, others, kind_of)
    looks = (entry.elapsed_s - about.idle_s) * entry.runs / TICK_S
    verdict = _verdict(about, others) if looks >= ENOUGH_SAMPLES and about.whole_s > 0 else _too_little(about)
    return Judged(
        entry=entry,
        work=verdict.work,
        why=verdict.why,
        share=about.share,
        error=2 * sqrt(about.share * (1 - about.share) / looks) if looks > 0 else 1.0,
        seconds=about.whole_s,
        waits=about.waits,
        typical_s=typical_s(about.waits),
        count=waits_that_matter(about.waits),
        kind=about.kind,
        blocks=about.blocks,
    )


def _about_lanes(entry: EntryPoint, kind_of: Callable[[WaitPlace], WaitKind]) -> _About:
    kinds = _seconds_by_kind(entry.rests, kind_of)
    idle_s = kinds.pop(WaitKind.IDLE, 0.0)
    return _About(
        entry=entry,
        waits=tuple(place for place in entry.rests if kind_of(place) is not WaitKind.IDLE),
        kind=_largest(kinds),
        cpu_s=entry.cpu_s,
        waited_s=sum(kinds.values()),
        idle_s=idle_s,
    )


def _about_task(
    entry: EntryPoint, loop: LoopUse, others: Sequence[EntryPoint], kind_of: Callable[[WaitPlace], WaitKind]
) -> _About:
    """Return the times of a loop: it computes, it has nothing to do, or a task waits without giving way."""
    own_s = _seconds(entry.rests)
    blocked_s = own_s + sum(_seconds(one.rests) for one in others if one.loop == loop)
    waited_s = loop.idle_s + blocked_s
    blocks = own_s > waited_s / 2
    waits = entry.rests if blocks else entry.awaits
    kind = _largest(_seconds_by_kind(waits, kind_of))
    return _About(entry=entry, waits=waits, kind=kind, cpu_s=loop.cpu_s, waited_s=waited_s, blocks=blocks)


def _seconds_by_kind(waits: Sequence[WaitPlace], kind_of: Callable[[WaitPlace], WaitKind]) -> dict[WaitKind, float]:
    """Return what was waited for; where it is not known for what while others ran, that was the interpreter."""
    seconds: defaultdict[WaitKind, float] = defaultdict(float)
    for place in waits:
        kind = kind_of(place)
        seconds[kind] += place.seconds - (place.contended_s if kind is WaitKind.OTHER else 0.0)
    return dict(seconds)


def _seconds(waits: Sequence[WaitPlace]) -> float:
    return sum(place.seconds for place in waits)


def _largest(kinds: Mapping[WaitKind, float]) -> WaitKind | None:
    return max(kinds, key=lambda kind: kinds[kind], default=None)


def _too_little(about: _About) -> _Verdict:
    entry, needed_s = about.entry, ENOUGH_SAMPLES * TICK_S
    seen_s = max(0.0, entry.elapsed_s - about.idle_s) * entry.runs
    idle = " without its waiting for work to come" if about.idle_s > 0 else ""
    runs = f"{entry.runs} run{'s' * (entry.runs > 1)}"
    return _Verdict(work=Work.UNKNOWN, why=f"seen for {seen_s:.2g} s in {runs}{idle}, {needed_s:.2g} s are asked for")


def _verdict(about: _About, others: Sequence[EntryPoint]) -> _Verdict:
    loop = about.entry.loop
    return _of_lanes(about, others) if loop is None else _of_task(about, loop, others)


def _of_lanes(about: _About, others: Sequence[EntryPoint]) -> _Verdict:
    """Decide of threads and processes."""
    entry = about.entry
    cores = entry.wanted_s / entry.elapsed_s
    if cores >= PARALLEL_CORES:
        return _Verdict(work=Work.PARALLEL, why=f"{_lanes(entry)} want {cores:.1f} cores at once")
    if entry.runs_freely and about.share <= MOSTLY:
        return _Verdict(work=Work.PARALLEL, why=f"its {_lanes(entry)} compute without the interpreter")
    if entry.processes > 1 and about.kind in _HANDED_ON:
        return _Verdict(work=Work.PARALLEL, why=f"it runs in {_lanes(entry)}, which want {cores:.1f} cores at once")
    if not entry.has_clocks and about.whole_s < MOSTLY * entry.wall_s:
        unseen_s = entry.wall_s - about.whole_s
        return _Verdict(work=Work.UNKNOWN, why=f"for {unseen_s:.2g} s this system tells no short wait from a busy core")
    if about.share < 1 - MOSTLY:
        return _Verdict(work=Work.CPU_BOUND, why=f"its {_lanes(entry)} take turns" if entry.threads > 1 else "")
    return _of_waits(about, others) if about.share > MOSTLY else _Verdict(work=Work.MIXED)


def _of_waits(about: _About, others: Sequence[EntryPoint]) -> _Verdict:
    """Decide of what mostly waits, by what it waits for."""
    entry, kind = about.entry, about.kind
    helped_s = sum(one.wall_s for one in others if one.loop is None) if entry.threads == 1 else 0.0
    if kind is WaitKind.WORKERS or (kind is WaitKind.LOCK and helped_s >= about.waited_s / _FEWER):
        return _Verdict(work=Work.PARALLEL, why="it waits for what it handed to threads or processes of its own")
    if kind is WaitKind.LOCK:
        return _Verdict(work=Work.LOCKED)
    return _Verdict(work=Work.SLOW_IO if kind is WaitKind.LOOP else _slow_or_fast(about))


def _of_task(about: _About, loop: LoopUse, others: Sequence[EntryPoint]) -> _Verdict:
    """Decide of what tasks of an event loop run: what they await is one with the others, what they compute is not."""
    computes = about.entry.cpu_s > 0 and about.entry.cpu_s >= _OWN_SHARE * loop.cpu_s
    if not computes and _supervises(about, others):
        return _Verdict(work=Work.PARALLEL, why="it waits for tasks that it started")
    if about.share < 1 - MOSTLY:
        starved = "its loop computes in other tasks nearly all the time, which can't be told from what it awaits"
        return _Verdict(work=Work.CPU_BOUND) if computes else _Verdict(work=Work.UNKNOWN, why=starved)
    if about.share <= MOSTLY and computes:
        return _Verdict(work=Work.MIXED)
    return _Verdict(work=_slow_or_fast(about) if about.blocks else Work.SLOW_IO)


def _slow_or_fast(about: _About) -> Work:
    return Work.SLOW_IO if typical_s(about.waits) >= SLOW_S else Work.FAST_IO


def _supervises(about: _About, others: Sequence[EntryPoint]) -> bool:
    """Say whether a task does nothing but wait for others that wait more often."""
    entry = about.entry
    if entry.at_once > 1 or about.kind not in _HANDED_ON:
        return False
    often = max(_FEWER, _FEWER * waits_that_matter(entry.awaits))
    return any(
        one.loop is not None
        and waits_that_matter(one.awaits) >= often
        and _seconds(one.awaits) >= _seconds(entry.awaits) / 2
        for one in others
    )


def _lanes(entry: EntryPoint) -> str:
    if entry.processes > 1:
        return f"{entry.processes} processes"
    return f"{entry.threads} threads" if entry.threads > 1 else "thread"
