"""Proves changes that were each proved alone once more, together: what the merged state loses, and through which."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agents.model import Edit, Patch
from agents.specialists.setup import Setup
from orchestrator.accounts import headline_text
from orchestrator.balance import Balance
from orchestrator.deciding import headline_dimension
from orchestrator.draft import Draft
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.verdict import Level, Reason
from orchestrator.services import Prover
from orchestrator.sources import decoded
from orchestrator.stacking import Stack, Stacker
from orchestrator.workspace.repository import Repository
from profiling.comparison import Measurement
from profiling.measure.failures import MeasurementFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An experiment whose change does not stay: why, in a word and in a sentence."""

    number: int
    reason: Reason
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What a merged state was seen to lose: the changes that go, and how the measurement of all reads."""

    dropped: tuple[Dropped, ...] = ()
    measured: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointProof:
    """Holds a stack against its base by the gates and the measurement that every single fix goes through.

    Attributes:
        repository, stacker: hold the stack, and build parts of it.
        prover: the lead's.
        setup, output_repeatable: of the session.
        started_at: ISO 8601, UTC.
        say: progress for a person.
    """

    repository: Repository
    stacker: Stacker
    prover: Prover
    setup: Setup
    output_repeatable: bool
    started_at: str
    say: Callable[[str], None]

    def losses(self, stack: Stack) -> Losses:
        """Return what a stack of two changes or more loses: its gates are asked first, then all of it is measured."""
        self.say(f"testing {len(stack.placed)} merged changes together")
        failing = self._failing_gates(stack)
        if failing:
            return Losses(dropped=failing)
        self.say(f"measuring {len(stack.placed)} merged changes together")
        try:
            return self._measured(stack)
        except MeasurementFailed as error:
            return Losses(dropped=_weakest(stack, f"the merged state could not be measured: {error}"))

    def _failing_gates(self, stack: Stack) -> tuple[Dropped, ...]:
        """Return the changes with which a gate fails: when all together fail, they are added one at a time."""
        if self._failure(stack) is None:
            return ()
        fine: list[ExperimentRecord] = [stack.placed[0]]
        failing: list[Dropped] = []
        for record in stack.placed[1:]:
            failure = self._failure(self.stacker.stack(stack.base, [*fine, record]))
            if failure is None:
                fine.append(record)
            else:
                failing.append(replace(failure, number=record.number))
        return tuple(failing) or _weakest(stack, "all together failed a gate that they passed one by one")

    def _failure(self, stack: Stack) -> Dropped | None:
        gated = self.prover.gate(self.setup, self._joint(stack), output_repeatable=self.output_repeatable)
        if gated.failed is None:
            return None
        why = f"beside the others it fails: {gated.failure}"
        return Dropped(number=stack.placed[-1].number, reason=gated.failed, why=why)

    def _measured(self, stack: Stack) -> Losses:
        balance = Balance(prover=self.prover, setup=self.setup, base_commit=stack.base, kept=stack.placed)
        measured = balance.measured(stack.head)
        if measured is None:
            return Losses()
        text, worse = headline_text(measured), _newly_worse(measured, stack.placed)
        if worse:
            why = f"together they make {', '.join(worse)} worse, which none of them does alone"
            return Losses(dropped=_weakest(stack, why), measured=text)
        failing = balance.failing() if balance.falls_short(measured) else ()
        why = "beside the others it does not gain what it gained alone"
        dropped = tuple(Dropped(number=one.number, reason=Reason.MERGE_LOSS, why=why) for one in failing)
        return Losses(dropped=dropped, measured=text)

    def _joint(self, stack: Stack) -> Draft:
        """Return all changes as one fix of the base."""
        first, base = stack.placed[0], stack.base
        edits = (
            Edit(file=file, start=0, old=self._text(base, file), new=self._text(stack.head, file))
            for file in self.repository.changed_files(base, stack.head)
        )
        proposal = replace(
            first.proposal,
            dimension=headline_dimension(stack.placed),
            summary=f"{len(stack.placed)} changes together",
            patch=Patch(edits=tuple(edits)),
            needs_approval=any(record.proposal.needs_approval for record in stack.placed),
        )
        return Draft(
            number=first.number,
            key=proposal.content_key(first.base_tree),
            base_commit=base,
            base_tree=first.base_tree,
            proposal=proposal,
            diff=self.repository.diff(base, stack.head),
            domains=tuple(dict.fromkeys(domain for record in stack.placed for domain in record.domains)),
            interactions=(),
            cpu_share=1.0,
            total_share=1.0,
            outside_share=0.0,
            level=Level.WORKLOAD,
            place_digest="",
            started_at=self.started_at,
        )

    def _text(self, commit: str, file: str) -> str:
        return decoded(self.repository.file_at(commit, file) or b"").text


def _newly_worse(measured: Measurement, placed: Sequence[ExperimentRecord]) -> list[str]:
    accepted = {dimension for record in placed for dimension in record.verdict.regressed}
    worse = {one.dimension for one in measured.comparisons.values() if one.regressed} - accepted
    return sorted(dimension.value for dimension in worse)


def _weakest(stack: Stack, why: str) -> tuple[Dropped, ...]:
    """Return the change with the least impact: stacks are built in its order."""
    return (Dropped(number=stack.placed[-1].number, reason=Reason.MERGE_LOSS, why=why),)
