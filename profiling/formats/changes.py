"""What changed in each dimension between two profiles, told apart from what the figures' errors explain. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from profiling.collect.delta import FunctionDelta, ImportDelta
from profiling.collect.uncertainty import ENOUGH_SAMPLES
from profiling.formats.quantities import MIB

ChangeUnit = Literal["seconds", "bytes", "calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure before and after.

    Attributes:
        name: of the function or module.
        before, after: in the unit of its dimension.
        error: a change up to so much is within the errors of the two figures; 0 where they are exact or not known.
        too_few: fewer than 30 samples are behind one of the two.
    """

    name: str
    before: float
    after: float
    error: float = 0.0
    too_few: bool = False

    @property
    def size(self) -> float:
        """Return how far the figure moved, either way."""
        return abs(self.after - self.before)

    @property
    def within_noise(self) -> bool:
        """Say whether the errors of the two figures explain the change."""
        return self.size <= self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes of one dimension that are large enough to name, the largest first."""

    title: str
    unit: ChangeUnit
    beyond_noise: tuple[Change, ...]
    within_noise: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dimension:
    """How one dimension's changes are read from a function's, and from what size on they are named."""

    title: str
    unit: ChangeUnit
    smallest: float
    change: Callable[[FunctionDelta], Change]


def changes(deltas: Sequence[FunctionDelta], imports: Sequence[ImportDelta] = ()) -> tuple[Changes, ...]:
    """Return the dimensions in which anything changed by more than 1 ms, 1 MiB or 1,000 calls, CPU first."""
    names = _names(deltas)
    found = [
        _split(
            each.title,
            each.unit,
            each.smallest,
            (replace(each.change(delta), name=name) for delta, name in zip(deltas, names, strict=True)),
        )
        for each in _DIMENSIONS
    ]
    found.append(_split("Imports", "seconds", 0.001, map(_import, imports)))
    return tuple(each for each in found if each.beyond_noise or each.within_noise)


def _split(title: str, unit: ChangeUnit, smallest: float, found: Iterable[Change]) -> Changes:
    named = sorted((each for each in found if each.size >= smallest), key=lambda each: (-each.size, each.name))
    return Changes(
        title=title,
        unit=unit,
        beyond_noise=tuple(each for each in named if not each.within_noise),
        within_noise=tuple(each for each in named if each.within_noise),
    )


def _names(deltas: Sequence[FunctionDelta]) -> list[str]:
    """Return the qualified names, with the file where several share one."""
    counts = Counter(each.qualname for each in deltas)
    return [_name(each, is_unique=counts[each.qualname] == 1) for each in deltas]


def _name(each: FunctionDelta, *, is_unique: bool) -> str:
    if each.qualname == "<module>":
        return f"{each.file} (module body)"
    return each.qualname if is_unique else f"{each.qualname} ({each.file})"


def _cpu(each: FunctionDelta) -> Change:
    return Change(
        name=each.qualname,
        before=each.cpu_before_s,
        after=each.cpu_after_s,
        error=each.cpu_error_s,
        too_few=each.samples < ENOUGH_SAMPLES,
    )


def _waiting(each: FunctionDelta) -> Change:
    return Change(
        name=each.qualname, before=each.waiting_before_s, after=each.waiting_after_s, error=each.waiting_error_s
    )


def _loop(each: FunctionDelta) -> Change:
    return Change(name=each.qualname, before=each.loop_before_s, after=each.loop_after_s, error=each.loop_error_s)


def _memory(each: FunctionDelta) -> Change:
    return Change(name=each.qualname, before=each.memory_before_bytes, after=each.memory_after_bytes)


def _gc(each: FunctionDelta) -> Change:
    return Change(name=each.qualname, before=each.gc_before_s, after=each.gc_after_s, error=each.gc_error_s)


def _calls(each: FunctionDelta) -> Change:
    """Return no change where one side was not counted."""
    counted = each.calls_changed
    return Change(
        name=each.qualname,
        before=(each.calls_before or 0) if counted else 0,
        after=(each.calls_after or 0) if counted else 0,
    )


def _import(each: ImportDelta) -> Change:
    return Change(name=each.module, before=each.before_s, after=each.after_s, error=each.error_s)


_DIMENSIONS = (
    _Dimension(title="CPU", unit="seconds", smallest=0.001, change=_cpu),
    _Dimension(title="Waiting", unit="seconds", smallest=0.001, change=_waiting),
    _Dimension(title="Memory", unit="bytes", smallest=MIB, change=_memory),
    _Dimension(title="GC", unit="seconds", smallest=0.001, change=_gc),
    _Dimension(title="Async", unit="seconds", smallest=0.001, change=_loop),
    _Dimension(title="Calls", unit="calls", smallest=1000, change=_calls),
)
