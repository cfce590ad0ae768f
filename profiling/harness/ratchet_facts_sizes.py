"""Round sizes so that a histogram of them stays small, and count under names. Copied beside what uses it."""

from __future__ import annotations

_BITS = 6


def rounded(size: int) -> int:
    """Return a size below 64 as it is, a larger one cut to 6 significant bits."""
    shift = max(0, size.bit_length() - _BITS)
    return size >> shift << shift


def power_of_two(size: int) -> int:
    """Return the largest power of two that is no larger, 0 for 0."""
    return 1 << (size.bit_length() - 1) if size else 0


def add(histogram: dict[int, int], size: int) -> None:
    """Count a size."""
    histogram[size] = histogram.get(size, 0) + 1


def tally(counts: dict[str, int], name: str, limit: int = 256) -> None:
    """Count a name; those seen after the first `limit` are counted together."""
    if name not in counts and len(counts) >= limit:
        name = "(others)"
    counts[name] = counts.get(name, 0) + 1


def as_json(histogram: dict[int, int]) -> dict[str, int]:
    """Return it with keys as JSON has them, smallest first."""
    return {str(size): count for size, count in sorted(histogram.items())}
