"""Merge the waits of one entry point, by place and by length."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from profiling.collect.reports import LengthRow
from profiling.entry_points.model import WaitLength, WaitPlace
from profiling.model import FunctionKey

_MOST_PLACES = 8


@dataclass(slots=True, kw_only=True)
class _Sum:
    count: float = 0.0
    seconds: float = 0.0
    contended_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class SeenPlaces:
    """Waits so far, over all runs: sums by place and by power of two of their microseconds."""

    places: defaultdict[tuple[FunctionKey, int, str | None], defaultdict[int, _Sum]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_Sum))
    )

    def add(self, key: FunctionKey, line: int, library: str | None, lengths: Sequence[LengthRow]) -> None:
        """Add waits of one place.

        Args:
            key: the innermost project function; line: of it.
            library: that it entered.
            lengths: of the waits.
        """
        for power, count, seconds, contended_s in lengths:
            found = self.places[key, line, library][power]
            found.count += count
            found.seconds += seconds
            found.contended_s += contended_s

    def merged(self, runs: int) -> tuple[WaitPlace, ...]:
        """Return the places with means over runs, at least one; largest first."""
        places = [
            WaitPlace(
                key=key,
                line=line,
                library=library,
                lengths=tuple(
                    WaitLength(count=found.count / runs, seconds=found.seconds / runs)
                    for _, found in sorted(powers.items())
                ),
                contended_s=sum(found.contended_s for found in powers.values()) / runs,
            )
            for (key, line, library), powers in self.places.items()
        ]
        return tuple(sorted(places, key=lambda one: (-one.seconds, one.key, one.line))[:_MOST_PLACES])
