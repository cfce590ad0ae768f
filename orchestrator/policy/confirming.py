"""A gain near the threshold that was measured while others worked counts only if it is found again."""

from collections.abc import Sequence

from profiling.comparison import Decision, Measurement

TIMES = 3
"""Measurements that a gain near the threshold needs, the first among them (docs/deciding.md)."""

_SOUGHT = 0.05
"""The gain that is sought: an interval that holds less than it is near the threshold."""


def is_near(measured: Measurement) -> bool:
    """Say whether a gain was found, and its interval also holds less than the gain sought."""
    compared = measured.comparisons.get(measured.decided_on)
    if measured.decision is not Decision.IMPROVED or compared is None:
        return False
    least = 1 - compared.high if compared.dimension.lower_is_better else compared.low - 1
    return least < _SOUGHT


def is_open(found: Sequence[Measurement]) -> bool:
    """Say whether a change is to be measured once more: near the threshold at first, and confirmed ever since.

    Args:
        found: in the order measured, at least one.
    """
    return is_near(found[0]) and found[-1].decision is Decision.IMPROVED


def strength(measured: Measurement) -> tuple[bool, float]:
    """Return how much a measurement speaks for its change, to be compared: any gain found before none, then its size.

    Of several measurements of one change the weakest counts.
    """
    compared = measured.comparisons.get(measured.decided_on)
    return measured.decision is Decision.IMPROVED, compared.gain if compared is not None else 0.0
