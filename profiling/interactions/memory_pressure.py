"""Memory by concurrency: what each task holds while it waits decides how many can run at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from profiling.interactions.observed import Observed
from profiling.interactions.sides import MEMORY_MIB
from profiling.model import Dimension, FunctionKey
from profiling.profile import ConcurrencyPoint
from profiling.target import Evidence, Interaction, InteractionKind

_MIB = 1024 * 1024
_TOLERANCE = 0.1
"""Of the rise: so far may the heap fall with more tasks, which end at different moments."""
_LAST_DOUBLING = 0.25
"""Of the rise, that the last doubling of the tasks must bring: half of it does where each task holds as much."""
_OWNED_SHARE = 0.25
"""Of the rise, that must be one coroutine's own."""
_FEWEST_LEVELS = 3
"""Without counted calls: two levels alone may be one task that loads something once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """From the fewest tasks to those with the largest heap: bytes, and bytes a task by least squares."""

    low: ConcurrencyPoint
    high: ConcurrencyPoint
    rise: int
    per_task: float
    levels: int


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield the coroutine that owns most of a heap which rises and falls with the number of tasks.

    A heap that is large with any number of tasks does not rise; one that leaks, or keeps results, does not fall.
    """
    rise = fit(observed.profile.concurrency)
    owners = _owned(observed) if rise is not None else {}
    if rise is None or not owners:
        return
    key, owned = min(owners.items(), key=lambda item: (-item[1], item[0]))
    if owned >= _OWNED_SHARE * rise.rise and _runs_in_each(key, rise, observed):
        yield _interaction(key, owned, rise)


def fit(points: Sequence[ConcurrencyPoint]) -> Rise | None:
    """Fit the heap over the tasks; None where it doesn't rise by 2 MiB over at least a doubling of them, and fall."""
    levels = [point for point in points if point.tasks > 0]
    if len(levels) < 2:
        return None
    low, high = levels[0], max(levels, key=lambda point: point.heap_bytes)
    rise = high.heap_bytes - low.heap_bytes
    if high.tasks < 2 * low.tasks or rise < MEMORY_MIB * _MIB or not _rises(levels, high, rise):
        return None
    after = [point.heap_bytes for point in points if point.tasks == 0]
    if after and max(after) > low.heap_bytes + rise / 2:
        return None
    levels = [point for point in levels if point.tasks <= high.tasks]
    return Rise(low=low, high=high, rise=rise, per_task=_slope(levels), levels=len(levels))


def _rises(levels: Sequence[ConcurrencyPoint], high: ConcurrencyPoint, rise: int) -> bool:
    """Say whether the heap goes up with the tasks all the way, and doesn't drop beyond: these may not have begun."""
    upwards = [point.heap_bytes for point in levels if point.tasks <= high.tasks]
    falls = any(max(upwards[: index + 1]) - heap > _TOLERANCE * rise for index, heap in enumerate(upwards))
    halfway = max(point.heap_bytes for point in levels if 2 * point.tasks <= high.tasks)
    drops = any(high.heap_bytes - point.heap_bytes > rise / 2 for point in levels if point.tasks > high.tasks)
    return not falls and not drops and high.heap_bytes - halfway >= _LAST_DOUBLING * rise


def _slope(levels: Sequence[ConcurrencyPoint]) -> float:
    """Return bytes a task: the slope of the least squares line, each number of tasks counted once."""
    mean_tasks = sum(point.tasks for point in levels) / len(levels)
    mean_heap = sum(point.heap_bytes for point in levels) / len(levels)
    covariance = sum((point.tasks - mean_tasks) * (point.heap_bytes - mean_heap) for point in levels)
    return covariance / sum((point.tasks - mean_tasks) ** 2 for point in levels)


def _owned(observed: Observed) -> Counter[FunctionKey]:
    """Return bytes of the traced peak by the coroutine they were allocated under."""
    owned: Counter[FunctionKey] = Counter()
    for stack in observed.profile.stacks:
        coroutine = observed.coroutine_of(stack)
        if coroutine is not None and stack.peak_owned_bytes:
            owned[coroutine] += stack.peak_owned_bytes
    if not any(stack.peak_owned_bytes for stack in observed.profile.stacks):
        owned.update({key: observed.by_key[key].peak_owned_bytes or 0 for key in observed.coroutines})
    return owned


def _runs_in_each(key: FunctionKey, rise: Rise, observed: Observed) -> bool:
    """Say whether a coroutine is called about as often as there are tasks, not once for all of them."""
    calls = observed.by_key[key].calls
    return rise.levels >= _FEWEST_LEVELS if calls is None else 2 * calls >= rise.high.tasks


def _interaction(key: FunctionKey, owned: int, rise: Rise) -> Interaction:
    low, high, most = rise.low, rise.high, 1024 * _MIB / rise.per_task
    from_low = f"{low.heap_bytes / _MIB:.1f} MiB at {low.tasks} task{'s' if low.tasks > 1 else ''}"
    to_high = f"{high.heap_bytes / _MIB:.1f} MiB at {high.tasks}"
    return Interaction(
        kind=InteractionKind.MEMORY_PRESSURE,
        key=key,
        evidence=(
            Evidence(
                dimension=Dimension.PEAK_MIB,
                value=owned / _MIB,
                text=f"it owns {owned / _MIB:.1f} MiB of a heap that rises from {from_low} to {to_high}",
            ),
            Evidence(
                dimension=Dimension.THROUGHPUT,
                value=most,
                text=f"about {rise.per_task / _MIB:.2g} MiB a task, so that 1 GiB holds about {most:.0f} at once",
            ),
        ),
        root_fix="less memory per request",
    )
