"""Looks at kept changes again: fresh inputs, tests, measurement; and at the branch with the project's own tools."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agents.specialists.setup import Setup
from orchestrator.draft import draft_of
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import effect_line
from orchestrator.observer import RepositoryObserver
from orchestrator.policy import claims
from orchestrator.policy.claims import Finding
from orchestrator.policy.presubmit import WHOLE_BRANCH, Check, Item
from orchestrator.policy.review import Investigation
from orchestrator.policy.scope import is_judge
from orchestrator.policy.verdict import Level
from orchestrator.review.tooling import as_before
from orchestrator.services import Prover
from orchestrator.witness import Witness
from profiling.behaviour.tests import compare
from profiling.context import layout as source_layout
from profiling.measure.failures import MeasurementFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class WorktreeRechecker:
    """The real rechecker.

    Attributes:
        observer: brings the base, and runs tests.
        prover: measures two commits.
        tree_of: gives the tree hash of a commit.
        witness: replays calls by another seed than the gates', with more inputs; None where nothing is replayed.
    """

    observer: RepositoryObserver
    prover: Prover
    tree_of: Callable[[str], str]
    witness: Witness | None = None

    def replayed(self, setup: Setup, record: ExperimentRecord) -> Investigation:
        """Replay a kept change on inputs that its gates have not seen."""
        if self.witness is None:
            return Investigation()
        self.observer.say(f"reviewing experiment {record.number}: replaying it on fresh inputs")
        tree = source_layout.at(setup.tree, self.observer.checkouts.work_at(record.commit))
        seen = self.witness.testify(setup, draft_of(record), tree)
        line = f"fresh inputs: {seen.text}"
        return Investigation(failed=(line,)) if seen.is_different else Investigation(held=(line,))

    def look(self, setup: Setup, record: ExperimentRecord) -> Investigation:
        """Run the tests on a kept change, replay it and measure it again."""
        self.observer.say(f"looking into experiment {record.number}: tests, replay, measurement")
        looks = (self._tested(setup, record), self.replayed(setup, record), self._measured(setup, record))
        return Investigation(
            held=tuple(line for one in looks for line in one.held),
            failed=tuple(line for one in looks for line in one.failed),
        )

    def branch(self, setup: Setup, base: str, head: str, files: tuple[str, ...]) -> Iterator[Item]:
        """Yield the items of the checklist that are asked of the branch as a whole."""
        self.observer.say("checking the branch: tests, formatter, types")
        judges = [file for file in files if is_judge(file)]
        untouched = f"{len(files)} files changed, none of which judges the change"
        yield _item(Check.JUDGES_UNTOUCHED, f"changed: {', '.join(judges)}" if judges else "", untouched)
        tests = self._compared(setup, base, head)
        yield _item(Check.TESTS_AS_BEFORE, "; ".join(tests.failed), "; ".join(tests.held))
        yield from as_before(setup, self.observer, base, head, files)

    def _tested(self, setup: Setup, record: ExperimentRecord) -> Investigation:
        return self._compared(setup, record.base_commit, record.commit)

    def _compared(self, setup: Setup, base: str, head: str) -> Investigation:
        before, after = (self.observer.tests_before(setup, one, self.tree_of(one)) for one in (base, head))
        if before is None or after is None:
            return Investigation(held=("there are no tests",))
        worse = compare(before, after)
        if worse is not None:
            return Investigation(failed=(f"tests: {worse.explanation}",))
        return Investigation(held=(f"tests: {len(after.by_test)} run, none worse than before",))

    def _measured(self, setup: Setup, record: ExperimentRecord) -> Investigation:
        """Measure a claim of the workload again; that of a function's own calls waits for the accounts at the end."""
        dimension = claims.claimed_dimension(record.proposal.dimension, record.comparisons)
        if dimension is None or record.verdict.level is not Level.WORKLOAD:
            return Investigation()
        try:
            again = self.prover.headline(setup, record.base_commit, record.commit, dimension)
        except MeasurementFailed as error:
            return Investigation(failed=(f"measured again: {error}",))
        if again is None:
            return Investigation()
        found = claims.verify(record.comparisons[dimension], again)
        compared = again.comparisons.get(dimension)
        line = f"measured again: {effect_line(compared) if compared else found.reason}, {found.finding.value}"
        return Investigation(failed=(line,)) if found.finding is Finding.REFUTED else Investigation(held=(line,))


def _item(name: Check, problem: str, evidence: str) -> Item:
    return Item(experiment=WHOLE_BRANCH, name=name, passed=not problem, detail=problem or evidence)
