"""How many waits of which length, by whatever they are told apart by."""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHORTEST_S = 1e-4
"""Nobody gains from doing something else meanwhile; and so long a thread waits for the interpreter at each sample."""


class Lengths:
    """Waits by power of two of their microseconds, for each key: count, seconds, and of these contended ones."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget them."""
        self.rows: dict[Any, dict[int, list[float]]] = {}

    def add(self, key: Any, each_s: float, count: int = 1, contended_s: float = 0.0) -> None:
        """Add so many alike waits; those below 0.1 ms are left out.

        Contended is what may have been a wait for the interpreter, because other threads ran meanwhile.
        """
        if count < 1 or each_s < SHORTEST_S:
            return
        row = self.rows.setdefault(key, {}).setdefault(math.frexp(each_s * 1e6)[1], [0, 0.0, 0.0])
        row[0] += count
        row[1] += each_s * count
        row[2] += contended_s

    def of(self, key: Any) -> list[list[float]]:
        """Return power, count, seconds and contended seconds."""
        return [[power, *row] for power, row in sorted(self.rows.get(key, {}).items())]

    def copy(self) -> Lengths:
        """Return the same to add to."""
        found = Lengths()
        found.rows = {
            key: {power: row[:] for power, row in list(rows.items())} for key, rows in list(self.rows.items())
        }
        return found
