"""The end of a session: what was kept is reviewed and measured as a whole, and what does not stand is undone."""

from collections.abc import Sequence

from agents.specialists.setup import Setup
from orchestrator.accounts import Accounts, Settled
from orchestrator.deciding import kept_of
from orchestrator.ledger.handoff import SessionStatus
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.ledger.review_report import ReviewReport
from orchestrator.live import says
from orchestrator.next_steps import next_steps
from orchestrator.policy import presubmit
from orchestrator.policy.presubmit import Check, Item, KeptExperiment
from orchestrator.policy.review import MOST_ROUNDS
from orchestrator.policy.verdict import Reason
from orchestrator.review.rounds import review_round
from orchestrator.services import Services
from orchestrator.state import SessionState
from orchestrator.tracking import track
from orchestrator.undoing import undo

_UNDOES = frozenset({Check.MEASURED, Check.REVIEWED, Check.TESTS_AS_BEFORE})
"""Items that a keep may not stand without; the others are said."""


def end_session(services: Services, setup: Setup, state: SessionState) -> SessionState:
    """Review what was kept; where something is to be made anew the session goes on, else its records are closed."""
    reviewed = review_round(services, setup, state)
    rounds = state.get("review_rounds", 0)
    to_do = reviewed.get("repairs") or reviewed.get("again")
    if to_do and rounds < MOST_ROUNDS and not state.get("bounded"):
        return {**reviewed, "review_rounds": rounds + 1, "finish_reason": ""}
    return {**reviewed, "head_commit": _closed(services, setup, {**state, **reviewed})}


def _closed(services: Services, setup: Setup, state: SessionState) -> str:
    """Go through the checklist, measure, close the records; return the head of the session branch."""
    kept = kept_of(state, services.recorder.records())
    settled = Settled(
        head=state["head_commit"], headline=f"nothing {'more ' if state.get('continues') else ''}was kept"
    )
    if kept:
        head, standing = _checked(services, setup, state, kept)
        settled = Settled(head=head, headline="nothing is left of what was kept: the review undid it")
        if standing:
            accounts = Accounts(services=services, setup=setup, base_commit=state["base_commit"], kept=standing)
            settled = accounts.settle(head)
    head, headline = settled.head, settled.headline
    survey = services.observer.survey(setup, head, services.recorder.tree_of(head))
    ended: SessionState = {**state, "head_commit": head}
    status = SessionStatus.BOUND if state.get("bounded") else SessionStatus.DONE
    track(services, setup, ended, settled.measured)
    where = services.recorder.close(ended, headline, next_steps(state, survey), status)
    records = services.recorder.records()
    mine = tuple(record for record in records if record.session == state["session_id"])
    services.bus.publish(says.complete(headline, mine, len(records) - len(mine), where, costs=services.costs()))
    return head


def _checked(
    services: Services, setup: Setup, state: SessionState, kept: tuple[ExperimentRecord, ...]
) -> tuple[str, tuple[ExperimentRecord, ...]]:
    """Ask every item of the checklist, newest keep first; undo what may not stand; return the head and what stands."""
    report = services.recorder.review_report()
    head, standing, asked = state["head_commit"], list(kept), list[Item]()
    for record in reversed(kept):
        items = presubmit.check([_as_kept(record, report, services.recorder.message(record.commit))])
        asked = [*items, *asked]
        barred = [item for item in items if not item.passed and item.name in _UNDOES]
        if barred:
            head = undo(services, record, Reason.REVIEW_FAILED, "; ".join(map(_said, barred)))
        if barred and not services.recorder.stands(record.commit):
            standing.remove(record)
    items = (*asked, *_of_branch(services, setup, state["base_commit"], head))
    services.bus.publish(says.checklist(items, services.recorder.keep_checklist(items)))
    return head, tuple(standing)


def _of_branch(services: Services, setup: Setup, base: str, head: str) -> Sequence[Item]:
    if services.rechecker is None or base == head:
        return ()
    return tuple(services.rechecker.branch(setup, base, head, services.recorder.changed_files(base, head)))


def _as_kept(record: ExperimentRecord, report: ReviewReport, message: str) -> KeptExperiment:
    return KeptExperiment(
        number=record.number,
        message=message,
        interactions=record.interactions,
        primary=record.proposal.dimension,
        comparisons=record.comparisons,
        diff=record.diff,
        tests_passed=record.tests.passed,
        tests_failed=record.tests.failed,
        tests_failed_before=record.tests.failed_before,
        findings=report.of_experiment(record.number),
        unanswered=report.unanswered(record.number),
    )


def _said(item: Item) -> str:
    return f"{item.name.value}: {item.detail}"
