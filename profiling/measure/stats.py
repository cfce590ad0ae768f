"""The sequential test on paired log ratios, and the estimates shown to people. Pure: no clock, no randomness.

`x` is always ln(base / change) for one pair of processes: positive when the change costs less. Under identical trees
and fully randomised order `x` is symmetric about 0 given the past and |x|, so every factor
2 / (1 + exp(-2 * rate * x)) has mean 1 and their product is an e-value: by Ville's inequality it ever reaches 1/alpha
with probability at most alpha, whatever the noise and whenever one looks (Ville 1939; constants as simulated and really
run for this project, 2026-11).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from profiling.comparison import Decision

FEWEST_PAIRS_TO_REJECT = 5
_FIRST_SPREAD = 0.04
"""Spread of x assumed before the first pair: pairs that share a core and a layout show 1 to 3%. A smaller one would bet
high before the spread is known: at a true spread of 4% it finds 91% of true 5% gains, this one 96%, in as many pairs
(simulated, 2026-11)."""
_STEEPEST_RATE = 300.0
_CLIP_SPREADS = 2.0
_LARGEST_STAKE = 4.0
"""One contrary pair takes at most ln((1 + exp(4)) / 2) = 3.3 from the evidence, so that a single disturbed one can be
made up for; a pair in favour still adds 0.675 of the possible ln 2 = 0.693, and seven of them suffice. With 3% of runs
1.7 times slower it finds 96% of true 5% gains, without the bound 90% (simulated, 2026-11)."""
_OUTLIER_VARIANCES = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A median with its interval.

    Attributes:
        median, low, high: in the unit of the values.
        coverage: probability (0 to 1) that the interval covers the true median; below 0.95 for fewer than 6 values,
            where it is the whole range.
        count: values it rests on.
    """

    median: float
    low: float
    high: float
    coverage: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """What is tested and at which errors.

    Attributes:
        design_effect: the gain sought, as a share (0.05: 5% less).
        alpha: chance of calling "improved" what is not.
        beta: chance of calling "not improved" what has the gain sought.
    """

    __test__ = False

    design_effect: float = 0.05
    alpha: float = 0.01
    beta: float = 0.02

    def __post_init__(self) -> None:
        for name in ("design_effect", "alpha", "beta"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise ValueError(f"{name} must lie between 0 and 1, not {value!r}")

    @property
    def sought(self) -> float:
        """Return the gain sought as a log ratio."""
        return -math.log1p(-self.design_effect)

    @property
    def least_gain(self) -> float:
        """Return the smallest estimated gain that counts as improved: 3% for a design effect of 5%.

        Demanding 5% of the estimate would throw away half of the true 5% gains.
        """
        return 0.6 * self.design_effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The state of the sequential test after some pairs.

    Attributes:
        test: what is tested.
        gain: ln of the e-value against "no gain".
        no_gain: ln of the e-value against "the gain sought or more".
        squares: sum of squared deviations, the assumed first spread included.
        values: every x so far, in order.
    """

    test: Test
    gain: float = 0.0
    no_gain: float = 0.0
    squares: float = _FIRST_SPREAD**2
    values: tuple[float, ...] = ()

    @property
    def estimated_gain(self) -> float:
        """Return the share saved, by the median of the pairs; 0 before the first."""
        return -math.expm1(-statistics.median(self.values)) if self.values else 0.0


def advance(evidence: Evidence, x: float) -> Evidence:
    """Return the evidence after one more pair.

    The bet (its rate and its clipping) is set by past pairs only, which is what makes the e-value valid.

    Raises:
        ValueError: x is not a finite number.
    """
    if not math.isfinite(x):
        raise ValueError(f"a pair's log ratio must be finite, not {x!r}: check that both sides' values are above 0")
    variance = evidence.squares / (len(evidence.values) + 1)
    rate = min(evidence.test.sought / variance, _STEEPEST_RATE)
    clip = min(_CLIP_SPREADS * math.sqrt(variance), _LARGEST_STAKE / (2 * rate))
    values = (*evidence.values, x)
    deviation = x - statistics.median(values)
    return Evidence(
        test=evidence.test,
        gain=evidence.gain + _log_factor(x, rate, clip),
        no_gain=evidence.no_gain + _log_factor(evidence.test.sought - x, rate, clip),
        squares=evidence.squares + min(deviation * deviation, _OUTLIER_VARIANCES * variance),
        values=values,
    )


def gather(test: Test, values: Sequence[float]) -> Evidence:
    """Return the evidence of all pairs, in the order they were run."""
    evidence = Evidence(test=test)
    for x in values:
        evidence = advance(evidence, x)
    return evidence


def decide(evidence: Evidence) -> Decision:
    """Return what the pairs so far allow to say; UNDECIDED asks for another pair."""
    test = evidence.test
    if evidence.gain >= -math.log(test.alpha) and evidence.estimated_gain >= test.least_gain:
        return Decision.IMPROVED
    if len(evidence.values) >= FEWEST_PAIRS_TO_REJECT and evidence.no_gain >= -math.log(test.beta):
        return Decision.NOT_IMPROVED
    return Decision.UNDECIDED


def pairs_still_needed(evidence: Evidence) -> int | None:
    """Return about how many more pairs a decision needs if the evidence goes on growing as so far; None: no telling."""
    count = len(evidence.values)
    wanted = []
    if evidence.estimated_gain >= evidence.test.least_gain:
        wanted.append((evidence.gain, -math.log(evidence.test.alpha)))
    wanted.append((evidence.no_gain, -math.log(evidence.test.beta)))
    needed = [math.ceil((goal - reached) * count / reached) for reached, goal in wanted if reached > 0]
    return max(1, min(needed)) if needed and count else None


def estimate(values: Sequence[float]) -> Estimate:
    """Return the median with the interval that a sign test at 5% does not reject (order statistics).

    With fewer than 6 values no such interval exists: the whole range is given, with its smaller coverage.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("an estimate needs at least one value")
    ordered = sorted(values)
    count = len(ordered)
    rank, missed = 0, 2 * 0.5**count
    while rank + 1 < count / 2:
        more = missed + 2 * math.comb(count, rank + 1) * 0.5**count
        if more > 0.05:
            break
        rank, missed = rank + 1, more
    return Estimate(
        median=statistics.median(ordered),
        low=ordered[rank],
        high=ordered[count - 1 - rank],
        coverage=max(0.0, 1 - missed),
        count=count,
    )


def _log_factor(x: float, rate: float, clip: float) -> float:
    """Return ln of 2 / (1 + exp(-2 * rate * x)) for x clipped to ±clip."""
    exponent = -2 * rate * max(-clip, min(clip, x))
    # Written so that neither sign overflows.
    return math.log(2) - (
        exponent + math.log1p(math.exp(-exponent)) if exponent > 0 else math.log1p(math.exp(exponent))
    )
