"""Merge the waits of one entry point, by place and by length."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from profiling.collect.reports import LengthRow
from profiling.entry_points.model import WaitLength, WaitPlace, Waits
from profiling.model import FunctionKey

_MOST_PLACES = 8


@dataclass(slots=True, kw_only=True)
class _Sum:
    count: float = 0.0
    seconds: float = 0.0
    contended_s: float = 0.0

    def add(self, row: LengthRow) -> None:
        _, count, seconds, contended_s = row
        self.count += count
        self.seconds += seconds
        self.contended_s += contended_s


@dataclass(slots=True, kw_only=True)
class SeenWaits:
    """Waits so far, over all runs."""

    places: defaultdict[tuple[FunctionKey, int, str | None], _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    powers: defaultdict[int, _Sum] = field(default_factory=lambda: defaultdict(_Sum))

    def add(self, key: FunctionKey, line: int, library: str | None, lengths: Sequence[LengthRow]) -> None:
        """Add waits of one place.

        Args:
            key: the innermost project function; line: of it.
            library: that it entered.
            lengths: of the waits.
        """
        for row in lengths:
            self.places[key, line, library].add(row)
            self.powers[row[0]].add(row)

    def merged(self, runs: int) -> Waits:
        """Return the means over runs, at least one."""
        places = [
            WaitPlace(
                key=key,
                line=line,
                library=library,
                seconds=found.seconds / runs,
                count=found.count / runs,
                contended_s=found.contended_s / runs,
            )
            for (key, line, library), found in self.places.items()
        ]
        return Waits(
            seconds=sum(found.seconds for found in self.powers.values()) / runs,
            places=tuple(sorted(places, key=lambda one: (-one.seconds, one.key, one.line))[:_MOST_PLACES]),
            lengths=tuple(
                WaitLength(count=found.count / runs, seconds=found.seconds / runs)
                for _, found in sorted(self.powers.items())
            ),
        )
