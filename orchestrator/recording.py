"""What nodes may ask of the records and of the session's branch: the effects that last."""

from collections.abc import Iterable
from typing import Protocol

from agents.model import Finding, Review
from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.ledger.handoff import SessionStatus
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.ledger.review_report import ReviewReport, ReviewRound
from orchestrator.measures import Measures
from orchestrator.policy.presubmit import Item
from orchestrator.policy.red_flags import RedFlag
from orchestrator.policy.tried import Tried
from orchestrator.state import SessionState
from profiling.comparison import Measurement


class Recorder(Protocol):
    """Writes everything down, each thing once, however often it is asked."""

    def number(self, first: int) -> int:
        """Return the number of the next experiment, from `first` on: no other worker gets the same."""
        ...

    def open_draft(self) -> Draft:
        """Return the draft under way."""
        ...

    def save_draft(self, draft: Draft) -> None:
        """Store the draft under way."""
        ...

    def abandon(self, base_commit: str) -> None:
        """Leave nothing of the draft under way: its base is restored, its file is gone."""
        ...

    def text_at(self, commit: str, file: str) -> str:
        """Return the text of a source file in a commit.

        Raises:
            FileNotFoundError: there is none.
            SyntaxError, UnicodeDecodeError: it can't be read as source.
        """
        ...

    def record(self, setup: Setup, state: SessionState, draft: Draft) -> ExperimentRecord:
        """Commit a keep or restore the tree, then write the experiment into every record."""
        ...

    def records(self) -> tuple[ExperimentRecord, ...]:
        """Return all experiments recorded in this repository, in order."""
        ...

    def tried(self, state: SessionState) -> Tried:
        """Return the earlier experiments, by any record of them: those that count as tried, and the others."""
        ...

    def tag(self, commit: str, milestone: int) -> str:
        """Tag a milestone and return the tag's name."""
        ...

    def review(self, base_commit: str, head_commit: str) -> Review:
        """Have someone who did not write the code read the diff of two commits."""
        ...

    def authors(self, head: str, finding: Finding) -> tuple[str, ...]:
        """Return the commits that wrote the lines a finding names, as they stand at a head."""
        ...

    def stands(self, commit: str) -> bool:
        """Say whether the session branch holds a commit and nothing has undone it since."""
        ...

    def revert(self, commit: str, why: str) -> str:
        """Undo one kept commit on the session branch and return the new head; as it was when others build on it."""
        ...

    def review_report(self) -> ReviewReport:
        """Return what the session's reviews found so far."""
        ...

    def keep_review(self, added: ReviewRound) -> None:
        """Write a review into the session's report."""
        ...

    def keep_checklist(self, items: tuple[Item, ...]) -> str:
        """Write the checklist into the session's report; return where it is."""
        ...

    def changed_files(self, base_commit: str, head_commit: str) -> tuple[str, ...]:
        """Return the files that differ between two commits."""
        ...

    def amend(self, changed: Iterable[ExperimentRecord], head: str) -> None:
        """Write experiments anew of which something else became than was recorded."""
        ...

    def advance(self, new: str, old: str) -> None:
        """Move the session branch; when it stands there already, nothing happens."""
        ...

    def message(self, commit: str) -> str:
        """Return the message of a commit."""
        ...

    def tree_of(self, commit: str) -> str:
        """Return the tree hash of a commit."""
        ...

    def begin(self, setup: Setup, state: SessionState) -> None:
        """Write the first HANDOFF.md of the session."""
        ...

    def track(
        self, setup: Setup, state: SessionState, base: Measures, head: Measures, *, measured: Measurement | None
    ) -> tuple[RedFlag, ...]:
        """Note the figures of the session's base and head for the trend over sessions; return what got worse."""
        ...

    def close(self, state: SessionState, headline: str, next_steps: tuple[str, ...], status: SessionStatus) -> str:
        """Write the last HANDOFF.md and the learnings, remove the worktrees; return where the records are."""
        ...
