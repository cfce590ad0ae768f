"""The end of a session: what was kept is reviewed and measured as a whole, and what does not stand is undone."""

from agents.model import Review
from agents.specialists.reviewer import INVESTIGATE
from agents.specialists.setup import Setup
from orchestrator.ledger.handoff import SessionStatus
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live import says
from orchestrator.live.effects import effect_lines
from orchestrator.policy import presubmit
from orchestrator.policy.verdict import Status
from orchestrator.services import Services
from orchestrator.state import SessionState
from orchestrator.survey import Survey
from profiling.comparison import Decision, Measurement


def end_session(services: Services, setup: Setup, state: SessionState) -> str:
    """Review, measure, close the records; return the head of the session branch."""
    kept = [
        record
        for record in services.recorder.records()
        if record.session == state["session_id"] and record.verdict.status is Status.KEEP
    ]
    head = _reviewed(services, state, kept)
    headline = _headline(services, setup, state["base_commit"], head) if kept else "nothing was kept"
    survey = services.observer.survey(setup, head, services.recorder.tree_of(head))
    where = services.recorder.close(
        {**state, "head_commit": head}, headline, _next_steps(state, survey), _status(state)
    )
    services.bus.publish(says.complete(state, headline, services.recorder.records(), where))
    return head


def _reviewed(services: Services, state: SessionState, kept: list[ExperimentRecord]) -> str:
    """Check every claim before it is handed on; a keep whose diff has a confident, serious finding is reverted."""
    for item in presubmit.check(tuple(map(_claim, kept))):
        if not item.passed:
            services.bus.publish(says.warning(f"pre-submit: {item.name}: {item.detail}"))
    head = state["head_commit"]
    if not kept:
        return head
    found = services.recorder.review(state["base_commit"], head)
    services.bus.publish(says.review(found))
    for record in kept:
        serious = _serious(found, record)
        if serious:
            head = services.recorder.revert(record.commit, f"The review found: {serious}")
            services.bus.publish(says.warning(f"reverted {record.commit[:10]}: {serious}"))
    return head


def _serious(found: Review, record: ExperimentRecord) -> str:
    """Return the first confident, serious finding on a file that this keep changed."""
    files = record.proposal.patch.files
    return next(
        (
            finding.claim
            for finding in found.findings
            if finding.file in files and finding.severity == "high" and finding.confidence >= INVESTIGATE
        ),
        "",
    )


def _headline(services: Services, setup: Setup, base: str, head: str) -> str:
    if base == head:
        return "nothing is left of what was kept: the reviews undid it"
    measured = services.prover.headline(setup, base, head)
    if measured is None:
        return "base and head could not be measured against each other"
    lines = "; ".join(effect_lines(measured))
    if measured.decision is Decision.IMPROVED:
        return f"base against head, new pairs: {lines}"
    return f"base against head, new pairs, does not confirm a gain in CPU: {lines} ({measured.stopped_because})"


def _claim(record: ExperimentRecord) -> presubmit.Claim:
    raise NotImplementedError(record)


def _next_steps(state: SessionState, survey: Survey) -> tuple[str, ...]:
    del survey
    return (state["finish_reason"],)


def _status(state: SessionState) -> SessionStatus:
    return SessionStatus.BOUND if state.get("bounded") else SessionStatus.DONE


__all__ = ["Measurement", "end_session"]
