import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from agents.model import Answer, Checklist, Patch, Proposal
from orchestrator.ledger.record import ExperimentRecord, TestTally
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from orchestrator.pull_requests.preparing import Prepared, Preparer
from orchestrator.pull_requests.text import slug, title
from orchestrator.verifier import Verifier
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository
from profiling.behaviour.tests import Outcome, TestOutcomes
from profiling.model import Dimension, Domain, FunctionKey, RunUsage
from tests.fakes.experiments import measured

TEXT = "a = 1\n" + "# between\n" * 8 + "b = 1\n"
USAGE = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=1.0, exit_code=0)


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Someone", "-c", "user.email=someone@localhost")
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass
class Observer:
    """Tests that fail on trees in which a text stands without another."""

    checkouts: PairedCheckouts
    broken: dict[str, str] = field(default_factory=dict)

    def tests_before(self, setup: object, commit: str, tree_id: str) -> TestOutcomes:
        text = git(self.checkouts.repository.root, "show", f"{commit}:a.py")
        bad = any(one in text and without not in text for one, without in self.broken.items())
        outcome = Outcome.FAILED if bad else Outcome.PASSED
        return TestOutcomes(
            by_test={"test_a": outcome}, usage=USAGE, runner="pytest", timed_out=False, tail="", origins={}
        )


@dataclass
class Tests:
    """What a preparer asks of a verifier when nothing is measured."""

    __test__ = False

    observer: Observer
    setup: None = None


@dataclass
class Kept:
    """A repository whose session branch holds commits of optimizations."""

    root: Path
    observer: Observer
    base: str
    records: list[ExperimentRecord] = field(default_factory=list)

    def keep(self, summary: str, old: str, new: str) -> ExperimentRecord:
        number = len(self.records) + 1
        path = self.root / "a.py"
        before = git(self.root, "rev-parse", "HEAD")
        path.write_text(path.read_text().replace(old, new))
        git(self.root, "commit", "-qam", f"perf: {summary}")
        made = record(number, summary, before, git(self.root, "rev-parse", "HEAD"))
        self.records.append(made)
        return made

    def prepared(self, base: str = "") -> dict[str, Prepared]:
        git(self.root, "checkout", "-q", "main")
        preparer = Preparer(
            repository=Repository.open(self.root),
            verifier=cast("Verifier", Tests(self.observer)),
            base=base or self.base,
            measures=False,
        )
        return {one.record.proposal.summary: one for one in preparer.prepare(self.records)}


def record(number: int, summary: str, base: str, commit: str) -> ExperimentRecord:
    proposal = Proposal(
        source="test",
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        key=FunctionKey(file="a.py", first_line=1, qualname="f"),
        summary=summary,
        mechanism="It does less.",
        patch=Patch(edits=()),
        expected={},
        risk="",
        checklist=Checklist(**dict.fromkeys(Checklist.__slots__, Answer(text="", evidence=""))),
    )
    verdict = Verdict(
        status=Status.KEEP,
        reason=Reason.IMPROVED,
        explanation="",
        level=Level.WORKLOAD,
        net_effect=0.7,
        improved=(),
        regressed=(),
    )
    return ExperimentRecord(
        version=1,
        number=number,
        key=str(number),
        session="s",
        base_commit=base,
        base_tree="",
        commit=commit,
        proposal=proposal,
        diff="",
        domains=("cpu",),
        interactions=(),
        gates=(),
        tests=TestTally(),
        measurement=measured(0.5, width=0.1),
        verdict=verdict,
        workload="python bench.py",
        place_digest="",
        seconds=1.0,
        overhead_s=0.0,
        started_at="",
    )


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    root = tmp_path / "root"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "a.py").write_text(TEXT)
    git(root, "add", "a.py")
    git(root, "commit", "-qm", "base")
    base = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "-qb", "codeflash/optimize")
    checkouts = PairedCheckouts(repository=Repository.open(root), folder=root / ".codeflash" / "work")
    return Kept(root=root, observer=Observer(checkouts=checkouts), base=base)


def test_optimizations_of_other_places_are_independent(kept: Kept) -> None:
    kept.keep("first", "a = 1", "a = 2")
    kept.keep("second", "b = 1", "b = 2")

    found = kept.prepared()

    assert [one.base for one in found.values()] == ["", ""]
    assert git(kept.root, "rev-parse", "deep/002-second^") == kept.base
    assert git(kept.root, "show", "deep/002-second:a.py") == TEXT.replace("b = 1", "b = 2").strip()
    assert "tests: 1 run, none worse" in found["first"].body.lower()
    assert "0.50x [0.45, 0.55]" in found["first"].body.replace("\\", "")


def test_one_that_does_not_apply_alone_is_put_on_top_of_the_one_it_needs(kept: Kept) -> None:
    kept.keep("first", "a = 1", "a = 2")
    kept.keep("apart", "b = 1", "b = 2")
    kept.keep("third", "a = 2", "a = 3")

    found = kept.prepared()

    assert found["third"].base == "deep/001-first"
    assert git(kept.root, "rev-parse", "deep/003-third^") == git(kept.root, "rev-parse", "deep/001-first")
    assert "merge that one first" in found["third"].body


def test_one_whose_tests_fail_alone_is_put_on_top_of_the_one_it_needs(kept: Kept) -> None:
    kept.observer.broken["b = 2"] = "a = 2"
    kept.keep("first", "a = 1", "a = 2")
    kept.keep("second", "b = 1", "b = 2")

    assert kept.prepared()["second"].base == "deep/001-first"


def test_one_that_breaks_tests_everywhere_gets_no_branch(kept: Kept) -> None:
    kept.observer.broken["a = 2"] = "never"
    kept.keep("first", "a = 1", "a = 2")

    found = kept.prepared()["first"]

    assert (found.commit, git(kept.root, "branch", "--list", "deep/*")) == ("", "")
    assert "alone it breaks tests: 1 test newly failing: test_a" in found.refused


def test_a_change_that_the_base_has_already_gets_no_branch(kept: Kept) -> None:
    kept.keep("first", "a = 1", "a = 2")
    git(kept.root, "checkout", "-q", "main")
    (kept.root / "a.py").write_text(TEXT.replace("a = 1", "a = 2"))
    git(kept.root, "commit", "-qam", "somebody did the same")

    found = kept.prepared(base=git(kept.root, "rev-parse", "main"))

    assert found["first"].refused == "the same change is in the base already"


def test_a_branch_of_that_name_with_something_else_is_left_alone_and_the_same_again_is_fine(kept: Kept) -> None:
    kept.keep("first", "a = 1", "a = 2")
    first = kept.prepared()["first"].commit
    assert kept.prepared()["first"].commit == first
    git(kept.root, "branch", "-f", "deep/001-first", kept.base)

    found = kept.prepared()["first"]

    assert "deep/001-first is there with something else" in found.refused
    assert git(kept.root, "rev-parse", "deep/001-first") == kept.base


def test_names_and_titles_are_short_and_safe() -> None:
    long = record(7, f"Ask a *set* --now; {'x' * 200}", "", "")

    assert slug(long).startswith("007-ask-a-set-now-x")
    assert len(slug(long)) <= 52
    assert len(title(long)) <= 72
    assert slug(replace(long, proposal=replace(long.proposal, summary="…"))) == "007-optimization"
