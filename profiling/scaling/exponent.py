"""The exponent of a growing cost with its 95% interval, or the reason why it can't be told. Pure.

The interval holds every power whose best curve is not significantly worse than the best of all (profile likelihood):
a fixed cost that can't be told from the rest widens it upwards, instead of being guessed.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from profiling.growth import Exponent, Projection
from profiling.scaling.curve import Costs, Curve, Form, Observation, lowest

FEWEST_SIZES = 3
_FURTHER = 10.0
"""Projections are for ten times the largest size."""
_LOWEST, _HIGHEST = -2.0, 40.0
"""Powers looked at: `2 ** n` over sizes 20 to 40 has a power of 21."""
_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""The 97.5% points of Student's t for 1 to 10 degrees of freedom."""
_FIXED_IS_SEEN = 6.63
"""A gain in misfit that chance gives a curve with one more figure in 1% of cases (chi squared, 1 degree)."""
_BENDS = 6.63
"""Misfit by degree of freedom above which chance is no explanation; the interval is widened by its root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A told exponent.

    Attributes:
        exponent: with its interval.
        fixed: the cost that does not depend on the size.
        projected: cost at ten times the largest size.
        bends: the costs lie significantly beside any curve of the form, so that the exponent is a mean of several.
    """

    exponent: Exponent
    fixed: Projection
    projected: Projection
    bends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """No exponent, and why.

    Attributes:
        reason: a sentence without its full stop.
        is_flat: because the cost does not grow by more than its noise.
    """

    reason: str
    is_flat: bool = False


def fit_whole(observations: Sequence[Observation], degrees: int) -> Fit | Untold:
    """Fit a cost that may have a fixed part of any size.

    A cost that does not grow by more than its noise has no exponent: all of it is, or may be, fixed.

    Args:
        observations: costs at distinct sizes.
        degrees: degrees of freedom behind the errors: runs less sizes.
    """
    costs = Costs(observations=tuple(observations), form=Form.FIXED_AND_POWER)
    return _too_little(observations, degrees) or _fit(_scan(costs), degrees)


def fit_function(observations: Sequence[Observation], degrees: int) -> Fit | Untold:
    """Fit a cost without a fixed part, unless the costs show one; see `fit_whole`."""
    untold = _too_little(observations, degrees)
    if untold is not None:
        return untold
    without, beside = (_scan(Costs(observations=tuple(observations), form=form)) for form in Form)
    shows_fixed = without.best.misfit - beside.best.misfit > _FIXED_IS_SEEN
    return _fit(beside if shows_fixed else without, degrees)


def student(degrees: int) -> float:
    """Return the 97.5% point of Student's t; beyond the table by its expansion (Abramowitz and Stegun 26.7.5)."""
    if degrees <= len(_STUDENT):
        return _STUDENT[max(1, degrees) - 1]
    normal = 1.959964
    first = (normal**3 + normal) / 4
    second = (5 * normal**5 + 16 * normal**3 + 3 * normal) / 96
    return normal + first / degrees + second / degrees**2


def _too_little(observations: Sequence[Observation], degrees: int) -> Untold | None:
    if len(observations) < FEWEST_SIZES:
        return Untold(reason=f"{len(observations)} sizes with enough behind them, at least {FEWEST_SIZES} are needed")
    if degrees < 1:
        return Untold(reason="no size was run twice, so that its noise is not known")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scan:
    """The best curve for each power looked at, and the best of all."""

    costs: Costs
    curves: tuple[Curve, ...]
    best: Curve


def _scan(costs: Costs) -> _Scan:
    curves = tuple(costs.curve(power) for power in _powers())
    rough = min(range(len(curves)), key=lambda number: curves[number].misfit)
    around = curves[max(0, rough - 1)].power, curves[min(len(curves) - 1, rough + 1)].power
    finer = costs.curve(lowest(lambda power: costs.curve(power).misfit, *around))
    return _Scan(costs=costs, curves=curves, best=min(curves[rough], finer, key=lambda each: each.misfit))


def _fit(scan: _Scan, degrees: int) -> Fit | Untold:
    costs, best = scan.costs, scan.best
    spare = len(costs.observations) - costs.form.parameters
    spread = max(1.0, best.misfit / spare) if spare > 0 else 1.0
    bound = best.misfit + spread * student(degrees) ** 2
    inside = [best.power, *(each.power for each in scan.curves if each.misfit <= bound)]
    low, high = min(inside), max(inside)
    if costs.form is Form.FIXED_AND_POWER and low <= 0 <= high:
        return Untold(reason=f"it does not grow by more than its noise: {_from_to(costs)}", is_flat=True)
    if low <= _LOWEST or high >= _HIGHEST:
        return Untold(reason=f"too few sizes stand out of the fixed cost: {_from_to(costs)}; give larger sizes")
    ends = (_edge(costs, bound, low, low - _step(low)), _edge(costs, bound, high, high + _step(high)))
    return _told(costs, best, ends, bends=spread > _BENDS)


def _told(costs: Costs, best: Curve, ends: tuple[Curve, Curve], *, bends: bool) -> Fit:
    further = _FURTHER * costs.largest.size
    margin = math.exp(2 * costs.largest.error)
    curves = (*ends, best)
    return Fit(
        exponent=Exponent(
            value=best.power, low=min(each.power for each in curves), high=max(each.power for each in curves)
        ),
        fixed=Projection(
            size=0, value=best.fixed, low=min(each.fixed for each in curves), high=max(each.fixed for each in curves)
        ),
        projected=Projection(
            size=further,
            value=best.at(further),
            low=min(each.at(further) for each in curves) / margin,
            high=max(each.at(further) for each in curves) * margin,
        ),
        bends=bends,
    )


def _powers() -> Iterator[float]:
    power = _LOWEST
    while power < _HIGHEST:
        yield power
        power += _step(power)
    yield _HIGHEST


def _step(power: float) -> float:
    return max(0.25, 0.15 * power)


def _edge(costs: Costs, bound: float, within: float, beyond: float) -> Curve:
    """Return the curve where the misfit crosses the bound, between two powers, by halving."""
    for _ in range(16):
        middle = (within + beyond) / 2
        if costs.curve(middle).misfit <= bound:
            within = middle
        else:
            beyond = middle
    return costs.curve(within)


def _from_to(costs: Costs) -> str:
    smallest, largest = min(costs.observations, key=lambda each: each.size), costs.largest
    change = largest.cost / smallest.cost - 1
    error = 2 * math.hypot(smallest.error, largest.error)
    return f"{change:+.0%} ± {error:.0%} from size {smallest.size:g} to {largest.size:g}"
