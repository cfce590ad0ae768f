"""What the measured calls of a function prove: a gain that also holds on inputs held back, and seen first. Pure."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from profiling.comparison import Comparison, Decision, Measurement
from profiling.measure import stats
from profiling.measure.call_pair import CallPair, Part
from profiling.measure.failures import Side
from profiling.model import Dimension, FunctionKey

CACHE_POINTS = 0.20
"""Warm gain above cold gain by which a change is taken to remember earlier calls."""

_MOVED_SHARE = 0.10
"""A saving from this share of a process's CPU time on must be seen in the process as a whole: by half, at least."""

_HIDDEN_SHARE = 0.02
"""A saving from this share on must not pass unreported while blocks run: not by half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvidence:
    """Calls of one function, measured on two trees.

    Attributes:
        function: as the base has it.
        measurement: its seconds are those of all measured calls of a pair; the whole process gives the peak.
        least_gain: estimated share that counts as improved.
        held_back: the same on inputs that the decision did not rest on; None with too few inputs.
        cold: inputs that the process sees for the first time; None where a process makes one call alone.
        first_call: the first call of a fresh process, what it sets up included.
        cache_gain: repeated calls gain much more than first ones: something is remembered.
        repeated_share: calls of the recorded runs that repeat the arguments of an earlier one (0 to 1), at least.
        moved: what is saved in the calls is not saved by the process: the work is done elsewhere in it.
        calls: distinct inputs.
        calls_per_pair: that the seconds of a side of a pair are of.
        notes: for people.
    """

    function: FunctionKey
    measurement: Measurement
    least_gain: float
    held_back: Comparison | None
    cold: Comparison | None
    first_call: Comparison | None
    cache_gain: bool
    repeated_share: float
    moved: bool
    calls: int
    calls_per_pair: int
    notes: tuple[str, ...] = ()

    @property
    def measured(self) -> Comparison:
        """Return the comparison of the dimension that decided."""
        return self.measurement.comparisons[self.measurement.decided_on]

    @property
    def run_gain(self) -> float:
        """Return the share that the recorded runs save at least: repeated calls gain as warm ones, others as first.

        Of the first ones it is the interval's end that counts: they are few, and chance would find a gain in them.
        """
        cold = self.cold or self.first_call
        if cold is None:
            return self.measured.gain
        return (1 - self.repeated_share) * (1 - cold.high) + self.repeated_share * self.measured.gain

    @property
    def doubt(self) -> str:
        """Return what speaks against a gain that the decision found; nothing when all else agrees."""
        if self.held_back is not None and self._contradicts(self.held_back):
            return f"not so on inputs held back: {_ratio(self.held_back)}"
        if self.moved:
            return "the process as a whole saves less than half of it: the work was moved out of the calls"
        if self._only_warm and self.run_gain < self.least_gain:
            return (
                f"only repeated calls gain, and {self.repeated_share:.0%} of the recorded ones are: "
                f"{self.run_gain:.1%} of the run, at least"
            )
        return ""

    @property
    def holds(self) -> bool:
        """Say whether the gain is shown, and nothing that was measured beside it contradicts."""
        return self.measurement.decision is Decision.IMPROVED and not self.doubt

    @property
    def text(self) -> str:
        """Return it in one line."""
        one = self.measured
        each = max(1, self.calls_per_pair)
        seconds = f"{_per_call(one.base_median / each)} -> {_per_call(one.change_median / each)}"
        parts = [
            f"{self.function.qualname}: {seconds} a call ({one.dimension.value}), {_ratio(one)}, {one.pairs} pairs"
        ]
        if self.held_back is not None:
            parts.append(f"held back {_ratio(self.held_back)}")
        if self.cold is not None:
            parts.append(f"first seen {_ratio(self.cold)}")
        if self.cache_gain:
            parts.append(f"remembers earlier calls ({self.repeated_share:.0%} of the recorded ones repeat)")
        if self.measurement.decision is not Decision.IMPROVED:
            parts.append(self.measurement.stopped_because)
        elif self.doubt:
            parts.append(self.doubt)
        return "; ".join(parts)

    @property
    def _only_warm(self) -> bool:
        """Say whether first calls surely gain less than half of what repeated ones do, or much less by the median."""
        cold = self.cold or self.first_call
        return cold is not None and (self.cache_gain or self._lacks_half(cold))

    def _contradicts(self, part: Comparison) -> bool:
        return part.gain <= 0 or self._lacks_half(part)

    def _lacks_half(self, part: Comparison) -> bool:
        """Say whether a part's interval leaves out half of the gain, and all above it."""
        return part.low > 1 - self.measured.gain / 2


def part_comparison(pairs: Sequence[CallPair], part: Part, dimension: Dimension) -> Comparison | None:
    """Compare one part of the pairs; None where it was not run."""
    found = [pair for pair in pairs if part in pair.x]
    if not found:
        return None
    base = [pair.seconds[part][Side.BASE] for pair in found]
    change = [pair.seconds[part][Side.CHANGE] for pair in found]
    ratios = stats.estimate([math.exp(-pair.x[part]) for pair in found])
    return Comparison(
        dimension=dimension,
        ratio=ratios.median,
        low=ratios.low,
        high=ratios.high,
        base_median=statistics.median(base),
        change_median=statistics.median(change),
        pairs=len(found),
        improved=ratios.high < 1,
        regressed=ratios.low > 1,
        limit="the interval alone: it supports or contradicts the decision, and makes none",
    )


def gains_from_cache(warm: Comparison, cold: Comparison | None) -> bool:
    """Say whether repeated calls gain so much more than first ones that something must be remembered."""
    return cold is not None and warm.gain - cold.gain > CACHE_POINTS


def work_was_moved(pairs: Sequence[CallPair]) -> bool:
    """Say whether what blocks save is not saved by the process: it was moved to where no block's clock runs.

    What passes unreported while blocks run is known well; what passes in between has the noise of a whole process.
    """
    in_blocks = statistics.median(pair.saved_in_blocks_s for pair in pairs)
    hidden = statistics.median(pair.hidden_more_s for pair in pairs)
    in_all = statistics.median(pair.saved_in_all_s for pair in pairs)
    all_s = statistics.median(pair.all_s for pair in pairs)
    if in_blocks > _HIDDEN_SHARE * all_s and hidden > in_blocks / 2:
        return True
    return in_blocks > _MOVED_SHARE * all_s and in_all < in_blocks / 2


def _ratio(one: Comparison) -> str:
    return f"{one.ratio:.2f}x [{one.low:.2f}, {one.high:.2f}]"


def _per_call(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
