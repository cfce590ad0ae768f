"""Measures what was kept again, on this machine, with new pairs: each claim as it was decided."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agents.specialists.setup import Setup
from orchestrator.comparing.comparer import Listener
from orchestrator.draft import draft_of
from orchestrator.errors import UsageError
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.methodology import workload_of
from orchestrator.observer import RepositoryObserver
from orchestrator.own_calls import OwnCalls, Unmeasured
from orchestrator.policy.claims import Finding, Verification, claimed_dimension, verify
from orchestrator.policy.verdict import Level, Status
from orchestrator.workspace.branch import SESSION_BRANCH
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.undone import undone
from profiling.comparison import Comparison, Measurement
from profiling.context import layout as source_layout
from profiling.context.commands import BadCommand, parse
from profiling.measure.engine import Plan, measure
from profiling.measure.failures import MeasurementFailed
from profiling.model import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One kept claim, measured again.

    Attributes:
        record: of the experiment.
        claimed: what was recorded; None where nothing was measured to be better.
        found: the same dimension, measured now; None where it could not be.
        verification: what became of it.
    """

    record: ExperimentRecord
    claimed: Comparison | None
    found: Comparison | None
    verification: Verification

    @property
    def of_its_own_calls(self) -> bool:
        """Say whether the function's own calls were to decide, not the workload."""
        return self.record.verdict.level is Level.FUNCTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Measures claims.

    Attributes:
        repository: the person's.
        observer: brings the base tree, and folders for scratch.
        own_calls: measures a function's calls.
        setup: of the repository as it is; each claim brings its own workload.
        listener: is told how it goes.
    """

    repository: Repository
    observer: RepositoryObserver
    own_calls: OwnCalls
    setup: Setup
    listener: Listener

    def verify(self, records: Sequence[ExperimentRecord]) -> Iterator[Verified]:
        """Measure each claim again, in order; what can't be measured is told with the reason."""
        for record in records:
            yield self._verified(record)

    def _verified(self, record: ExperimentRecord) -> Verified:
        judged = record.judged
        dimension = claimed_dimension(record.proposal.dimension, judged.comparisons) if judged else None
        if judged is None or dimension is None:
            return _unmeasured(record, None, Finding.UNMEASURED, "its record holds no dimension that was better")
        claimed = judged.comparisons[dimension]
        gone = self._gone(record)
        if gone:
            return _unmeasured(record, claimed, Finding.GONE, gone)
        self.listener.say(f"experiment {record.number}: {record.proposal.summary}")
        try:
            setup = replace(self.setup, workload=parse(record.workload), tests=None)
            again = self._again(record, setup, dimension)
        except (MeasurementFailed, BadCommand, FileNotFoundError) as error:
            return _unmeasured(record, claimed, Finding.UNMEASURED, str(error))
        if isinstance(again, Unmeasured):
            return _unmeasured(record, claimed, Finding.UNMEASURED, again.why)
        return Verified(
            record=record,
            claimed=claimed,
            found=again.comparisons.get(dimension),
            verification=verify(claimed, again),
        )

    def _again(self, record: ExperimentRecord, setup: Setup, dimension: Dimension) -> Measurement | Unmeasured:
        changed = source_layout.at(setup.tree, self.observer.checkouts.work_at(record.commit))
        if record.verdict.level is Level.FUNCTION:
            found = self.own_calls.measure(setup, draft_of(record), changed)
            return found if isinstance(found, Unmeasured) else found.measurement
        plan = Plan(target=dimension, max_pairs=self.own_calls.max_pairs, time_budget_s=self.own_calls.time_budget_s)
        with self.observer.scratch() as scratch:
            return measure(
                self.observer.base(setup, record.base_commit),
                changed,
                workload_of(setup),
                setup.interpreter,
                plan,
                processes=self.observer.processes,
                scratch=scratch,
                rng=random.Random(f"{self.own_calls.seed}:{record.key}"),  # noqa: S311  orders, not secrets
                on_pair=self.listener.pair,
                on_forecast=self.listener.forecast,
            )

    def _gone(self, record: ExperimentRecord) -> str:
        for commit in (record.base_commit, record.commit):
            try:
                self.repository.resolve(commit)
            except UsageError:
                return f"commit {commit[:10]} is not in this repository; if it is on a remote: git fetch"
        return ""


def standing(
    records: Sequence[ExperimentRecord], repository: Repository, head: str | None = None
) -> tuple[ExperimentRecord, ...]:
    """Return the keeps that have not been undone since.

    Args:
        records: of experiments.
        repository: where they were committed.
        head: the commit up to which is looked; None means the session branch.
    """
    keeps = [record for record in records if record.verdict.status is Status.KEEP and record.commit]
    head = head or repository.branch_head(SESSION_BRANCH)
    if head is None or not keeps:
        return tuple(keeps)
    gone = undone(repository, head)
    return tuple(record for record in keeps if record.commit not in gone)


def _unmeasured(record: ExperimentRecord, claimed: Comparison | None, finding: Finding, why: str) -> Verified:
    return Verified(record=record, claimed=claimed, found=None, verification=Verification(finding=finding, reason=why))
