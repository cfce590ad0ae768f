"""What a paired measurement says of two commits, in either direction. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from profiling.comparison import Comparison, Decision, Measurement
from profiling.measure import rules
from profiling.measure.forecast import Need, need
from profiling.measure.stats import Test, decide, gather
from profiling.model import Dimension


class Standing(StrEnum):
    """How HEAD stands beside BASE: in one dimension, or in all."""

    BETTER = "better"
    REGRESSED = "regressed"
    WORSE = "worse by its interval"
    SEEMS_BETTER = "better by its interval"
    NO_DIFFERENCE = "no difference"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is said of one workload.

    Attributes:
        standing: regressed when one dimension is; better when none is, and one is proved to be better.
        dimensions: each one's standing.
        reason: one sentence: what decided, or what is missing.
        more: what a decision would still take; None when there is one, or no telling.
    """

    standing: Standing
    dimensions: dict[Dimension, Standing]
    reason: str
    more: Need | None


def judge(measurement: Measurement, test: Test) -> Judgement:
    """Judge a measurement that was made both ways.

    Args:
        measurement: of a plan with `both_ways`.
        test: that plan's.
    """
    metric = measurement.decided_on
    dimensions = {name: _aside(one) for name, one in measurement.comparisons.items()}
    if metric in dimensions:
        dimensions[metric] = _decided(measurement, test)
    standing = _overall(dimensions, metric)
    is_open = dimensions.get(metric) is Standing.UNDECIDED
    more = _missing(measurement, test) if is_open else None
    return Judgement(
        standing=standing, dimensions=dimensions, reason=_reason(measurement, test, dimensions, more), more=more
    )


def worst(standings: Iterable[Standing]) -> Standing:
    """Return what several workloads come to: one that regressed is named before all others, then what is open."""
    seen = frozenset(standings)
    order = (Standing.REGRESSED, Standing.UNDECIDED, Standing.BETTER)
    return next((one for one in order if one in seen), Standing.NO_DIFFERENCE)


def _overall(dimensions: dict[Dimension, Standing], metric: Dimension) -> Standing:
    seen = set(dimensions.values())
    if Standing.REGRESSED in seen:
        return Standing.REGRESSED
    if Standing.BETTER in seen:
        return Standing.BETTER
    return Standing.UNDECIDED if dimensions.get(metric) is Standing.UNDECIDED else Standing.NO_DIFFERENCE


def _decided(measurement: Measurement, test: Test) -> Standing:
    """Judge the dimension that the sequential test was run on."""
    metric = measurement.decided_on
    loss = rules.loss(measurement.pairs, metric, test)
    if loss is Decision.IMPROVED or measurement.comparisons[metric].regressed:
        return Standing.REGRESSED
    if measurement.decision is Decision.IMPROVED:
        return Standing.BETTER
    both_said = Decision.UNDECIDED not in (measurement.decision, loss)
    return Standing.NO_DIFFERENCE if both_said else Standing.UNDECIDED


def _aside(one: Comparison) -> Standing:
    """Judge a dimension beside it: better by its rule, worse by its limit, else by its interval alone."""
    if one.regressed:
        return Standing.REGRESSED
    if one.improved:
        return Standing.BETTER
    if one.low <= 1 <= one.high:
        return Standing.NO_DIFFERENCE
    return Standing.SEEMS_BETTER if one.gain > 0 else Standing.WORSE


def _reason(measurement: Measurement, test: Test, dimensions: dict[Dimension, Standing], more: Need | None) -> str:
    metric, count = measurement.decided_on, len(measurement.pairs)
    beyond = [name.value for name, one in dimensions.items() if one is Standing.REGRESSED]
    if beyond:
        whose = "its limit" if len(beyond) == 1 else "their limits"
        return f"{', '.join(beyond)} beyond {whose} after {count} pairs"
    match dimensions.get(metric):
        case Standing.NO_DIFFERENCE if metric in rules.TIMED:
            return (
                f"{metric.value} differs by less than {test.design_effect:.0%} in either direction, after {count} pairs"
            )
        case Standing.UNDECIDED if more is not None:
            return f"{metric.value} is undecided after {count} pairs; {more.text}"
        case Standing.UNDECIDED:
            lean = "which lean neither way: more of them are unlikely to help"
            return f"{metric.value} is undecided after {count} pairs, {lean}"
        case _:
            return measurement.stopped_because


def _missing(measurement: Measurement, test: Test) -> Need | None:
    """Return the larger need of the two tests that are still open."""
    metric, pairs = measurement.decided_on, measurement.pairs
    if metric not in rules.TIMED or not pairs:
        return None
    pair_s = measurement.elapsed_s / len(pairs)
    both = (gather(test, rules.log_ratios(pairs, metric)), rules.mirrored(pairs, metric, test))
    needs = [need(one, pair_s) for one in both if decide(one) is Decision.UNDECIDED]
    known = [one for one in needs if one is not None]
    return max(known, key=lambda one: one.pairs) if len(known) == len(needs) and known else None
