"""The order in which the work of several specialists is put together, and which of it touches the same files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One kept change of a worker.

    Attributes:
        number: of its experiment.
        files: that it changes.
        impact: share of the workload it is said to save in its dimension, from its measurement.
    """

    number: int
    files: frozenset[str]
    impact: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two pieces that change the same files: `first` is merged before `second`."""

    first: int
    second: int
    files: tuple[str, ...]


def in_order(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the pieces by impact, the largest first; equal ones in the order of their experiments."""
    return tuple(sorted(pieces, key=lambda piece: (-piece.impact, piece.number)))


def overlaps(pieces: Sequence[Piece]) -> tuple[Overlap, ...]:
    """Return every two pieces, of those in this order, that change one file or more in common."""
    return tuple(
        Overlap(first=first.number, second=second.number, files=tuple(sorted(first.files & second.files)))
        for place, first in enumerate(pieces)
        for second in pieces[place + 1 :]
        if first.files & second.files
    )
