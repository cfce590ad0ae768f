"""Settle a session's accounts: measure all keeps together with new pairs, and undo those that do not hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.specialists.setup import Setup
from orchestrator.deciding import headline_dimension
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live import says
from orchestrator.live.effects import effect_lines
from orchestrator.policy.accounting import Claim, Span, claim, falls_short, is_about, unaccounted
from orchestrator.policy.verdict import Level
from orchestrator.services import Services
from profiling.comparison import Decision, Measurement
from profiling.measure.failures import MeasurementFailed
from profiling.model import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The branch after settling: its head, and the headline."""

    head: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What is settled.

    Attributes:
        services, setup: to measure with.
        base_commit: where the session began.
        kept: the keeps that stand, in order; at least one.
    """

    services: Services
    setup: Setup
    base_commit: str
    kept: tuple[ExperimentRecord, ...]

    def settle(self, head: str) -> Settled:
        """Measure base against head; when that can't account for the claims, find and revert what fails."""
        try:
            return self._settled(head)
        except MeasurementFailed as error:
            return Settled(head=head, headline=f"base against head could not be measured: {error}")

    def _settled(self, head: str) -> Settled:
        measured = self._measure(self.base_commit, head)
        if measured is None:
            return Settled(head=head, headline="nothing is left of what was kept: the review undid it")
        if not self._falls_short(measured, self.kept):
            return Settled(head=head, headline=_text(measured))
        failing = self._failing()
        if not failing:
            return Settled(head=head, headline=f"{_text(measured)}; together they gain less than one by one")
        for record in reversed(failing):
            why = "measured again alone, with new pairs, it does not gain what it claimed"
            head = self.services.recorder.revert(record.commit, f"The accounts at the end: {why}")
            self.services.bus.publish(says.warning(f"reverted {record.commit[:10]} ({record.proposal.summary}): {why}"))
        again = self._measure(self.base_commit, head)
        return Settled(head=head, headline="nothing held when measured again" if again is None else _text(again))

    def _failing(self) -> tuple[ExperimentRecord, ...]:
        """Return the keeps that fall short when measured again, the search halving their list."""
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
        return measured is not None and self._falls_short(measured, keeps)

    def _falls_short(self, measured: Measurement, keeps: Sequence[ExperimentRecord]) -> bool:
        compared = measured.comparisons.get(measured.decided_on)
        claims = [found for record in keeps if (found := _claim(record, measured.decided_on)) is not None]
        return compared is not None and bool(claims) and falls_short(compared, claims)

    def _measure(self, base: str, head: str) -> Measurement | None:
        return self.services.prover.headline(self.setup, base, head, headline_dimension(self.kept))


def _claim(record: ExperimentRecord, dimension: Dimension) -> Claim | None:
    if not is_about(record.proposal.dimension, dimension) or record.judged is None:
        return None
    is_own = record.verdict.level is Level.FUNCTION
    compared = record.judged.comparisons.get(record.judged.decided_on if is_own else dimension)
    return claim(compared, record.share if is_own else 1.0) if compared is not None else None


def _text(measured: Measurement) -> str:
    lines = "; ".join(effect_lines(measured))
    if measured.decision is Decision.IMPROVED:
        return f"base against head, new pairs: {lines}"
    return f"base against head, new pairs, does not by itself confirm a gain: {lines} ({measured.stopped_because})"
