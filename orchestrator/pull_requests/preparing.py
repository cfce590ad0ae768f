"""Takes kept optimizations apart: each on its own branch, tested and measured alone, stacked only where it must be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from orchestrator.errors import OptimizeError
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.claims import Finding
from orchestrator.pull_requests.text import Evidence, body, slug, title
from orchestrator.verifier import Verified, Verifier
from orchestrator.workspace import branch
from orchestrator.workspace.commands import GitCommandFailed
from orchestrator.workspace.repository import Repository
from profiling.behaviour.tests import compare
from profiling.comparison import Comparison

PREFIX = "deep/"
_PICK_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One optimization, ready for review or refused with the reason.

    Attributes:
        record: of its experiment.
        branch: `deep/<slug>`.
        title, body: of the pull request.
        base: branch that it is to be merged into when it is stacked; empty for the base of all.
        commit: full hash; empty when it was refused.
        refused: why there is no branch; empty when there is one.
        found: the dimension it claims, measured alone.
    """

    record: ExperimentRecord
    branch: str
    title: str = ""
    body: str = ""
    base: str = ""
    commit: str = ""
    refused: str = ""
    found: Comparison | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an optimization may stand: on a commit, which is the base's or that of an earlier branch."""

    commit: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparer:
    """Makes the branches.

    Attributes:
        repository: the person's.
        verifier: measures; its observer runs the tests.
        base: full hash of what all branches begin at.
        measures: each branch is measured alone; without it the figures are those of its experiment.
    """

    repository: Repository
    verifier: Verifier
    base: str
    measures: bool = True
    _earlier: list[_Place] = field(default_factory=list)

    def prepare(self, records: Sequence[ExperimentRecord]) -> Iterator[Prepared]:
        """Prepare each, in the order kept; one that can't be is told with the reason."""
        for record in records:
            prepared = self._prepared(record)
            if prepared.commit:
                self._earlier.append(_Place(commit=prepared.commit, branch=prepared.branch))
            yield prepared

    def _prepared(self, record: ExperimentRecord) -> Prepared:
        name = PREFIX + slug(record)
        if self._is_there(record):
            return Prepared(record=record, branch=name, refused="the same change is in the base already")
        why = "it does not apply to the base, nor on top of what was kept before it"
        for place in (_Place(commit=self.base, branch=""), *reversed(self._earlier)):
            commit = self._picked(record, place)
            if commit is None:
                continue
            tests, worse = self._tests(place, commit)
            if not worse:
                return self._proved(record, name, place, self._made_before(name, commit), tests)
            why = f"alone it breaks tests: {worse}"
        return Prepared(record=record, branch=name, refused=why)

    def _is_there(self, record: ExperimentRecord) -> bool:
        """Say whether the base holds a commit with the same change."""
        if self.repository.is_ancestor(record.commit, self.base):
            return True
        try:
            command = ("cherry", self.base, record.commit, f"{record.commit}^")
            return self.repository.git.run(*command).text.startswith("-")
        except GitCommandFailed:
            return False

    def _picked(self, record: ExperimentRecord, place: _Place) -> str | None:
        """Return the optimization as a commit on a place, None where it does not apply."""
        work = self.verifier.observer.checkouts.work_at(place.commit)
        git = replace(self.repository.git, folder=work)
        try:
            git.run("cherry-pick", record.commit, env=branch.identity(git), timeout_s=_PICK_TIMEOUT_S)
        except GitCommandFailed:
            git.run("cherry-pick", "--abort", accept=(0, 1, 128))
            return None
        return git.run("rev-parse", "--verify", "HEAD^{commit}").text

    def _tests(self, place: _Place, commit: str) -> tuple[str, str]:
        """Return what the tests came to, and what got worse; nothing where nothing did."""
        observer, setup = self.verifier.observer, self.verifier.setup
        before, after = (
            observer.tests_before(setup, one, self.repository.tree_id(one)) for one in (place.commit, commit)
        )
        if before is None or after is None:
            return "there are none", ""
        found = compare(before, after)
        count = len(after.by_test)
        return (
            f"{count} run, none worse than before" if count else "none worse than before",
            found.explanation if found else "",
        )

    def _proved(self, record: ExperimentRecord, name: str, place: _Place, commit: str, tests: str) -> Prepared:
        seen = self._measured(record, place, commit) if self.measures else None
        if seen is not None and not seen.verification.finding.stands:
            return Prepared(record=record, branch=name, refused=_not_proved(seen), found=seen.found)
        found = seen.found if seen is not None else None
        refused = self._branched(name, commit)
        if refused:
            return Prepared(record=record, branch=name, refused=refused, found=found)
        evidence = Evidence(tests=tests, measured=found, rests_on=place.branch, base=place.commit, commit=commit)
        return Prepared(
            record=record,
            branch=name,
            title=title(record),
            body=body(record, evidence),
            base=place.branch,
            commit=commit,
            found=found,
        )

    def _measured(self, record: ExperimentRecord, place: _Place, commit: str) -> Verified:
        alone = replace(
            record, base_commit=place.commit, base_tree=self.repository.tree_id(place.commit), commit=commit
        )
        return next(self.verifier.verify((alone,)))

    def _made_before(self, name: str, commit: str) -> str:
        """Return the branch's own commit where it is the same change on the same place, made at another time."""
        standing = self.repository.branch_head(name)
        if standing is None:
            return commit
        one, other = (self.repository.commit_info(each) for each in (standing, commit))
        return standing if (one.tree, one.parents) == (other.tree, other.parents) else commit

    def _branched(self, name: str, commit: str) -> str:
        """Make the branch; return why not where one of that name holds something else."""
        standing = self.repository.branch_head(name)
        if standing not in {None, commit}:
            return f"{name} is there with something else: git branch -D {name} if it is no longer needed"
        try:
            branch.ensure(self.repository, name, commit)
        except OptimizeError as error:
            return str(error)
        return ""


def _not_proved(seen: Verified) -> str:
    word = "undecided" if seen.verification.finding is Finding.UNDECIDED else "not proved"
    return f"measured alone it is {word}: {seen.verification.reason}"
