"""Merging on a real repository: pieces are real commits, what they do is told by a prover that knows the truth."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.model import Edit, Patch
from orchestrator.draft import Draft
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.merging import BranchMerger
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from orchestrator.services import Merged
from orchestrator.stacking import Stacker
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import EXPERIMENT_TRAILER, Repository
from profiling.comparison import Measurement
from profiling.model import Dimension
from tests.fakes.experiments import draft, measured

FILES = {"a.py": "def one():\n    return 1\n\n\ndef two():\n    return 2\n", "b.py": "def three():\n    return 3\n"}
BRANCH = "codeflash/optimize"


@dataclass
class Team:
    """A repository with a session branch, its records, and a prover that fails what it is told to fail."""

    root: Path
    base: str
    branch: str = BRANCH
    kept: dict[int, ExperimentRecord] = field(default_factory=dict)
    breaks: Callable[[set[str]], bool] = lambda _: False
    ratio: float = 0.25
    gated: list[set[str]] = field(default_factory=list)
    measured: int = 0

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    # What a recorder does.
    def records(self) -> tuple[ExperimentRecord, ...]:
        return tuple(self.kept[number] for number in sorted(self.kept))

    def amend(self, changed: Any, head: str) -> None:
        self.kept.update({record.number: record for record in changed})

    def advance(self, new: str, old: str) -> None:
        assert self.git("rev-parse", BRANCH) in {old, new}
        self.git("update-ref", f"refs/heads/{BRANCH}", new)

    # What a prover does.
    def gate(self, setup: object, draft: Draft, *, output_repeatable: bool) -> Draft:
        words = {word for edit in draft.proposal.patch.edits for word in edit.new.split() if word.isdigit()}
        self.gated.append(words)
        failed = Reason.TESTS_FAILED if self.breaks(words) else None
        return replace(draft, failed=failed, failure="a test fails" if failed else "")

    def headline(self, setup: object, base: str, head: str, dimension: Dimension) -> Measurement | None:
        self.measured += 1
        return measured(self.ratio)

    def keep(self, number: int, file: str, old: str, new: str, *, ratio: float = 0.8) -> None:
        """Commit a change upon the base, as a worker does."""
        self.git("switch", "-q", "--detach", self.base)
        text = (self.root / file).read_text()
        (self.root / file).write_text(text.replace(old, new))
        self.git("commit", "-qam", f"perf: {new}\n\n{EXPERIMENT_TRAILER}: {number:016x}")
        commit = self.git("rev-parse", "HEAD")
        self.git("branch", f"codeflash/cpu-{number}", commit)
        self.git("switch", "-q", "main")
        plain = draft()
        edit = Edit(file=file, start=text.index(old), old=old, new=new)
        self.kept[number] = ExperimentRecord(
            version=1,
            number=number,
            key=f"{number:016x}",
            session="s",
            base_commit=self.base,
            base_tree=self.git("rev-parse", f"{self.base}^{{tree}}"),
            commit=commit,
            proposal=replace(plain.proposal, patch=Patch(edits=(edit,)), summary=new),
            diff="",
            domains=("cpu",),
            interactions=(),
            gates=(),
            tests=SimpleNamespace(passed=1, failed=0, failed_before=0),
            measurement=measured(ratio),
            verdict=Verdict(
                status=Status.KEEP,
                reason=Reason.IMPROVED,
                level=Level.WORKLOAD,
                net_effect=0.1,
                improved=(),
                regressed=(),
                explanation="",
            ),
            workload="python bench.py",
            place_digest=f"place-{number}",
            seconds=1.0,
            overhead_s=0.0,
            started_at="",
            dispatched="cpu",
        )

    def merge(self) -> Merged:
        repository, layout = Repository.open(self.root), Layout(root=self.root)
        layout.create()
        checkouts = PairedCheckouts(repository=repository, folder=layout.work)
        prover: Any = self
        recorder: Any = self
        clock: Any = SimpleNamespace(now=lambda: SimpleNamespace(isoformat=lambda **_: ""))
        merger = BranchMerger(
            repository=repository,
            layout=layout,
            stacker=Stacker(repository=repository, checkouts=checkouts),
            recorder=recorder,
            prover=prover,
            clock=clock,
            say=str,
        )
        state: Any = {
            "session_id": "s",
            "dispatches": 1,
            "head_commit": self.base,
            "output_repeatable": True,
            "reports": [{"kept": [number]} for number in self.kept],
        }
        setup: Any = None
        return merger.merge(setup, state)

    @property
    def subjects(self) -> list[str]:
        return self.git("log", "--reverse", "--format=%s", f"main..{BRANCH}").splitlines()


@pytest.fixture
def team(tmp_path: Path) -> Team:
    root = (tmp_path / "project").resolve()
    root.mkdir()
    team = Team(root=root, base="")
    team.git("init", "-q", "-b", "main")
    team.git("config", "user.name", "Someone")
    team.git("config", "user.email", "someone@localhost")
    for name, text in FILES.items():
        (root / name).write_text(text)
    (root / ".gitignore").write_text(".codeflash\n")
    team.git("add", "-A")
    team.git("commit", "-qm", "first")
    team.base = team.git("rev-parse", "HEAD")
    team.git("branch", BRANCH)
    return team


def test_changes_are_merged_in_order_of_impact_proved_together_and_recorded_where_they_are(team: Team) -> None:
    team.keep(1, "b.py", "return 3", "return 33", ratio=0.9)
    team.keep(2, "a.py", "return 1", "return 11", ratio=0.5)
    merged = team.merge()
    assert (merged.taken, merged.again) == ((2, 1), ())
    assert team.subjects == ["perf: return 11", "perf: return 33"]
    assert team.git("rev-parse", BRANCH) == merged.head == team.kept[1].commit
    assert team.kept[1].base_commit == team.kept[2].commit, "the first is the commit that the worker made"
    assert team.kept[2].base_commit == team.base
    assert (len(team.gated), team.measured) == (1, 1)
    assert team.git("branch", "--format=%(refname:short)").splitlines() == [BRANCH, "main"]
    assert "all of them together: base against head" in merged.lines[-1]


def test_one_change_alone_was_proved_and_is_not_proved_again(team: Team) -> None:
    team.keep(1, "b.py", "return 3", "return 33")
    assert team.merge().taken == (1,)
    assert (team.gated, team.measured) == ([], 0)


def test_a_change_of_the_same_lines_is_the_lead_s_to_apply_again_and_no_verdict_on_it(team: Team) -> None:
    team.keep(1, "a.py", "return 1", "return 11", ratio=0.9)
    team.keep(2, "a.py", "return 1", "return 111", ratio=0.5)
    merged = team.merge()
    assert (merged.taken, merged.again) == ((2,), (1,))
    dropped = team.kept[1]
    assert (dropped.verdict.status, dropped.verdict.reason, dropped.commit) == (
        Status.DISCARD,
        Reason.MERGE_CONFLICT,
        "",
    )
    assert "experiments 2 (return 111) and 1 (return 11) both change a.py" in merged.lines
    assert any("the same lines of a.py" in line for line in merged.lines)


def test_changes_of_one_file_that_git_can_join_are_joined(team: Team) -> None:
    team.keep(1, "a.py", "return 1", "return 11")
    team.keep(2, "a.py", "return 2", "return 22")
    assert set(team.merge().taken) == {1, 2}
    assert team.git("show", f"{BRANCH}:a.py").count("return 11") == 1
    assert team.git("show", f"{BRANCH}:a.py").count("return 22") == 1


def test_the_change_with_which_the_tests_fail_is_found_and_left_out(team: Team) -> None:
    team.keep(1, "a.py", "return 1", "return 11", ratio=0.5)
    team.keep(2, "b.py", "return 3", "return 33", ratio=0.6)
    team.keep(3, "a.py", "return 2", "return 22", ratio=0.7)
    team.breaks = lambda words: {"11", "33"} <= words
    merged = team.merge()
    assert merged.taken == (1, 3)
    assert team.kept[2].verdict.reason is Reason.TESTS_FAILED
    assert merged.again == ()
    assert "return 33" not in team.git("show", f"{BRANCH}:b.py")


def test_what_does_not_gain_beside_the_others_is_undone(team: Team) -> None:
    team.keep(1, "a.py", "return 1", "return 11", ratio=0.5)
    team.keep(2, "b.py", "return 3", "return 33", ratio=0.5)
    team.ratio = 0.9
    merged = team.merge()
    assert merged.taken == ()
    assert {record.verdict.reason for record in team.kept.values()} == {Reason.MERGE_LOSS}
    assert team.git("rev-parse", BRANCH) == team.base


def test_a_merge_that_was_killed_ends_as_it_began_to(team: Team) -> None:
    team.keep(1, "a.py", "return 1", "return 11", ratio=0.5)
    team.keep(2, "b.py", "return 3", "return 33", ratio=0.6)
    once = team.merge()
    again = team.merge()
    assert again == once
    assert (len(team.gated), team.measured) == (1, 1), "what was proved is not proved again"
    assert len(team.subjects) == 2


def test_a_dispatch_that_kept_nothing_leaves_the_branch_as_it_is(team: Team) -> None:
    merged = team.merge()
    assert (merged.head, merged.taken) == (team.base, ())
    assert merged.lines == ("nothing was kept: the session branch stays as it is",)
