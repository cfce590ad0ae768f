"""What the policies remember of an earlier experiment, and the runs of failure that can be read from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from orchestrator.policy.verdict import Reason, Status
from profiling.model import Dimension, Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One earlier experiment.

    Attributes:
        status, reason: its verdict.
        dimension, domain: it was meant for.
        interactions: of its target.
        gain: share saved in its dimension by the estimate, 0 when it was not measured.
        name: of its target, as it reads.
    """

    status: Status
    reason: Reason
    dimension: Dimension
    domain: Domain
    interactions: tuple[str, ...] = ()
    gain: float = 0.0
    name: str = ""

    @property
    def is_kept(self) -> bool:
        """Say whether it was kept."""
        return self.status is Status.KEEP


def discards_in_a_row(history: Sequence[Past]) -> int:
    """Return how many experiments at the end of the history were not kept."""
    return sum(1 for _ in takewhile(lambda past: not past.is_kept, reversed(history)))


def discards_in_dimension(history: Iterable[Past], dimension: Dimension) -> int:
    """Return the same among the experiments meant for one dimension."""
    return discards_in_a_row([past for past in history if past.dimension is dimension])
