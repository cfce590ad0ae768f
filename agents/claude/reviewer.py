"""The adversarial reviewer: reads the branch's diff beside the static checks, and has to name lines and reasons."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from agents.claude import briefing
from agents.claude._client import ModelError
from agents.claude.account import BudgetSpent
from agents.claude.conversation import Conversation, Ended
from agents.claude.desk import Desk
from agents.claude.tools._base import Arguments, ToolRefused
from agents.claude.tools.answering import Answering, AnyAnswer
from agents.claude.tools.checkout import Checkout, lines_of
from agents.claude.tools.files import file_tools
from agents.claude.tools.guides import guide_tool
from agents.claude.tools.toolbox import Toolbox
from agents.model import Finding, Review
from agents.specialists.reviewer import INVESTIGATE, ChangedFile
from agents.specialists.reviewer import review as embedded_review
from profiling.model import Tree
from prompts.inputs import ReviewBrief, Reviewer
from prompts.rendering import Data, render

AGENT = "reviewer"
_MOST_DIFF = 120_000
_MOST_WORDS = 800
_CONTEXT_LINES = 12


class FindingInput(Arguments):
    """One finding; lines are 1-based, of the new text."""

    severity: Literal["high", "medium", "low"]
    file: str = Field(min_length=1, max_length=400)
    first_line: int = Field(ge=1)
    last_line: int = Field(ge=1)
    confidence: float = Field(ge=0, le=1)
    claim: str = Field(min_length=3, max_length=_MOST_WORDS)
    recommendation: str = Field(min_length=3, max_length=_MOST_WORDS)


class ReviewInput(Arguments):
    """The verdict on a diff."""

    verdict: Literal["approve", "needs-attention"]
    findings: tuple[FindingInput, ...] = Field(max_length=20)
    next_steps: tuple[str, ...] = Field(default=(), max_length=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaudeReviewer:
    """Reviews a branch: what the static checks find always counts, whatever the model says."""

    desk: Desk

    def __call__(self, changes: tuple[ChangedFile, ...], checkout: Callable[[], Path]) -> Review:
        """Return the review of a diff.

        Args:
            changes: both sides of its files.
            checkout: gives a tree with the diff applied.
        """
        embedded = embedded_review(changes)
        if not changes:
            return embedded
        try:
            ended = self._asked(changes, embedded, checkout())
        except (BudgetSpent, ModelError) as error:
            self.desk.watcher.noted(f"reviewed by the static checks alone: {error}")
            return embedded
        if ended.answer is None:
            self.desk.watcher.noted(f"reviewed by the static checks alone: {ended.why.value} ({ended.detail})")
            return embedded
        return _joined(embedded, ended.answer)

    def _asked(self, changes: tuple[ChangedFile, ...], embedded: Review, root: Path) -> Ended[Review]:
        found = "\n".join(f"{one.file}:{one.lines[0]}: {one.claim}" for one in embedded.findings)
        opening = render(ReviewBrief(diff=Data(_diff(changes)), found=Data(found or "nothing")))
        tree = Tree(root=root, import_roots=(), packages=(), source_paths=())
        conversation = Conversation(
            desk=self.desk,
            agent=AGENT,
            role="reviewer",
            system=(briefing.rules(tree, self.desk.conventions), render(Reviewer())),
            toolbox=Toolbox(
                tools=(*file_tools(Checkout(root=root)), guide_tool()),
                watch=lambda used: self.desk.watcher.used(AGENT, used),
            ),
            answers=(_verdict(changes),),
            transcript=self.desk.transcript_of(AGENT, opening),
        )
        return conversation.run(opening)


def _verdict(changes: tuple[ChangedFile, ...]) -> AnyAnswer[Review]:
    return Answering(
        name="review",
        description="Give the verdict on the diff, with findings: your answer.",
        arguments=ReviewInput,
        judge=lambda given: _checked(given, changes),
    )


def _checked(given: ReviewInput, changes: tuple[ChangedFile, ...]) -> Review:
    """Return the review, when its findings are of the diff and its verdict follows from them."""
    lengths = {change.file: len(lines_of(change.after)) for change in changes}
    for one in given.findings:
        if one.file not in lengths:
            raise ToolRefused(f"{one.file} is not in the diff; there are: {', '.join(lengths)}")
        if not one.first_line <= one.last_line <= max(lengths[one.file], 1):
            raise ToolRefused(f"{one.file} has {lengths[one.file]} lines: {one.first_line} to {one.last_line} are none")
    is_doubted = any(one.confidence >= INVESTIGATE for one in given.findings)
    if is_doubted != (given.verdict == "needs-attention"):
        raise ToolRefused(
            f"verdict {given.verdict!r} does not follow: needs-attention is for findings of confidence {INVESTIGATE}"
            " or more, and only for them"
        )
    return Review(
        verdict=given.verdict,
        findings=tuple(_finding(one) for one in given.findings),
        next_steps=given.next_steps,
    )


def _joined(embedded: Review, asked: Review) -> Review:
    both = (embedded, asked)
    doubted = any(one.verdict == "needs-attention" for one in both)
    return Review(
        verdict="needs-attention" if doubted else "approve",
        findings=tuple(finding for one in both for finding in one.findings),
        next_steps=tuple(step for one in both for step in one.next_steps),
    )


def _finding(one: FindingInput) -> Finding:
    return Finding(
        severity=one.severity,
        file=one.file,
        lines=(one.first_line, one.last_line),
        confidence=one.confidence,
        claim=one.claim,
        recommendation=one.recommendation,
    )


def _diff(changes: tuple[ChangedFile, ...]) -> str:
    lines: list[str] = []
    for change in changes:
        sides = (change.before.splitlines(), change.after.splitlines())
        names = (f"a/{change.file}", f"b/{change.file}")
        lines += difflib.unified_diff(*sides, *names, n=_CONTEXT_LINES, lineterm="")
    text = "\n".join(lines)
    return text if len(text) <= _MOST_DIFF else f"{text[:_MOST_DIFF]}\n[cut: read the files with your tools]"
