"""Keeps held against what they give together: measured with new pairs, and those that do not hold found by halving."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.specialists.setup import Setup
from orchestrator.deciding import headline_dimension
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.accounting import Claim, Span, claim, falls_short, is_about, unaccounted
from orchestrator.policy.verdict import Level
from orchestrator.services import Prover
from profiling.comparison import Measurement
from profiling.model import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is held against what.

    Attributes:
        prover, setup: to measure with.
        base_commit: where the keeps begin.
        kept: the keeps, in the order of their commits; at least one.
    """

    prover: Prover
    setup: Setup
    base_commit: str
    kept: tuple[ExperimentRecord, ...]

    def measured(self, head: str) -> Measurement | None:
        """Measure all keeps together; None when nothing is left of them.

        Raises:
            MeasurementFailed: it could not be measured.
        """
        return self._measure(self.base_commit, head)

    def falls_short(self, measured: Measurement) -> bool:
        """Say whether a measurement of all shows less than they claim."""
        return _falls_short(measured, self.kept)

    def failing(self) -> tuple[ExperimentRecord, ...]:
        """Return the keeps that fall short when measured again, the search halving their list.

        Raises:
            MeasurementFailed: one could not be measured.
        """
        search = unaccounted(len(self.kept))
        try:
            span = next(search)
            while True:
                span = search.send(self._is_short(span))
        except StopIteration as ended:
            return tuple(self.kept[number] for number in ended.value)

    def _is_short(self, span: Span) -> bool:
        keeps = self.kept[span.first : span.end]
        measured = self._measure(keeps[0].base_commit, keeps[-1].commit)
        return measured is not None and _falls_short(measured, keeps)

    def _measure(self, base: str, head: str) -> Measurement | None:
        return self.prover.headline(self.setup, base, head, headline_dimension(self.kept))


def _falls_short(measured: Measurement, keeps: Sequence[ExperimentRecord]) -> bool:
    compared = measured.comparisons.get(measured.decided_on)
    claims = [found for record in keeps if (found := _claim(record, measured.decided_on)) is not None]
    return compared is not None and bool(claims) and falls_short(compared, claims)


def _claim(record: ExperimentRecord, dimension: Dimension) -> Claim | None:
    if not is_about(record.proposal.dimension, dimension) or record.judged is None:
        return None
    is_own = record.verdict.level is Level.FUNCTION
    compared = record.judged.comparisons.get(record.judged.decided_on if is_own else dimension)
    return claim(compared, record.share if is_own else 1.0) if compared is not None else None
