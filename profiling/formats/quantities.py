"""Figures and names as a person reads them. Pure."""

from unicodedata import combining, east_asian_width

from profiling.collect.uncertainty import ENOUGH_SAMPLES, share_error

MIB = 2**20
TOO_FEW = "too few"
_ELLIPSIS = "…"


def seconds_text(value_s: float) -> str:
    """Return seconds from 1 s on and milliseconds below, in about three digits."""
    size = abs(value_s)
    if size >= 1:
        return f"{value_s:,.1f}s" if size >= 10 else f"{value_s:.2f}s"
    return f"{value_s * 1000:.0f}ms" if size >= 0.1 else f"{value_s * 1000:.1f}ms"


def bytes_text(size: float) -> str:
    """Return MiB, with a decimal below 10."""
    return f"{size / MIB:.0f} MiB" if abs(size) >= 10 * MIB or size == 0 else f"{size / MIB:.1f} MiB"


def sampled_share_text(share: float, samples: int) -> str:
    """Return a share with two standard errors, `12% ± 2%`; below 30 samples `12% too few`.

    Args:
        share: 0 to 1.
        samples: behind this share alone.
    """
    shown = percent_text(share)
    if samples < ENOUGH_SAMPLES:
        return f"{shown} {TOO_FEW}"
    return f"{shown} ± {max(share_error(share, samples), 0.01):.0%}"


def percent_text(share: float) -> str:
    """Return whole percents, `<1%` for what is more than nothing."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def printable(name: str) -> str:
    """Return a name from the target with everything that could move the cursor or hide text replaced."""
    return "".join(character if character.isprintable() else "?" for character in name)


def cells(text: str) -> int:
    """Return how many columns of a terminal a printable text takes."""
    return sum(_cells(character) for character in text)


def shortened(text: str, width: int) -> str:
    """Return a printable text that takes at most `width` columns (at least 1): its middle gives way.

    More is kept of the end, which tells names apart.
    """
    if cells(text) <= width:
        return text
    head_width = (width - 1) * 2 // 5
    head = _taken(text, head_width)
    tail = _taken(text[::-1], width - 1 - cells(head))[::-1]
    return f"{head}{_ELLIPSIS}{tail}"


def _cells(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _taken(text: str, width: int) -> str:
    """Return the longest beginning that takes at most `width` columns."""
    used = 0
    for index, character in enumerate(text):
        used += _cells(character)
        if used > width:
            return text[:index]
    return text
