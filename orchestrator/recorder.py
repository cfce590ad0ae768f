"""Writes everything down, each thing once, however often it is asked and wherever it was killed before."""

import ast
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from agents.model import Finding, Review
from agents.specialists.reviewer import ChangedFile, Reviewer, static_review
from agents.specialists.setup import Setup
from orchestrator import methodology, plan_keeper, tracking
from orchestrator.draft import Draft
from orchestrator.handing_over import HandoffKeeper
from orchestrator.history import History, lesson_of
from orchestrator.ledger import experiment_json, learnings, results_tsv, review_report
from orchestrator.ledger.handoff import SessionStatus
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import RECORD_VERSION, ExperimentRecord
from orchestrator.ledger.review_report import ReviewReport, ReviewRound
from orchestrator.live.effects import measured_lines
from orchestrator.measures import Measures
from orchestrator.numbers import Numbers, draft_path
from orchestrator.plain import load, save
from orchestrator.policy.milestone import tag_name
from orchestrator.policy.own_calls import share_of
from orchestrator.policy.presubmit import Item
from orchestrator.policy.red_flags import RedFlag
from orchestrator.policy.tried import Tried
from orchestrator.policy.verdict import Reason, Status, Verdict
from orchestrator.sources import apply_patch, decoded, read_source
from orchestrator.state import SessionState
from orchestrator.trial_book import TrialBook
from orchestrator.workspace import branch, worker_branches
from orchestrator.workspace.branch import SESSION_BRANCH, Committed, Refused
from orchestrator.workspace.checkouts import PairedCheckouts, WorkerCheckouts
from orchestrator.workspace.commands import GitCommandFailed
from orchestrator.workspace.repository import EXPERIMENT_TRAILER, Repository
from orchestrator.workspace.undone import REVERTED, undone
from profiling.comparison import Measurement
from profiling.measure.environment import fingerprint

