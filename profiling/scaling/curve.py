"""The curve `cost = c + a * size ** b` through a few noisy costs, for a given b. Pure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_GOLDEN = (math.sqrt(5) - 1) / 2
_STEPS = 20
"""Of the golden section: it ends within 7e-5 of what it began with."""
_TINY = 1e-300
_DEVIATIONS = 4.0


class Form(StrEnum):
    """What the cost consists of: the power alone, or a fixed cost beside it."""

    POWER = "power"
    FIXED_AND_POWER = "fixed and power"

    @property
    def parameters(self) -> int:
        """Return how many figures a curve of this form is made of."""
        return 2 if self is Form.POWER else 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The cost at one size.

    Attributes:
        size, cost: above 0.
        error: standard deviation of the cost over the cost, above 0.
    """

    size: float
    cost: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A curve.

    Attributes:
        power: the b.
        reference: the largest size.
        cost: at the reference.
        fixed_share: (0 to 1) part of it that is the c.
        misfit: sum of squared deviations of the logarithms, each over its error.
    """

    power: float
    reference: float
    cost: float
    fixed_share: float
    misfit: float

    @property
    def fixed(self) -> float:
        """Return the c, in the unit of the cost."""
        return self.cost * self.fixed_share

    def at(self, size: float) -> float:
        """Return the cost at a size; infinite where no float holds it."""
        try:
            unit = math.pow(size / self.reference, self.power)
        except OverflowError:
            return math.inf
        return self.cost * (self.fixed_share + (1 - self.fixed_share) * unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What curves are put through.

    Attributes:
        observations: at distinct sizes, at least one.
        form: whether there may be a fixed cost.
    """

    observations: tuple[Observation, ...]
    form: Form

    @property
    def largest(self) -> Observation:
        """Return the cost at the largest size."""
        return max(self.observations, key=lambda each: each.size)

    def curve(self, power: float) -> Curve:
        """Return the best curve with this power."""
        largest = self.largest
        places = [
            (math.pow(each.size / largest.size, power), math.log(each.cost), each.error**-2)
            for each in self.observations
        ]
        share = 0.0
        if self.form is Form.FIXED_AND_POWER:
            share = lowest(lambda share: _height_and_misfit(places, share)[1], 0.0, self._largest_share())
        height, misfit = _height_and_misfit(places, share)
        return Curve(
            power=power, reference=largest.size, cost=math.exp(height), fixed_share=share, misfit=max(0.0, misfit)
        )

    def _largest_share(self) -> float:
        """Return what part of the largest cost the fixed one can be at most: it is in the smallest cost too."""
        largest, smallest = self.largest, min(self.observations, key=lambda each: each.cost)
        return min(1.0, math.exp(_DEVIATIONS * (smallest.error + largest.error)) * smallest.cost / largest.cost)


def lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function with one minimum between `low` and `high` has it (golden section, Kiefer 1953)."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(_STEPS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
    return (low + high) / 2


def _height_and_misfit(places: Sequence[tuple[float, float, float]], fixed_share: float) -> tuple[float, float]:
    """Return the logarithm of the best cost at the reference, and the misfit with it.

    Args:
        places: for each cost its power of the size (1 at the reference), its logarithm, and its weight.
        fixed_share: of the cost at the reference.
    """
    total = first = second = 0.0
    for unit, log_cost, weight in places:
        difference = log_cost - math.log(max(_TINY, fixed_share + (1 - fixed_share) * unit))
        total += weight
        first += weight * difference
        second += weight * difference * difference
    return first / total, second - first * first / total
