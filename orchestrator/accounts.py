"""Settle a session's accounts: measure all keeps together with new pairs, and undo those that do not hold."""

from dataclasses import dataclass

from agents.specialists.setup import Setup
from orchestrator.balance import Balance
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import effect_lines
from orchestrator.policy.verdict import Reason
from orchestrator.services import Services
from orchestrator.undoing import undo
from profiling.comparison import Decision, Measurement
from profiling.measure.failures import MeasurementFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The branch after settling: its head, the headline, and the measurement that it tells; None without one."""

    head: str
    headline: str
    measured: Measurement | None = None


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
        balance = Balance(prover=self.services.prover, setup=self.setup, base_commit=self.base_commit, kept=self.kept)
        measured = balance.measured(head)
        if measured is None:
            return Settled(head=head, headline="nothing is left of what was kept: the review undid it")
        if not balance.falls_short(measured):
            return Settled(head=head, headline=headline_text(measured), measured=measured)
        failing = balance.failing()
        if not failing:
            text = f"{headline_text(measured)}; together they gain less than one by one"
            return Settled(head=head, headline=text, measured=measured)
        for record in reversed(failing):
            why = "measured again alone, with new pairs, it does not gain what it claimed"
            head = undo(self.services, record, Reason.NOT_CONFIRMED, why)
        again = balance.measured(head)
        text = "nothing held when measured again" if again is None else headline_text(again)
        return Settled(head=head, headline=text, measured=again)


def headline_text(measured: Measurement) -> str:
    """Return how a measurement of several keeps together reads."""
    lines = "; ".join(effect_lines(measured))
    if measured.decision is Decision.IMPROVED:
        return f"base against head, new pairs: {lines}"
    return f"base against head, new pairs, does not by itself confirm a gain: {lines} ({measured.stopped_because})"
