"""What to run beside what, by what was decided of an entry point; or why there is nothing to gain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from profiling.entry_points.judge import Judged, Work
from profiling.entry_points.kinds import Kinds, WaitKind
from profiling.entry_points.units import Loop, Unit, shares, stacks_of, unit_of
from profiling.facts import Facts
from profiling.formats.quantities import seconds_text
from profiling.model import FunctionKey
from profiling.profile import Profile
from profiling.targets import MODULE_BODY

_NOTED_SHARE, _MOST_FUNCTIONS = 0.15, 3
_TINY_S = 0.001
"""Handing a piece of work to another process costs about a tenth of this."""
_WORTH_S = 0.5
"""Starting a pool of processes that import a project takes a tenth to several tenths of a second."""
_FEWEST_WAITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What to do, with its sketch in words; no sketch where there is nothing to do."""

    action: str
    before: str = ""
    after: str = ""


def steps_of(one: Judged, profile: Profile, kinds: Kinds, facts: Facts | None = None) -> Steps:
    """Return what to do about an entry point.

    Args:
        one: what was decided of it.
        profile: that it is from.
        kinds: reads the source.
        facts: of the workload, where some were recorded.
    """
    match one.work:
        case Work.CPU_BOUND:
            return _processes(one, unit_of(profile, one.entry.key, kinds, facts))
        case Work.SLOW_IO | Work.FAST_IO:
            return _overlap(one)
        case Work.MIXED:
            return _split(one, profile)
        case Work.PARALLEL:
            return Steps(action="nothing to start beside it; what it hands out is what can be made cheaper")
        case Work.LOCKED:
            return Steps(action="more threads would wait as well: do less while the lock is held, or give each its own")
        case Work.UNKNOWN:
            return Steps(action="profile a longer run of it to know")
        case _:
            assert_never(one.work)


def named(key: FunctionKey) -> str:
    """Return how a function is called in a sentence."""
    return f"the body of {key.file}" if key.qualname == MODULE_BODY else key.qualname


def _processes(one: Judged, unit: Unit | Loop | None) -> Steps:
    whole = seconds_text(one.entry.cpu_s)
    loop_first = "; a process frees the event loop too" * one.is_task
    if unit is None:
        return Steps(action="one call without a loop: there is nothing to split, so that processes gain nothing")
    if one.entry.cpu_s < _WORTH_S:
        return Steps(action=f"it computes {whole} in all, and starting processes takes about as long")
    if isinstance(unit, Loop):
        place = f"{unit.key.file}:{unit.line}{f', {unit.steps:,} steps' if unit.steps else ''}"
        return Steps(
            action=f"to split: the loop over `{unit.over}` ({place}), if no step needs the one before{loop_first}",
            before=f"one loop computes {whole} on one core",
            after="its parts on N cores (ProcessPoolExecutor): 1/N of that and what starting them costs",
        )
    chunks = ", many at a time (chunksize): one is cheaper than to hand it over" if unit.seconds < _TINY_S else ""
    return Steps(
        action=(
            f"hand the {unit.calls:,} calls of {named(unit.key)} by {named(unit.caller)}"
            f" ({seconds_text(unit.seconds)} of CPU each) to processes{chunks}, if none needs the one before and what"
            f" they take and return is small{loop_first}"
        ),
        before=f"{unit.calls:,} calls one after the other: {whole} on one core",
        after="ProcessPoolExecutor.map over N cores: 1/N of that and what starting them costs",
    )


def _overlap(one: Judged) -> Steps:
    if one.blocks:
        return Steps(
            action="it waits without await and holds its loop: await a call that does not block, or asyncio.to_thread",
            before="one task waits, and all others with it",
            after="await, and the others run meanwhile",
        )
    if one.entry.at_once > 1:
        return Steps(
            action=f"up to {one.entry.at_once} tasks wait at once already: more only if what they wait for bears it"
        )
    lanes = one.entry.threads if one.entry.processes == 1 else one.entry.processes
    if lanes > 1:
        return Steps(action=f"{lanes} of its threads or processes wait at once already: more only if that bears it")
    if one.count < _FEWEST_WAITS:
        return Steps(action=f"{'one wait' if one.count == 1 else 'too few waits'} to overlap: make it shorter instead")
    if one.kind is WaitKind.SLEEP and not one.is_task:
        return _asleep(one)
    waiting = f"{one.count} waits of {seconds_text(one.typical_s)} one after the other"
    if one.work is Work.SLOW_IO:
        return Steps(action=_slow(one), before=waiting, after="N at once under a semaphore: about 1/N of the waiting")
    return Steps(
        action=(
            "ask for more at a time (batches, a buffer, one connection kept), or let a few threads wait: these are too"
            " short for what an event loop costs; if none needs the one before"
        ),
        before=waiting,
        after="a ThreadPoolExecutor of N: about 1/N of the waiting, and what handing over costs",
    )


def _slow(one: Judged) -> str:
    if one.is_task:
        return "start them together (asyncio.gather or a task group, under a semaphore), if none needs the one before"
    if one.kind is WaitKind.CHILD:
        return (
            "start the next child before the last has ended, as many as there are cores, if none needs the one before"
        )
    return "run them under asyncio with a library that awaits, else in threads, if none needs the one before"


def _asleep(one: Judged) -> Steps:
    return Steps(
        action=(
            "it sleeps by itself: wait for what it waits for (an event, a condition) instead of asking again and again;"
            " sleeps that stand for other waits overlap under asyncio or in threads"
        ),
        before=f"{one.count} sleeps of {seconds_text(one.typical_s)} one after the other",
        after="an event that wakes it, or N sleeps at once",
    )


def _split(one: Judged, profile: Profile) -> Steps:
    stacks = stacks_of(profile, one.entry.key)
    computing = _listed(shares(stacks, lambda stack: stack.cpu_s).items())
    whole_s = sum(place.seconds for place in one.waits)
    places = [(place.key, place.seconds / whole_s) for place in one.waits] if whole_s > 0 else []
    waiting = _listed(_summed(places))
    return Steps(
        action=(
            f"computing: {computing}; waiting: {waiting}. Start the waits ahead of the work that needs them"
            f" ({'tasks' if one.is_task else 'threads, or asyncio where they are long'}), compute meanwhile; what"
            " computes goes to processes if it is in the way"
        ),
        before="wait, compute, wait, compute",
        after="waits run beside the computing: at best the longer of the two is left",
    )


def _summed(places: Sequence[tuple[FunctionKey, float]]) -> Iterator[tuple[FunctionKey, float]]:
    keys = dict.fromkeys(key for key, _ in places)
    yield from ((key, sum(share for other, share in places if other == key)) for key in keys)


def _listed(parts: Iterable[tuple[FunctionKey, float]]) -> str:
    shown = [(key, share) for key, share in parts if share >= _NOTED_SHARE][:_MOST_FUNCTIONS]
    return ", ".join(f"{named(key)} {share:.0%}" for key, share in shown) or "spread thin"
