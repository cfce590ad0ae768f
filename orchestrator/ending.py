"""The end of a session: what was kept is reviewed and measured as a whole, and what does not stand is undone."""

from agents.model import Review
from agents.specialists.setup import Setup
from orchestrator.accounts import Accounts, Settled
from orchestrator.deciding import kept_of
from orchestrator.ledger.handoff import SessionStatus
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live import says
from orchestrator.next_steps import next_steps
from orchestrator.policy import presubmit
from orchestrator.policy.presubmit import Check, Item, KeptExperiment
from orchestrator.services import Services
from orchestrator.state import SessionState
from orchestrator.tracking import track

_UNDOES = frozenset({Check.MEASURED, Check.REVIEWED, Check.TESTS_AS_BEFORE})
"""Items that a keep may not stand without; the others are said."""


def end_session(services: Services, setup: Setup, state: SessionState) -> str:
    """Review, measure, close the records; return the head of the session branch."""
    kept = kept_of(state, services.recorder.records())
    settled = Settled(
        head=state["head_commit"], headline=f"nothing {'more ' if state.get('continues') else ''}was kept"
    )
    if kept:
        head, standing = _reviewed(services, state, kept)
        settled = Settled(head=head, headline="nothing is left of what was kept: the review undid it")
        if standing:
            accounts = Accounts(services=services, setup=setup, base_commit=state["base_commit"], kept=standing)
            settled = accounts.settle(head)
    head, headline = settled.head, settled.headline
    survey = services.observer.survey(setup, head, services.recorder.tree_of(head))
    ended: SessionState = {**state, "head_commit": head}
    status = SessionStatus.BOUND if state.get("bounded") else SessionStatus.DONE
    track(services, setup, ended)
    where = services.recorder.close(ended, headline, next_steps(state, survey), status)
    records = services.recorder.records()
    mine = tuple(record for record in records if record.session == state["session_id"])
    services.bus.publish(says.complete(headline, mine, len(records) - len(mine), where, costs=services.costs()))
    return head


def _reviewed(
    services: Services, state: SessionState, kept: tuple[ExperimentRecord, ...]
) -> tuple[str, tuple[ExperimentRecord, ...]]:
    """Go through the checklist, newest keep first; revert what may not stand; return the head and what stands."""
    found = services.recorder.review(state["base_commit"], state["head_commit"])
    services.bus.publish(says.review(found))
    head, standing = state["head_commit"], list(kept)
    for record in reversed(kept):
        items = presubmit.check([_as_kept(record, found, services.recorder.message(record.commit))])
        failed = [item for item in items if not item.passed]
        for item in failed:
            services.bus.publish(says.warning(_said(item)))
        if any(item.name in _UNDOES for item in failed):
            why = "; ".join(_said(item) for item in failed if item.name in _UNDOES)
            standing.remove(record)
            head = services.recorder.revert(record.commit, f"The review before completion: {why}")
            services.bus.publish(says.warning(f"reverted {record.commit[:10]} ({record.proposal.summary})"))
    return head, tuple(standing)


def _as_kept(record: ExperimentRecord, found: Review, message: str) -> KeptExperiment:
    return KeptExperiment(
        number=record.number,
        message=message,
        interactions=record.interactions,
        primary=record.proposal.dimension,
        comparisons=record.comparisons,
        diff=record.diff,
        tests_failed=record.tests.failed,
        tests_failed_before=record.tests.failed_before,
        findings=tuple(finding for finding in found.findings if finding.file in record.proposal.patch.files),
    )


def _said(item: Item) -> str:
    return f"experiment {item.experiment}, {item.name.value}: {item.detail}"
