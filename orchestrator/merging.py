"""Merges what workers kept: in order of impact, proved together, recorded once, and safe to be asked for again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from agents.specialists.setup import Setup
from orchestrator.joint_proof import Dropped, JointProof
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.plain import load, save
from orchestrator.policy import merging
from orchestrator.policy.merging import Piece
from orchestrator.policy.verdict import Reason, Status
from orchestrator.recorder import RepositoryRecorder
from orchestrator.services import Clock, Merged, Prover
from orchestrator.stacking import Stack, Stacker
from orchestrator.state import SessionState
from orchestrator.workspace import worker_branches
from orchestrator.workspace.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """An experiment whose change is in the merged state: its commit there, and what that commit follows."""

    number: int
    commit: str
    base_commit: str
    base_tree: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What a merge came to: written before anything is moved, so that a killed one ends as it began to."""

    session: str
    dispatch: int
    base: str
    head: str
    placed: tuple[_Placed, ...]
    dropped: tuple[Dropped, ...]
    lines: tuple[str, ...]

    def is_of(self, state: SessionState) -> bool:
        """Say whether it is that of a state's dispatch."""
        wanted = (state["session_id"], state["dispatches"], state["head_commit"])
        return (self.session, self.dispatch, self.base) == wanted


_OUTCOME: TypeAdapter[_Outcome] = TypeAdapter(_Outcome)

_Records = Mapping[int, ExperimentRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchMerger:
    """The real merger.

    Attributes:
        repository, layout: of the user's repository.
        stacker: puts changes one upon the other.
        recorder, prover: the lead's.
        clock: stamps.
        say: progress for a person.
    """

    repository: Repository
    layout: Layout
    stacker: Stacker
    recorder: RepositoryRecorder
    prover: Prover
    clock: Clock
    say: Callable[[str], None]

    def merge(self, setup: Setup, state: SessionState) -> Merged:
        """Bring what workers kept onto the session branch, proved together; asked again, it finds what it did."""
        path, base = self.layout.merge, state["head_commit"]
        numbers = {number for report in state["reports"] for number in report["kept"]}
        records = {record.number: record for record in self.recorder.records() if record.number in numbers}
        outcome = load(_OUTCOME, path)
        if outcome is None or not outcome.is_of(state):
            outcome = self._proved(setup, state, records)
            save(_OUTCOME, outcome, path)
        self.recorder.amend(_amended(outcome, records), outcome.head)
        self.recorder.advance(outcome.head, base)
        for record in records.values():
            worker_branches.remove(self.repository, record.dispatched, record.number)
        return Merged(
            head=outcome.head,
            taken=tuple(one.number for one in outcome.placed),
            again=tuple(one.number for one in outcome.dropped if one.reason is Reason.MERGE_CONFLICT),
            lines=outcome.lines,
        )

    def _proved(self, setup: Setup, state: SessionState, records: _Records) -> _Outcome:
        pieces = merging.in_order(map(_piece, records.values()))
        stack = self.stacker.stack(state["head_commit"], [records[piece.number] for piece in pieces])
        conflicts = [_conflict(record, why) for record, why in ((one.record, one.why) for one in stack.misfits)]
        proof = JointProof(
            repository=self.repository,
            stacker=self.stacker,
            prover=self.prover,
            setup=setup,
            output_repeatable=state["output_repeatable"],
            started_at=self.clock.now().isoformat(timespec="seconds"),
            say=self.say,
        )
        stack, lost, measured = _held(proof, stack)
        dropped = (*conflicts, *lost)
        lines = (
            f"{len(stack.placed)} of {len(records)} kept changes are on the session branch, in order of impact"
            if records
            else "nothing was kept: the session branch stays as it is",
            *_overlap_lines(pieces, records),
            *(f"experiment {one.number} ({records[one.number].proposal.summary}): {one.why}" for one in dropped),
            *([f"all of them together: {measured}"] if measured else []),
        )
        return _Outcome(
            session=state["session_id"],
            dispatch=state["dispatches"],
            base=state["head_commit"],
            head=stack.head,
            placed=tuple(map(_placed, stack.placed)),
            dropped=dropped,
            lines=lines,
        )


def _held(proof: JointProof, stack: Stack) -> tuple[Stack, tuple[Dropped, ...], str]:
    """Return what holds of a stack, what was dropped from it, and how the last measurement reads.

    One change alone was proved where it stands: nothing is asked again.
    """
    dropped: tuple[Dropped, ...] = ()
    measured = ""
    while len(stack.placed) > 1:
        losses = proof.losses(stack)
        measured = losses.measured
        if not losses.dropped:
            break
        dropped += losses.dropped
        gone = {one.number for one in losses.dropped}
        left = [record for record in stack.placed if record.number not in gone]
        stack = proof.stacker.stack(stack.base, left)
    return stack, dropped, measured


def _piece(record: ExperimentRecord) -> Piece:
    return Piece(number=record.number, files=frozenset(record.proposal.patch.files), impact=record.gain)


def _placed(record: ExperimentRecord) -> _Placed:
    return _Placed(
        number=record.number, commit=record.commit, base_commit=record.base_commit, base_tree=record.base_tree
    )


def _conflict(record: ExperimentRecord, why: str) -> Dropped:
    return Dropped(
        number=record.number, reason=Reason.MERGE_CONFLICT, why=f"{why}; it is tried again on the merged base"
    )


def _overlap_lines(pieces: Sequence[Piece], records: _Records) -> Iterator[str]:
    for one in merging.overlaps(pieces):
        first, second = records[one.first].proposal.summary, records[one.second].proposal.summary
        yield f"experiments {one.first} ({first}) and {one.second} ({second}) both change {', '.join(one.files)}"


def _amended(outcome: _Outcome, records: _Records) -> Iterator[ExperimentRecord]:
    """Yield the experiments as they stand after the merge: each on the session branch, or discarded with its reason."""
    for one in outcome.placed:
        yield replace(records[one.number], commit=one.commit, base_commit=one.base_commit, base_tree=one.base_tree)
    for dropped in outcome.dropped:
        record = records[dropped.number]
        verdict = replace(
            record.verdict,
            status=Status.DISCARD,
            reason=dropped.reason,
            explanation=f"merged with others: {dropped.why}",
        )
        yield replace(record, commit="", verdict=verdict)
