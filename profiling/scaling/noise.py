"""How uncertain a cost is, from the spread of its runs and from its samples. Pure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from profiling.growth import GrowthPoint
from profiling.scaling.curve import Observation

FEWEST_SAMPLES = 30
_MEDIAN_VARIANCE = math.pi / 2
"""Of a median over that of a mean, for normal noise."""
_POOLED_RUNS = 4
"""Weight of the spread over all sizes beside a size's own, in runs: few runs alone say little about their spread."""
_SYSTEMATIC = 0.01
"""Relative: caches and allocators bend any real cost by about as much, however often it is measured."""
_CLOCK_S = 0.0005
"""What starting and ending a process moves its CPU seconds by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What runs of the same size differ by.

    Attributes:
        variances: of the logarithm of one run's cost, by size.
        degrees: degrees of freedom behind them: runs less sizes.
    """

    variances: Mapping[float, float]
    degrees: int

    @classmethod
    def of(cls, costs: Mapping[float, Sequence[float]]) -> Self:
        """Return the noise of runs.

        Args:
            costs: above 0, at least one a size.
        """
        logs = {size: [math.log(cost) for cost in each] for size, each in costs.items()}
        squares = {size: _squares(each) for size, each in logs.items()}
        degrees = sum(len(each) - 1 for each in logs.values())
        pooled = sum(squares.values()) / degrees if degrees else 0.0
        variances = {
            size: (squares[size] + _POOLED_RUNS * pooled) / (len(each) - 1 + _POOLED_RUNS)
            for size, each in logs.items()
        }
        return cls(variances=variances, degrees=degrees)


def observe_runs(costs: Mapping[float, Sequence[float]], noise: Noise, smallest_step: float) -> tuple[Observation, ...]:
    """Return the median cost at each size.

    Args:
        costs: above 0, at least one a size.
        noise: of these runs.
        smallest_step: what can't be told apart, in the unit of the costs.
    """
    return tuple(
        _observation(
            size,
            statistics.median(each),
            (_MEDIAN_VARIANCE if len(each) > 2 else 1.0) * noise.variances[size] / len(each),
            smallest_step,
        )
        for size, each in sorted(costs.items())
    )


def observe_samples(point: GrowthPoint, passes: int, noise: Noise) -> Observation:
    """Return a function's cost at one size.

    Which function a sample falls into errs as a binomial does, and by about one sample a run where the function begins
    and ends; what the run cost errs as any run does.

    Args:
        point: with at least one sample.
        passes: runs of the time pass, at least 1.
        noise: of the whole workload's runs.
    """
    sampling = (1 - point.share) / point.samples + passes / point.samples**2
    return _observation(point.size, point.cpu_s, sampling + noise.variances.get(point.size, 0.0) / passes, _CLOCK_S)


def _observation(size: float, cost: float, variance: float, smallest_step: float) -> Observation:
    error = math.sqrt(variance + _SYSTEMATIC**2 + (smallest_step / cost) ** 2)
    return Observation(size=size, cost=cost, error=error)


def _squares(values: Sequence[float]) -> float:
    mean = statistics.fmean(values)
    return sum((value - mean) ** 2 for value in values)
