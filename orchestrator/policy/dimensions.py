"""What each dimension counts for: which one a domain is judged by, its weight in the net effect, how a change reads."""

import math
from collections.abc import Iterable, Mapping

from profiling.comparison import Comparison
from profiling.model import Dimension, Domain

DEFAULT_WEIGHTS: Mapping[Dimension, float] = {
    Dimension.CPU_S: 0.5,
    Dimension.WALL_S: 0.5,
    Dimension.IMPORT_S: 0.5,
    Dimension.LOOP_BLOCK_S: 0.5,
    Dimension.PEAK_MIB: 1.0,
    Dimension.THROUGHPUT: 1.0,
    Dimension.GC_S: 0.0,
    Dimension.GC_COLLECTIONS: 0.0,
}
"""Half for each kind of time, so that CPU-bound work, which shows on both clocks, does not count twice; nothing for
collections, whose cost shows in cpu_s. `weights` in conventions.md take their place."""

SECONDS = frozenset(
    {Dimension.WALL_S, Dimension.CPU_S, Dimension.GC_S, Dimension.LOOP_BLOCK_S, Dimension.IMPORT_S},
)

_PRIMARY: Mapping[Domain, Dimension] = {
    Domain.CPU: Dimension.CPU_S,
    Domain.MEMORY: Dimension.PEAK_MIB,
    Domain.ASYNC: Dimension.WALL_S,
    Domain.STRUCTURE: Dimension.IMPORT_S,
}
_LARGEST = 1e9
"""Ratios are held within 1/this and this, so that logarithms of measured zeros exist."""


def primary(domain: Domain, *, evidence_is_gc: bool = False) -> Dimension:
    """Return the dimension that decides on fixes of a domain.

    Args:
        domain: of the fix.
        evidence_is_gc: the target is one because of its collections; then a memory fix is judged by these.
    """
    if domain is Domain.MEMORY and evidence_is_gc:
        return Dimension.GC_COLLECTIONS
    return _PRIMARY[domain]


def log_gain(dimension: Dimension, ratio: float) -> float:
    """Return ln(before / after), the other way round for throughput: positive is better.

    Args:
        dimension: says which direction is better.
        ratio: change / base.
    """
    gain = math.log(min(max(ratio, 1 / _LARGEST), _LARGEST))
    return -gain if dimension.lower_is_better else gain


def worst_ratio(compared: Comparison) -> float:
    """Return the end of the interval that speaks most against the change."""
    return compared.high if compared.dimension.lower_is_better else compared.low


def formula(compared: Comparison) -> str:
    """Return `1.18x (15% less cpu_s) [0.83, 0.87], 9 pairs`: the factor gained, and the interval of change / base."""
    factor = math.exp(log_gain(compared.dimension, compared.ratio))
    word = "more" if compared.ratio > 1 else "less"
    share = abs(compared.ratio - 1)
    return (
        f"{_factor(factor)}x ({percent(share)} {word} {compared.dimension.value})"
        f" [{compared.low:.2f}, {compared.high:.2f}], {compared.pairs} pairs"
    )


def formulas(compared: Iterable[Comparison]) -> str:
    """Return the formulas of several dimensions, joined."""
    return ", ".join(formula(one) for one in compared)


def percent(share: float) -> str:
    """Return a share as a percentage: whole from 10% on, one decimal below."""
    return f"{share:.0%}" if round(share, 3) >= 0.1 else f"{share:.1%}"


def _factor(factor: float) -> str:
    if factor < 2:
        return f"{factor:.2f}"
    return f"{factor:.1f}" if factor < 100 else f"{factor:.0f}"