_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
_HASH_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRecorder:
    """The real recorder.

    Attributes:
        repository, layout, checkouts: of the user's repository.
        handoff: keeps HANDOFF.md.
        session_id: of this session; seed: of its hash seeds and orders.
        warn: told what the person should know.
        numbers: gives each experiment its own.
        book: knows what was tried.
        guard: held while files are written that all workers share.
        worker: whose experiments these are, agent: its domain; empty for the lead.
        history: notes what became of each fix for this person's other repositories; None keeps no notes.
        reviewer: reads diffs.
        session_branch: that keeps are committed to.
    """

    repository: Repository
    layout: Layout
    checkouts: PairedCheckouts | WorkerCheckouts
    handoff: HandoffKeeper
    session_id: str
    seed: int
    warn: Callable[[str], None]
    numbers: Numbers
    book: TrialBook
    guard: threading.RLock = field(default_factory=threading.RLock)
    worker: str = ""
    agent: str = ""
    history: History | None = None
    reviewer: Reviewer = static_review
    session_branch: str = SESSION_BRANCH

    def number(self, first: int) -> int:
        """Return the number of the next experiment, from `first` on: no other worker gets the same."""
        return self.numbers.next(self.worker, first)

    def open_draft(self) -> Draft:
        """Return the draft under way.

        Raises:
            LookupError: there is none; the graph's order makes that impossible.
        """
        draft = load(_DRAFT, self._draft_path)
        if draft is None:
            raise LookupError(f"no experiment is under way: {self._draft_path} is missing")
        return draft

    def save_draft(self, draft: Draft) -> None:
        """Store the draft under way."""
        save(_DRAFT, draft, self._draft_path)

    def abandon(self, base_commit: str) -> None:
        """Leave nothing of the draft under way: its base is restored, its file is gone."""
        self.checkouts.work_at(base_commit)
        self._draft_path.unlink(missing_ok=True)

    def text_at(self, commit: str, file: str) -> str:
        """Return the text of a source file in a commit.

        Raises:
            FileNotFoundError: there is none.
            SyntaxError, UnicodeDecodeError: it can't be read as source.
        """
        content = self.repository.file_at(commit, file)
        if content is None:
            raise FileNotFoundError(f"{file} is not in {commit[:10]}")
        return decoded(content).text

    def records(self) -> tuple[ExperimentRecord, ...]:
        """Return all experiments recorded in this repository, in order."""
        return experiment_json.load_all(self.layout.experiments)

    def tried(self, state: SessionState) -> Tried:
        """Return the earlier experiments, by any record of them: those that count as tried, and the others."""
        return self.book.tried(state, self.records())

    def begin(self, setup: Setup, state: SessionState) -> None:
        """Write the first HANDOFF.md of the session."""
        self.handoff.begin(setup, state, self.records())

    def record(self, setup: Setup, state: SessionState, draft: Draft) -> ExperimentRecord:
        """Commit a keep or restore the tree, then write the experiment into every record.

        The order makes it safe to be killed at any point and asked again: commit, whole record, branch, table, handoff.
        Each step finds what an earlier try has done already.
        """
        found = next((record for record in self.records() if record.key == draft.key), None)
        written = found or self._write(setup, draft)
        if written.commit and self.worker:
            worker_branches.point(self.repository, self.agent, written.number, written.commit)
        elif written.commit:
            self._advance(written.commit, written.base_commit)
        self._publish(state["head_commit"] if self.worker or not written.commit else written.commit)
        return written

    def amend(self, changed: Iterable[ExperimentRecord], head: str) -> None:
        """Write experiments anew of which something else became than was recorded.

        Args:
            changed: whole records, each under its number.
            head: of the session branch.
        """
        for record in changed:
            experiment_json.save(record, self.layout.experiments)
        self._publish(head)

    def advance(self, new: str, old: str) -> None:
        """Move the session branch; when it stands there already, nothing happens."""
        self._advance(new, old)

    def review_report(self) -> ReviewReport:
        """Return what the session's reviews found so far."""
        return review_report.load(self.layout.reports, self.session_id)

    def keep_review(self, added: ReviewRound) -> None:
        """Write a review into the session's report."""
        review_report.save(self.review_report().with_round(added), self.layout.reports, self.records())

    def keep_checklist(self, items: tuple[Item, ...]) -> str:
        """Write the checklist into the session's report; return where it is."""
        review_report.save(replace(self.review_report(), items=items), self.layout.reports, self.records())
        return str(review_report.path_of(self.layout.reports, self.session_id).with_suffix(".md"))

    def changed_files(self, base_commit: str, head_commit: str) -> tuple[str, ...]:
        """Return the files that differ between two commits."""
        return self.repository.changed_files(base_commit, head_commit)

    def message(self, commit: str) -> str:
        """Return the message of a commit."""
        return self.repository.commit_info(commit).message

    def tree_of(self, commit: str) -> str:
        """Return the tree hash of a commit."""
        return self.repository.tree_id(commit)

    def tag(self, commit: str, milestone: int) -> str:
        """Tag a milestone and return the tag's name; one that is taken by other work gets the next number."""
        existing = self.repository.git.run("tag", "--list", f"{SESSION_BRANCH}-v*").text.splitlines()
        number = milestone
        while tag_name(number) in existing and self.repository.resolve(tag_name(number)) != commit:
            number += 1
        branch.tag(self.repository, tag_name(number), commit)
        return tag_name(number)

    def review(self, base_commit: str, head_commit: str) -> Review:
        """Have someone who did not write the code read the diff of two commits."""
        changes = []
        for file in self.repository.changed_files(base_commit, head_commit):
            sides = [self.repository.file_at(commit, file) or b"" for commit in (base_commit, head_commit)]
            if file.endswith(".py"):
                before, after = (side.decode("utf-8", errors="replace") for side in sides)
                changes.append(ChangedFile(file=file, before=before, after=after))
        return self.reviewer(tuple(changes), lambda: self.checkouts.work_at(head_commit))

    def authors(self, head: str, finding: Finding) -> tuple[str, ...]:
        """Return the commits that wrote the lines a finding names, as they stand at a head."""
        first, last = finding.lines
        asked = ("blame", "--porcelain", f"-L{first},{max(first, last)}", self.repository.resolve(head))
        told = self.repository.git.run(*asked, "--", finding.file, accept=(0, 128))
        rows = (line.split(" ") for line in told.text.splitlines() if not line.startswith("\t"))
        return tuple(dict.fromkeys(row[0] for row in rows if len(row) >= 3 and len(row[0]) >= _HASH_LENGTH))

    def stands(self, commit: str) -> bool:
        """Say whether the session branch holds a commit and nothing has undone it since."""
        head = self.repository.branch_head(self.session_branch) or commit
        return self.repository.is_ancestor(commit, head) and commit not in undone(self.repository, head)

    def revert(self, commit: str, why: str) -> str:
        """Undo one kept commit on the session branch and return the new head; a second call finds the first one's.

        Where later commits build on it nothing happens, which is said.
        """
        head = self.repository.branch_head(self.session_branch) or commit
        if not self.stands(commit):
            return head
        files = self.repository.changed_files(f"{commit}^", commit)
        work = self.checkouts.work(head)
        try:
            work.git.run("revert", "--no-commit", commit)
        except GitCommandFailed:
            work.git.run("reset", "--quiet", "--hard", head)
            self.warn(f"{commit[:10]} can't be undone alone: later commits build on it")
            return head
        message = f"revert: {self.repository.commit_info(commit).subject}\n\n{why}\n\n{REVERTED}: {commit}\n"
        made = branch.commit_files(work, files, message)
        if isinstance(made, Refused):
            self.warn(f"{commit[:10]} could not be reverted: {made.reason}")
            return head
        self._advance(made.commit, head)
        return made.commit

    def track(
        self, setup: Setup, state: SessionState, base: Measures, head: Measures, *, measured: Measurement | None
    ) -> tuple[RedFlag, ...]:
        """Note the figures of the session's base and head for the trend over sessions; return what got worse."""
        at = self.handoff.clock.now().isoformat(timespec="seconds")
        return tracking.note(
            self.layout.metrics, self.repository, setup, state, at=at, base=base, head=head, measured=measured
        )

    def close(self, state: SessionState, headline: str, next_steps: tuple[str, ...], status: SessionStatus) -> str:
        """Write the last HANDOFF.md and the learnings, remove the worktrees; return where the records are."""
        records = self.records()
        mine = [record for record in records if record.session == self.session_id]
        learnings.append(self.layout.learnings, f"Session {self.session_id}", map(lesson_of, mine))
        if self.history is not None:
            self.history.add(mine)
        self.handoff.closed(records, state, headline=headline, next_steps=next_steps, status=status)
        self._fill_plan(records, state["head_commit"])
        self._draft_path.unlink(missing_ok=True)
        self.layout.merge.unlink(missing_ok=True)
        self.checkouts.remove()
        worker_branches.remove_all(self.repository)
        return str(self.layout.folder)

    @property
    def _draft_path(self) -> Path:
        return draft_path(self.layout, self.worker)

    def _publish(self, head: str) -> None:
        """Bring the table and HANDOFF.md up to the records."""
        with self.guard:
            records = self.records()
            results_tsv.sync(records, self.layout.results)
            self.handoff.experiment(records, head)
            self._fill_plan(records, head)

    def _fill_plan(self, records: tuple[ExperimentRecord, ...], head: str) -> None:
        problem = plan_keeper.refresh(self.layout, self.repository, records, head)
        if problem:
            self.warn(problem)

    def _advance(self, new: str, old: str) -> None:
        given = branch.advance(self.repository, self.session_branch, new=new, old=old, session=self.session_id)
        if given is not None and given.advice:
            self.warn(given.advice)

    def _write(self, setup: Setup, draft: Draft) -> ExperimentRecord:
        verdict, commit = _decided(draft), ""
        if verdict.status is Status.KEEP:
            made = self._commit(draft)
            if isinstance(made, Refused):
                explanation = f"the project's hooks refused the commit: {made.reason}"
                verdict = replace(verdict, status=Status.DISCARD, reason=Reason.GUARD_FAILED, explanation=explanation)
            else:
                commit = made.commit
        if not commit:
            self.checkouts.work_at(draft.base_commit)
        record = ExperimentRecord(
            version=RECORD_VERSION,
            number=draft.number,
            key=draft.key,
            session=self.session_id,
            base_commit=draft.base_commit,
            base_tree=draft.base_tree,
            commit=commit,
            proposal=draft.proposal,
            diff=draft.diff,
            domains=draft.domains,
            interactions=draft.interactions,
            gates=draft.gates,
            tests=draft.tests,
            measurement=draft.measurement,
            verdict=verdict,
            workload=methodology.workload_of(setup).text,
            place_digest=draft.place_digest,
            seconds=draft.seconds,
            overhead_s=max(draft.seconds - draft.busy_s, 0.0),
            started_at=draft.started_at,
            environment={**fingerprint(setup.interpreter), "seed": str(self.seed), "load": self._load(draft)},
            calls=draft.calls,
            share=share_of(draft.calls, draft.total_share) if draft.calls else 1.0,
            dispatched=self.agent,
            repairs=draft.repairs,
        )
        experiment_json.save(record, self.layout.experiments)
        return record

    def _load(self, draft: Draft) -> str:
        """Return what kept the machine busy beside: what another worker of ours tests is seen by nobody else."""
        own = "another worker of the session beside" if self.worker else "quiet"
        return draft.load or own

    def _commit(self, draft: Draft) -> Committed | Refused:
        name = worker_branches.name_of(self.agent, draft.number) if self.worker else self.session_branch
        head = self.repository.branch_head(name) or draft.base_commit
        for one in self.repository.log(draft.base_commit, head):
            if one.experiment == draft.key:
                return Committed(commit=one.commit, changed_by_hooks=(), output="")
        work = self.checkouts.work(draft.base_commit)
        apply_patch(draft.proposal.patch, work.path)
        texts = {file: read_source(work.path / file).text for file in draft.proposal.patch.files}
        made = branch.commit_files(work, draft.proposal.patch.files, message_of(draft))
        if isinstance(made, Committed) and any(
            not _same_program(texts[file], read_source(work.path / file).text) for file in made.changed_by_hooks
        ):
            return Refused(reason="a hook changed the program, not only its format", output=made.output)
        return made


def message_of(draft: Draft) -> str:
    """Return the commit message of a keep: what, why, and what was measured; a person's own words in its place."""
    if draft.message:
        return f"{draft.message}\n\n{EXPERIMENT_TRAILER}: {draft.key}\n"
    verdict = _decided(draft)
    effects = measured_lines(draft.measurement, draft.calls)
    worse = ", ".join(dimension.value for dimension in verdict.regressed)
    trade_off = (f"Trade-off: {worse} got worse; the net is positive ({verdict.net_effect:+.3f}).",) if worse else ()
    target = f"Target: {draft.proposal.key.qualname} ({draft.proposal.key.place})"
    lines = [
        f"perf: {draft.proposal.summary}",
        "",
        draft.proposal.mechanism,
        "",
        *effects,
        *trade_off,
        target,
        "",
        f"{EXPERIMENT_TRAILER}: {draft.key}",
    ]
    return "\n".join(lines) + "\n"


def _decided(draft: Draft) -> Verdict:
    if draft.verdict is None:
        raise LookupError(f"experiment {draft.number} was not decided")
    return draft.verdict


def _same_program(before: str, after: str) -> bool:
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError):
        return False
