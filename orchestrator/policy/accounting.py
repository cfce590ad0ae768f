"""Do the keeps account for what the session gained? The claims against one new measurement of all, and who is short."""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from orchestrator.policy.dimensions import log_gain
from profiling.comparison import Comparison
from profiling.model import Dimension

_NEXT_TO_NOTHING = 0.005
"""Share of the base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one keep is said to gain of the whole workload.

    Attributes:
        log_gain: ln(before / after), positive is better.
        half_width: half of its 95% interval, in the same unit.
    """

    log_gain: float
    half_width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Keeps that are measured together: from number `first` to before number `end`, counted from 0."""

    first: int
    end: int


def claim(compared: Comparison, share: float = 1.0) -> Claim:
    """Return what a keep claims of the workload, from the measurement that decided on it.

    Args:
        compared: of the workload, or of its function's own calls.
        share: of the workload that was compared, 0 to 1.
    """
    middle, one, other = (
        log_gain(compared.dimension, 1 + share * (ratio - 1)) for ratio in (compared.ratio, compared.low, compared.high)
    )
    return Claim(log_gain=middle, half_width=abs(one - other) / 2)


def falls_short(measured: Comparison, claims: Sequence[Claim]) -> bool:
    """Say whether a measurement of all keeps together shows less than they claim, beyond both uncertainties.

    The half widths add up in squares: the measurements are independent. A keep's own figure leans to the optimistic
    side (it stopped as soon as it was sure), so a shortfall within the intervals is no reason to doubt it. Nor is one
    that costs next to nothing: 500 times faster is what 1000 times faster is, to 0.1% of the base.
    """
    claimed = sum(one.log_gain for one in claims)
    found = claim(measured)
    if math.exp(-found.log_gain) - math.exp(-claimed) < _NEXT_TO_NOTHING:
        return False
    return claimed - found.log_gain > math.hypot(found.half_width, *(one.half_width for one in claims))


def unaccounted(count: int) -> Generator[Span, bool, tuple[int, ...]]:
    """Find the keeps that fall short, given that all together do: yield spans to measure, return their numbers.

    Each span is answered with whether it falls short; a keep is named only after it was measured alone. Where two
    halves hold what they claim and the whole does not, nobody is to blame: the keeps share a gain.

    Args:
        count: of keeps, at least 1.
    """
    whole = Span(first=0, end=count)
    if count == 1:
        return (0,) if (yield whole) else ()
    return (yield from _within(whole))


def _within(short: Span) -> Generator[Span, bool, tuple[int, ...]]:
    if short.end - short.first == 1:
        return (short.first,)
    middle = (short.first + short.end) // 2
    found: tuple[int, ...] = ()
    for half in (Span(first=short.first, end=middle), Span(first=middle, end=short.end)):
        if (yield half):
            found += yield from _within(half)
    return found


def is_about(dimension: Dimension, primary: Dimension) -> bool:
    """Say whether a keep meant for one dimension is accounted for in another: CPU and wall time are one matter."""
    clocks = {Dimension.CPU_S, Dimension.WALL_S}
    return dimension is primary or {dimension, primary} <= clocks
