"""One adversarial review: findings on what was kept since the last one, answers, and what does not stand undone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.model import Finding, Review
from agents.specialists.setup import Setup
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.ledger.review_report import ReviewRound
from orchestrator.live import says
from orchestrator.plain import finding_to_json
from orchestrator.policy.review import Answered, Investigation, answer, is_open, overweight
from orchestrator.policy.verdict import Reason, Status
from orchestrator.services import Services
from orchestrator.state import Repair, SessionState
from orchestrator.undoing import undo

_ON_FRESH_INPUTS = "fresh inputs"


@dataclass(kw_only=True)
class _Undoing:
    """What a review takes back.

    Attributes:
        services: to take it back with.
        kept: what was kept and is reviewed, oldest first.
        head: of the session branch.
        undone, refused, again: numbers: gone, not to be undone, and to be applied once more.
    """

    services: Services
    kept: tuple[ExperimentRecord, ...]
    head: str
    undone: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)

    def take_back(self, record: ExperimentRecord, why: str) -> None:
        """Undo a keep; where later ones build on it, these first: they are tried again on what is left."""
        self._undo(record, Reason.REVIEW_FAILED, why)
        if self._stands(record):
            for later in reversed(self.kept[self.kept.index(record) + 1 :]):
                if set(later.proposal.patch.files) & set(record.proposal.patch.files) and self._stands(later):
                    self._undo(later, Reason.MERGE_CONFLICT, f"it builds on experiment {record.number}, undone")
                    self.again.append(later.number)
            self._undo(record, Reason.REVIEW_FAILED, why)
        (self.refused if self._stands(record) else self.undone).append(record.number)

    def _undo(self, record: ExperimentRecord, reason: Reason, why: str) -> None:
        self.head = undo(self.services, record, reason, why)

    def _stands(self, record: ExperimentRecord) -> bool:
        return self.services.recorder.stands(record.commit)


def review_round(services: Services, setup: Setup, state: SessionState) -> SessionState:
    """Review what was kept since the last review; undo what does not stand, and name it for being made anew.

    Asked again after a kill, it finds what it had undone already.
    """
    base, head = state.get("reviewed_commit") or state["base_commit"], state["head_commit"]
    kept = _unreviewed(state, services.recorder.records())
    if base == head:
        return {}
    found = services.recorder.review(base, head)
    services.bus.publish(says.review(found))
    answered = _answered(services, setup, head, kept, found)
    undoing = _Undoing(services=services, kept=kept, head=head)
    reasons = _reasons(answered)
    for record in reversed(kept):
        if record.number in reasons:
            undoing.take_back(record, "; ".join(one.claim for one in reasons[record.number]))
    done = ReviewRound(
        base=base,
        head=head,
        verdict=found.verdict,
        answered=answered,
        undone=tuple(undoing.undone),
        refused=tuple(undoing.refused),
    )
    services.recorder.keep_review(done)
    for event in says.answers(answered):
        services.bus.publish(event)
    return _update(services, state, undoing, reasons)


def _update(
    services: Services, state: SessionState, undoing: _Undoing, reasons: Mapping[int, tuple[Finding, ...]]
) -> SessionState:
    repairs: list[Repair] = [
        {"number": number, "findings": [finding_to_json(one) for one in reasons[number]]} for number in undoing.undone
    ]
    return {
        "head_commit": undoing.head,
        "head_tree": services.recorder.tree_of(undoing.head),
        "reviewed": [*state.get("reviewed", []), *(record.number for record in undoing.kept)],
        "reviewed_commit": undoing.head,
        "repairs": [*state.get("repairs", []), *repairs],
        "again": [*state.get("again", []), *undoing.again],
    }


def _unreviewed(state: SessionState, records: Sequence[ExperimentRecord]) -> tuple[ExperimentRecord, ...]:
    """Return this session's keeps that no review has seen; what a killed review undid is still one of them."""
    mine = (one for one in records if one.session == state["session_id"] and one.commit)
    fresh = (one for one in mine if one.number not in state.get("reviewed", []))
    return tuple(
        one for one in fresh if one.verdict.status is Status.KEEP or one.verdict.reason is Reason.REVIEW_FAILED
    )


def _answered(
    services: Services, setup: Setup, head: str, kept: tuple[ExperimentRecord, ...], found: Review
) -> tuple[Answered, ...]:
    looks: dict[int, Investigation] = {}
    by_number = {record.number: record for record in kept}
    answers = []
    for finding in found.findings:
        number = _experiment_of(services, head, kept, finding)
        if is_open(finding) and number and number not in looks and services.rechecker is not None:
            looks[number] = services.rechecker.look(setup, by_number[number])
        answers.append(answer(finding, number, looks.get(number)))
    for record in kept:
        own = (*_on_fresh_inputs(services, setup, record), *_overweight(record))
        answers += [answer(finding, record.number, None) for finding in own]
    return tuple(answers)


def _experiment_of(services: Services, head: str, kept: Sequence[ExperimentRecord], finding: Finding) -> int:
    """Return the number of the keep that wrote the lines of a finding, else of the newest that changed its file."""
    authors = services.recorder.authors(head, finding)
    touching = [record for record in kept if finding.file in record.proposal.patch.files]
    wrote = [record for record in touching if record.commit in authors]
    return (wrote or touching)[-1].number if touching else 0


def _on_fresh_inputs(services: Services, setup: Setup, record: ExperimentRecord) -> Iterator[Finding]:
    if services.rechecker is None:
        return
    for line in services.rechecker.replayed(setup, record).failed:
        yield Finding(
            severity="high",
            file=record.proposal.key.file,
            lines=(record.proposal.key.first_line, record.proposal.key.first_line),
            confidence=0.95,
            claim=f"{record.proposal.key.qualname} behaves otherwise than its base: {line}",
            recommendation="keep what it returned",
            check=_ON_FRESH_INPUTS,
        )


def _overweight(record: ExperimentRecord) -> Iterator[Finding]:
    found = overweight(record.proposal.key.file, record.diff, record.gain)
    if found is not None:
        yield found


def _reasons(answered: Sequence[Answered]) -> Mapping[int, tuple[Finding, ...]]:
    """Return the findings that experiments have to go for, by their number."""
    numbers = {one.experiment for one in answered if one.fate.undoes}
    return {
        number: tuple(one.finding for one in answered if one.experiment == number and one.fate.undoes)
        for number in numbers
    }
