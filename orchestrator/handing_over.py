"""Keeps HANDOFF.md true after every step, from the records and from what the session says."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator import methodology
from orchestrator.ledger import handoff as handoff_file
from orchestrator.ledger.costs import Costs
from orchestrator.ledger.handoff import Ceiling, DiscardedEntry, Handoff, KeptEntry, SessionStatus
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.ledger.trials import mark_of
from orchestrator.live.effects import measured_lines
from orchestrator.live.events import Event, EventKind
from orchestrator.policy.verdict import Status
from orchestrator.services import Clock
from orchestrator.state import SessionState
from orchestrator.workspace.branch import SESSION_BRANCH
from profiling.measure.environment import fingerprint

_KEPT_STRATEGY_LINES = 20


@dataclass(kw_only=True)
class HandoffKeeper:
    """Writes HANDOFF.md. As a listener of the bus it takes up what is said of baseline, targets, strategy, reviews.

    Attributes:
        layout: where the file is.
        clock: stamps it.
        session_id, goal, branch: of the session.
        costs: says what the session's models cost so far.
        seen: the last value of each section that is heard, not computed; ceilings likewise.
        carried: entries of an earlier file whose whole records are not here: made on another machine.
    """

    layout: Layout
    clock: Clock
    session_id: str
    goal: str
    branch: str = SESSION_BRANCH
    costs: Callable[[], Costs] = dict
    seen: dict[EventKind, tuple[str, ...]] = field(default_factory=dict)
    ceilings: tuple[Ceiling, ...] = ()
    carried: tuple[KeptEntry | DiscardedEntry, ...] = ()

    def begin(self, setup: Setup, state: SessionState, records: tuple[ExperimentRecord, ...]) -> None:
        """Write the first version; of an earlier file what was tried elsewhere stays, of the same session's all.

        Raises:
            RecordsDamaged: there is one that can't be read; it is left as it is.
        """
        earlier = handoff_file.load(self.layout.handoff)
        if earlier is not None and earlier.session == self.session_id:
            self._remember(earlier)
        if earlier is not None:
            self.ceilings, self.carried = earlier.ceilings, (*earlier.kept, *earlier.discarded)
        blank = Handoff(
            session=self.session_id,
            status=SessionStatus.RUNNING,
            branch=self.branch,
            base_commit=state["base_commit"],
            head_commit=state["head_commit"],
            workload=methodology.workload_of(setup).text,
            tests=setup.tests.text if setup.tests else "",
            goal=self.goal,
            updated_at="",
            experiments=0,
            keeps=0,
            discards=0,
            crashes=0,
            environment=_environment(setup),
        )
        self._save(self._with_records(blank, records))

    def hear(self, event: Event) -> None:
        """Take up an event that a section of the file is made of."""
        lines = tuple(line for line in event.text.splitlines() if line)
        if event.kind in {EventKind.BASELINE, EventKind.UNIFIED_TARGETS}:
            self.seen[event.kind] = lines
            self.ceilings = _ceilings(event) if event.kind is EventKind.UNIFIED_TARGETS else self.ceilings
        elif event.kind in {EventKind.STRATEGY, EventKind.MERGE, EventKind.PLATEAU, EventKind.STUCK}:
            before = self.seen.get(EventKind.STRATEGY, ())
            self.seen[EventKind.STRATEGY] = (*before, *lines)[-_KEPT_STRATEGY_LINES:]
        elif event.kind is EventKind.REVIEW:
            self.seen[EventKind.REVIEW] = (*self.seen.get(EventKind.REVIEW, ()), *lines)

    def experiment(self, records: tuple[ExperimentRecord, ...], head: str) -> None:
        """Bring the file up to date after an experiment, or a merge of several.

        Args:
            records: all of them.
            head: of the session branch.
        """
        current = self._load()
        if current is not None:
            self._save(self._with_records(replace(current, head_commit=head), records))

    def closed(
        self,
        records: tuple[ExperimentRecord, ...],
        state: SessionState,
        *,
        headline: str,
        next_steps: tuple[str, ...],
        status: SessionStatus,
    ) -> None:
        """Write the last version of a session."""
        current = self._load()
        if current is None:
            return
        base, head = state["base_commit"], state["head_commit"]
        self._save(
            replace(
                self._with_records(current, records),
                head_commit=head,
                headline=headline,
                next_steps=next_steps,
                status=status,
                reproduce=_reproduce(base[:12], head[:12], current.workload),
            )
        )

    def stopped(self, status: SessionStatus) -> None:
        """Note that the session was interrupted or failed and can be gone on with."""
        current = self._load()
        if current is not None and current.status is SessionStatus.RUNNING:
            self._save(replace(current, status=status, next_steps=("run optimize again: it goes on from here",)))

    def _with_records(self, value: Handoff, records: tuple[ExperimentRecord, ...]) -> Handoff:
        here = {record.key for record in records}
        carried = [(one, one.trial) for one in self.carried if one.trial is not None and one.trial.key not in here]
        by_status = [record.verdict.status for record in records] + [mark.status for _, mark in carried]
        kept = [record for record in records if record.verdict.status is Status.KEEP]
        rest = [record for record in records if record.verdict.status is not Status.KEEP]
        return replace(
            value,
            experiments=len(by_status),
            keeps=by_status.count(Status.KEEP),
            discards=by_status.count(Status.DISCARD),
            crashes=by_status.count(Status.CRASH),
            kept=(*(one for one, _ in carried if isinstance(one, KeptEntry)), *map(_kept, kept)),
            discarded=(*(one for one, _ in carried if isinstance(one, DiscardedEntry)), *map(_discarded, rest)),
        )

    def _load(self) -> Handoff | None:
        found = handoff_file.load(self.layout.handoff)
        return found if found is not None and found.session == self.session_id else None

    def _save(self, value: Handoff) -> None:
        stamped = replace(
            value,
            updated_at=self.clock.now().isoformat(timespec="seconds"),
            baseline=self.seen.get(EventKind.BASELINE, ()),
            targets="\n".join(self.seen.get(EventKind.UNIFIED_TARGETS, ())),
            strategy=self.seen.get(EventKind.STRATEGY, ()),
            reviews=self.seen.get(EventKind.REVIEW, ()),
            ceilings=self.ceilings,
            costs=self.costs(),
        )
        handoff_file.save(stamped, self.layout.handoff)

    def _remember(self, earlier: Handoff) -> None:
        self.seen = {
            EventKind.BASELINE: earlier.baseline,
            EventKind.UNIFIED_TARGETS: tuple(earlier.targets.splitlines()),
            EventKind.STRATEGY: earlier.strategy,
            EventKind.REVIEW: earlier.reviews,
        }


def _environment(setup: Setup) -> tuple[str, ...]:
    """Return what figures hang on, without the folders of this machine: the file is fit to be committed."""
    python, root = Path(setup.interpreter.executable), setup.tree.root
    inside = python.relative_to(root) if python.is_relative_to(root) else Path(python.name)
    found = {**fingerprint(setup.interpreter), "executable": inside.as_posix()}
    return tuple(f"{name}: {value}" for name, value in sorted(found.items()))


def _reproduce(base: str, head: str, workload: str) -> tuple[str, ...]:
    """Return the commands that show what was kept; none when nothing was."""
    if base == head:
        return ()
    return (
        f"git diff {base} {head}",
        f"git worktree add ../base {base} && git worktree add ../head {head}",
        f"# then in each, in turn: {workload}",
    )


def _ceilings(event: Event) -> tuple[Ceiling, ...]:
    named = event.data.get("ceilings")
    return tuple(
        Ceiling(**{name: str(one.get(name, "")) for name in ("file", "qualname", "evidence")})
        for one in (named if isinstance(named, list) else ())
        if isinstance(one, dict)
    )


def _kept(record: ExperimentRecord) -> KeptEntry:
    effect = "; ".join(measured_lines(record.measurement, record.calls))
    return KeptEntry(
        commit=record.commit,
        summary=record.proposal.summary,
        mechanism=record.proposal.mechanism,
        effect=effect,
        trial=mark_of(record),
    )


def _discarded(record: ExperimentRecord) -> DiscardedEntry:
    return DiscardedEntry(
        summary=f"{record.proposal.summary} ({record.proposal.key.place})",
        reason=record.verdict.reason.value,
        lesson=record.verdict.explanation,
        trial=mark_of(record),
    )
