"""A branch of kept changes that can be reviewed: recorder, rechecker and bus in one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from agents.model import Edit, Finding, Patch, Review
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.ledger.review_report import ReviewReport, ReviewRound
from orchestrator.live.events import Event
from orchestrator.policy.review import Investigation
from orchestrator.state import SessionState
from tests.unit.orchestrator.ledger import conftest as ledger

record = ledger.record


@dataclass
class Branch:
    """What a review works on.

    `found` is what the reviewer says; `blamed` who wrote the lines of a finding, by its claim; one in `built_on` can
    be reverted only when all those it maps to are gone.
    """

    records_by_number: dict[int, ExperimentRecord] = field(default_factory=dict)
    found: tuple[Finding, ...] = ()
    blamed: dict[str, str] = field(default_factory=dict)
    built_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fresh: dict[int, Investigation] = field(default_factory=dict)
    looks: dict[int, Investigation] = field(default_factory=dict)
    looked: list[int] = field(default_factory=list)
    reverted: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    report: ReviewReport = field(default_factory=lambda: ReviewReport(session="s1"))

    def records(self) -> tuple[ExperimentRecord, ...]:
        return tuple(self.records_by_number.values())

    def review(self, base: str, head: str) -> Review:
        doubted = any(one.confidence >= 0.7 for one in self.found)
        return Review(verdict="needs-attention" if doubted else "approve", findings=self.found)

    def authors(self, head: str, finding: Finding) -> tuple[str, ...]:
        return (self.blamed[finding.claim],) if finding.claim in self.blamed else ()

    def revert(self, commit: str, why: str) -> str:
        if commit not in self.reverted and set(self.built_on.get(commit, ())) <= set(self.reverted):
            self.reverted.append(commit)
        return f"without {' '.join(self.reverted)}"

    def stands(self, commit: str) -> bool:
        return commit not in self.reverted

    def amend(self, changed: Iterable[ExperimentRecord], head: str) -> None:
        self.records_by_number.update({one.number: one for one in changed})

    def keep_review(self, added: ReviewRound) -> None:
        self.report = self.report.with_round(added)

    def tree_of(self, commit: str) -> str:
        return f"tree of {commit}"

    def replayed(self, setup: object, one: ExperimentRecord) -> Investigation:
        return self.fresh.get(one.number, Investigation())

    def look(self, setup: object, one: ExperimentRecord) -> Investigation:
        self.looked.append(one.number)
        return self.looks.get(one.number, Investigation(held=("tests: 4 run",)))

    def publish(self, event: Event) -> None:
        self.said.append(event.text)

    @property
    def services(self) -> Any:
        return SimpleNamespace(recorder=self, rechecker=self, bus=self)

    @property
    def state(self) -> SessionState:
        return {"session_id": "s1", "base_commit": "base", "head_commit": "head", "head_tree": "tree"}


@pytest.fixture
def branch(record: ExperimentRecord) -> Branch:
    """Return a branch with two keeps in one file: c1 of experiment 1, c2 of experiment 2."""
    made = Branch()
    for number in (1, 2):
        edit = Edit(file="app/core.py", start=number, old="a", new="b")
        proposal = replace(record.proposal, patch=Patch(edits=(edit,)))
        made.records_by_number[number] = replace(
            record, number=number, key=f"key {number}", commit=f"c{number}", proposal=proposal
        )
    return made


@pytest.fixture
def finding() -> Finding:
    """Return a finding that a check of ours shows."""
    return Finding(
        severity="high",
        file="app/core.py",
        lines=(3, 4),
        confidence=0.8,
        claim="the cache has no bound",
        recommendation="give it a maxsize",
        check="unbounded cache",
    )
