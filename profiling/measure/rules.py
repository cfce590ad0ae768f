"""The decision table: when a dimension counts as improved, and how much worse another one may get. Pure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from profiling.comparison import Comparison, Decision, Pair, RunSample
from profiling.measure.stats import Evidence, Test, decide, estimate, gather
from profiling.model import Dimension

TIMED = frozenset(
    {
        Dimension.CPU_S,
        Dimension.WALL_S,
        Dimension.IMPORT_S,
        Dimension.GC_S,
        Dimension.LOOP_BLOCK_S,
        Dimension.THROUGHPUT,
    }
)
"""Dimensions whose gain the sequential test establishes."""

FEWEST_PAIRS = 5
PEAK_LEAST_GAIN = 0.05
RSS_LEAST_MIB = 1.0
TRACED_LEAST_MIB = 64 / 1024
COLLECTIONS_LEAST_GAIN = 0.10
SIDE_LEAST_SAVING_S = 0.001
"""A timed dimension that is not the target needs at least this saving: below it lies nothing anybody waits for."""

_SIDE_DIMENSIONS = 5
"""Timed dimensions watched beside the target: each may call "improved" at a fifth of alpha (Bonferroni). Throughput is
no sixth: it is wall time seen from the other side."""

_FLOORS = {Dimension.PEAK_MIB: 1 / 1024, Dimension.GC_COLLECTIONS: 0.5, Dimension.LOOP_BLOCK_S: 0.001}
"""Of a loop's hold a millisecond: that and nothing are the same, so that no hold at all still has a ratio."""
_SECONDS_FLOOR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How much worse a dimension may get.

    Attributes:
        ratio: change / base beyond which it counts as regressed.
        floor: and by at least this much, in the dimension's unit.
        surely: the lower end of the interval must lie beyond, not the median alone.
    """

    ratio: float
    floor: float = 0.0
    surely: bool = False

    def exceeded(self, ratio: float, low: float, difference: float) -> bool:
        """Say whether a ratio (with its interval's lower end) and a difference of medians lie beyond."""
        return (low if self.surely else ratio) > self.ratio and difference > self.floor

    def text(self, dimension: Dimension) -> str:
        """Return the limit in words."""
        if not dimension.lower_is_better:
            how = "upper end of the interval" if self.surely else "median"
            return f"{how} below {1 / self.ratio:.2f}x"
        how = "lower end of the interval" if self.surely else "median"
        floor = f" and more than {self.floor:g} {dimension.value}" if self.floor else ""
        return f"{how} above {self.ratio:.2f}x{floor}"


_PEAK = Limit(ratio=1.10, floor=2.0)
_SLIGHTLY_SLOWER = Limit(ratio=1.02, surely=True)
_MILLISECONDS = Limit(ratio=1.10, floor=0.005, surely=True)
_CPU_TARGET = {
    Dimension.CPU_S: _SLIGHTLY_SLOWER,
    Dimension.WALL_S: _SLIGHTLY_SLOWER,
    Dimension.PEAK_MIB: _PEAK,
    Dimension.IMPORT_S: _MILLISECONDS,
    Dimension.LOOP_BLOCK_S: _MILLISECONDS,
}
_WAITING_TARGET = {**_CPU_TARGET, Dimension.CPU_S: Limit(ratio=1.10), Dimension.PEAK_MIB: Limit(ratio=1.10)}
_HARDLY_SLOWER = Limit(ratio=1.05)
_LIMITS: Mapping[Dimension, Mapping[Dimension, Limit]] = {
    Dimension.CPU_S: _CPU_TARGET,
    Dimension.IMPORT_S: _CPU_TARGET,
    Dimension.GC_COLLECTIONS: {**_CPU_TARGET, Dimension.PEAK_MIB: Limit(ratio=1.10)},
    Dimension.PEAK_MIB: {
        **_CPU_TARGET,
        **dict.fromkeys((Dimension.CPU_S, Dimension.WALL_S), _HARDLY_SLOWER),
    },
    **dict.fromkeys((Dimension.WALL_S, Dimension.LOOP_BLOCK_S), _WAITING_TARGET),
    Dimension.THROUGHPUT: {**_WAITING_TARGET, Dimension.THROUGHPUT: _SLIGHTLY_SLOWER},
}
_ECHO = "none: throughput is wall_s seen from the other side, and counts once"
_NO_LIMIT = "none: what it costs shows in cpu_s and wall_s"
_SHOWN_NOT_SLOWER = "not shown to be less than 1.05x (evidence of 20, or the median of 10 pairs)"

_SLOWER_TEST = Test(design_effect=0.05, alpha=0.05)
"""For a memory target: evidence of 20 against "5% slower or more" ends the watch on CPU."""
PAIRS_FOR_CPU = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedPeaks:
    """Peaks of the traced heap, MiB, of separate runs under tracemalloc; exact where repeats agree."""

    base: tuple[float, ...]
    change: tuple[float, ...]

    @property
    def repeatable(self) -> bool:
        """Say whether repeats of each side agree within 0.1%."""
        return all(max(side) - min(side) <= 0.001 * max(side) for side in (self.base, self.change))


def value(sample: RunSample, dimension: Dimension) -> float:
    """Return a side's value, floored so that ratios and logarithms exist (no collection counts as half of one)."""
    return max(sample.values[dimension], _FLOORS.get(dimension, _SECONDS_FLOOR))


def log_ratios(pairs: Sequence[Pair], dimension: Dimension) -> tuple[float, ...]:
    """Return ln(base / change) of each pair, for throughput ln(change / base): positive when the change is better."""
    sign = 1 if dimension.lower_is_better else -1
    return tuple(sign * math.log(value(pair.base, dimension) / value(pair.change, dimension)) for pair in pairs)


def ratios_of(pairs: Sequence[Pair], dimension: Dimension) -> tuple[float, ...]:
    """Return change / base of each pair."""
    return tuple(value(pair.change, dimension) / value(pair.base, dimension) for pair in pairs)


def improvement(pairs: Sequence[Pair], target: Dimension, test: Test, traced: TracedPeaks | None = None) -> Decision:
    """Say whether the target dimension improved, by its row of the decision table."""
    if target in TIMED:
        return decide(gather(test, log_ratios(pairs, target)))
    if target is Dimension.PEAK_MIB:
        return _peak_decision(pairs, traced)
    return _collections_decision(pairs)


def loss(pairs: Sequence[Pair], target: Dimension, test: Test) -> Decision:
    """Say whether the target dimension got worse: the sequential test with the sides exchanged.

    IMPROVED means that the base is proved to be the better one. Dimensions that no sequential test decides are never
    open: their limit is all there is to say.
    """
    if target not in TIMED:
        return Decision.NOT_IMPROVED
    return decide(mirrored(pairs, target, test))


def mirrored(pairs: Sequence[Pair], target: Dimension, test: Test) -> Evidence:
    """Return the evidence that the base is better than the change."""
    return gather(test, [-x for x in log_ratios(pairs, target)])


def comparisons(
    pairs: Sequence[Pair], target: Dimension, test: Test, traced: TracedPeaks | None = None
) -> dict[Dimension, Comparison]:
    """Compare every dimension seen on both sides of every pair."""
    compared = {
        dimension: _compare(pairs, dimension, target, test) for dimension in Dimension if is_seen(pairs, dimension)
    }
    if traced is not None and _traced_decides(pairs, traced):
        compared[Dimension.PEAK_MIB] = _compare_traced(traced)
    return compared


def is_seen(pairs: Sequence[Pair], dimension: Dimension) -> bool:
    """Say whether every run has a figure of a dimension: event loops, for one, are not in every program."""
    return bool(pairs) and all(dimension in pair.base.values and dimension in pair.change.values for pair in pairs)


def _compare(pairs: Sequence[Pair], dimension: Dimension, target: Dimension, test: Test) -> Comparison:
    ratios = estimate(ratios_of(pairs, dimension))
    base = statistics.median(pair.base.values[dimension] for pair in pairs)
    change = statistics.median(pair.change.values[dimension] for pair in pairs)
    limit = None if _is_echo(dimension, target) else _LIMITS.get(target, _CPU_TARGET).get(dimension)
    if dimension.lower_is_better:
        regressed = limit is not None and limit.exceeded(ratios.median, ratios.low, change - base)
    else:
        regressed = limit is not None and limit.exceeded(1 / ratios.median, 1 / ratios.high, base - change)
    without = _ECHO if _is_echo(dimension, target) else _NO_LIMIT
    text = without if limit is None else limit.text(dimension)
    if target is Dimension.PEAK_MIB and dimension is Dimension.CPU_S:
        regressed, text = not _shown_not_slower(log_ratios(pairs, dimension)), _SHOWN_NOT_SLOWER
    return Comparison(
        dimension=dimension,
        ratio=ratios.median,
        low=ratios.low,
        high=ratios.high,
        base_median=base,
        change_median=change,
        pairs=len(pairs),
        improved=_improved(pairs, dimension, target, test),
        regressed=regressed,
        limit=text,
    )


def _improved(pairs: Sequence[Pair], dimension: Dimension, target: Dimension, test: Test) -> bool:
    """Say whether a dimension is better; one that is not the target needs five times the evidence."""
    if _is_echo(dimension, target):
        return False
    if dimension in TIMED and dimension is not target:
        test = _side_test(test)
        if not _is_material(pairs, dimension):
            return False
    if dimension in TIMED:
        return decide(gather(test, log_ratios(pairs, dimension))) is Decision.IMPROVED
    if dimension is Dimension.PEAK_MIB:
        return _rss_decision(pairs) is Decision.IMPROVED
    return dimension is Dimension.GC_COLLECTIONS and _fewer_collections(pairs) is Decision.IMPROVED


def _is_echo(dimension: Dimension, target: Dimension) -> bool:
    """Say whether a dimension is another one seen from the other side: throughput, or wall time beside it as target."""
    shown_for = Dimension.WALL_S if target is Dimension.THROUGHPUT else Dimension.THROUGHPUT
    return dimension is shown_for


def another_leads(pairs: Sequence[Pair], target: Dimension, test: Test) -> bool:
    """Say whether a dimension that is not the target looks as much better as was sought, and is not decided yet.

    Its own e-value stays valid when pairs go on for its sake. GC time is left out: its gain shows in CPU time.
    """
    watched = (side for side in TIMED - {target, Dimension.GC_S} if not _is_echo(side, target))
    sides = [side for side in sorted(watched) if is_seen(pairs, side)]
    return any(_leads(pairs, dimension, _side_test(test)) for dimension in sides)


def _leads(pairs: Sequence[Pair], dimension: Dimension, test: Test) -> bool:
    evidence = gather(test, log_ratios(pairs, dimension))
    open_still = decide(evidence) is Decision.UNDECIDED
    return open_still and evidence.estimated_gain >= test.design_effect and _is_material(pairs, dimension)


def _side_test(test: Test) -> Test:
    return Test(design_effect=test.design_effect, alpha=test.alpha / _SIDE_DIMENSIONS, beta=test.beta)


def _is_material(pairs: Sequence[Pair], dimension: Dimension) -> bool:
    saving = [pair.base.values[dimension] - pair.change.values[dimension] for pair in pairs]
    return statistics.median(saving) >= SIDE_LEAST_SAVING_S


def cpu_watch_is_over(pairs: Sequence[Pair]) -> bool:
    """Say whether a memory target's pairs suffice to tell that CPU is, or is not, more than 5% worse."""
    slower = _slower_evidence(log_ratios(pairs, Dimension.CPU_S))
    return len(pairs) >= PAIRS_FOR_CPU or slower.gain >= -math.log(_SLOWER_TEST.alpha)


def _slower_evidence(logs: Sequence[float]) -> Evidence:
    """Return evidence against "5% slower or more": x is shifted so that exactly 5% slower is 0."""
    return gather(_SLOWER_TEST, [x + math.log(1 + _SLOWER_TEST.design_effect) for x in logs])


def _shown_not_slower(logs: Sequence[float]) -> bool:
    if _slower_evidence(logs).gain >= -math.log(_SLOWER_TEST.alpha):
        return True
    return len(logs) >= PAIRS_FOR_CPU and statistics.median(logs) >= -math.log(1 + _SLOWER_TEST.design_effect)


def _peak_decision(pairs: Sequence[Pair], traced: TracedPeaks | None) -> Decision:
    if len(pairs) < FEWEST_PAIRS or not cpu_watch_is_over(pairs):
        return Decision.UNDECIDED
    if traced is not None and _less_traced(traced):
        return Decision.IMPROVED
    return _rss_decision(pairs)


def _rss_decision(pairs: Sequence[Pair]) -> Decision:
    """Judge resident sets: median 5% and 1 MiB less over at least 5 pairs, all of the same sign."""
    if len(pairs) < FEWEST_PAIRS:
        return Decision.UNDECIDED
    savings = [pair.base.values[Dimension.PEAK_MIB] - pair.change.values[Dimension.PEAK_MIB] for pair in pairs]
    less = statistics.median(ratios_of(pairs, Dimension.PEAK_MIB)) <= 1 - PEAK_LEAST_GAIN
    enough = less and statistics.median(savings) >= RSS_LEAST_MIB
    return Decision.IMPROVED if enough and min(savings) > 0 else Decision.NOT_IMPROVED


def _less_traced(traced: TracedPeaks) -> bool:
    """Judge the traced heap: 5% and 64 KiB less, in medians; repeats that differ must not even overlap."""
    base, change = statistics.median(traced.base), statistics.median(traced.change)
    apart = min(traced.base) > max(traced.change)
    return apart and base - change >= max(TRACED_LEAST_MIB, PEAK_LEAST_GAIN * base)


def _traced_decides(pairs: Sequence[Pair], traced: TracedPeaks) -> bool:
    """Say whether the traced heap is the figure to show: not when only the resident set improved."""
    return _less_traced(traced) or _rss_decision(pairs) is not Decision.IMPROVED


def _compare_traced(traced: TracedPeaks) -> Comparison:
    base, change = statistics.median(traced.base), statistics.median(traced.change)
    limit = Limit(ratio=1.10, floor=1.0)
    floor = _FLOORS[Dimension.PEAK_MIB]
    ratios = [max(b, floor) for b in traced.base], [max(c, floor) for c in traced.change]
    ratio = max(change, floor) / max(base, floor)
    return Comparison(
        dimension=Dimension.PEAK_MIB,
        ratio=ratio,
        low=min(ratios[1]) / max(ratios[0]),
        high=max(ratios[1]) / min(ratios[0]),
        base_median=base,
        change_median=change,
        pairs=min(len(traced.base), len(traced.change)),
        improved=_less_traced(traced),
        regressed=limit.exceeded(ratio, ratio, change - base),
        limit=f"{limit.text(Dimension.PEAK_MIB)} (heap peak under tracemalloc)",
    )


def _collections_decision(pairs: Sequence[Pair]) -> Decision:
    """Judge collections: 10% fewer in every pair, and CPU not more than 2% worse."""
    fewer = _fewer_collections(pairs)
    if fewer is not Decision.IMPROVED:
        return fewer
    worse = -statistics.median(log_ratios(pairs, Dimension.CPU_S))
    return Decision.IMPROVED if worse <= math.log(_SLIGHTLY_SLOWER.ratio) else Decision.NOT_IMPROVED


def _fewer_collections(pairs: Sequence[Pair]) -> Decision:
    if len(pairs) < FEWEST_PAIRS:
        return Decision.UNDECIDED
    fewer = max(ratios_of(pairs, Dimension.GC_COLLECTIONS)) <= 1 - COLLECTIONS_LEAST_GAIN
    return Decision.IMPROVED if fewer else Decision.NOT_IMPROVED
