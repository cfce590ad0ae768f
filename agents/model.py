"""What goes to a proposer and what comes back: Brief → Proposal, with its Patch and Checklist."""

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from profiling.audit.target_facts import AuditFacts
from profiling.facts import Facts
from profiling.model import Dimension, Domain, FunctionKey, Tree
from profiling.profile import FunctionProfile, Profile
from profiling.target import Interaction, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace `old` by `new` at one place of one file.

    Attributes:
        file: relative to the tree's root, POSIX separators.
        start: offset in characters of the decoded text (newlines as in the file).
        old: the text that must stand there.
        new: the text that takes its place.
    """

    file: str
    start: int
    old: str
    new: str


class PatchMismatch(ValueError):
    """The text to be replaced does not stand where the edit says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One fix as edits that do not overlap."""

    edits: tuple[Edit, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Return the files it changes, sorted."""
        return tuple(sorted({edit.file for edit in self.edits}))

    def apply(self, sources: Mapping[str, str]) -> dict[str, str]:
        """Return the new text of every changed file.

        Args:
            sources: text by file, for at least `files`.

        Raises:
            PatchMismatch: an edit's old text does not stand at its place, or two edits overlap.
        """
        texts = {file: sources[file] for file in self.files}
        lowest_start: dict[str, int] = {}
        for edit in sorted(self.edits, key=lambda edit: edit.start, reverse=True):
            text, end = texts[edit.file], edit.start + len(edit.old)
            if text[edit.start : end] != edit.old or end > lowest_start.get(edit.file, len(text)):
                raise PatchMismatch(f"{edit.file}: offset {edit.start} does not hold {edit.old[:60]!r}")
            texts[edit.file] = text[: edit.start] + edit.new + text[end:]
            lowest_start[edit.file] = edit.start
        return texts

    def moved(self, sources: Mapping[str, str]) -> "Patch | None":
        """Return the same edits at the places where their old text stands now; None where that can't be told.

        Args:
            sources: text by file, for at least `files`.
        """
        edits = []
        for edit in self.edits:
            text, end = sources[edit.file], edit.start + len(edit.old)
            if text.count(edit.old) == 1:
                edits.append(replace(edit, start=text.index(edit.old)))
            elif edit.old and text[edit.start : end] == edit.old:
                edits.append(edit)
            else:
                return None
        return Patch(edits=tuple(edits))

    def diff(self, sources: Mapping[str, str]) -> str:
        """Return the unified diff of applying it to `sources`."""
        after = self.apply(sources)
        lines: list[str] = []
        for file in self.files:
            old, new = sources[file].splitlines(keepends=True), after[file].splitlines(keepends=True)
            lines += difflib.unified_diff(old, new, f"a/{file}", f"b/{file}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the joint-reasoning checklist, with a pointer to its evidence."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The ten answers that stand before every edit (joint reasoning over domains)."""

    domains: Answer
    interaction: Answer
    root_cause: Answer
    mechanism: Answer
    other_domains: Answer
    measurement: Answer
    data_size: Answer
    exercised: Answer
    correctness: Answer
    production: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One fix.

    Attributes:
        source: who proposes: `recipe:<id>` or a model's name.
        domain: of the specialist; dimension: the one it is meant to improve.
        key: the function (or module) it is about.
        summary: imperative, for the commit subject after `perf: `, at most 60 characters.
        mechanism: why it is faster or smaller, one or two sentences.
        patch: the edits.
        expected: share of the workload expected to be saved, per dimension (0 to 1; negative: expected cost).
        risk: what could go wrong and what was checked, one sentence.
        checklist: the ten answers.
        place_digest: digest of the text it replaces, the same as its candidate's.
        needs_approval: a person has to agree before it may be kept.
    """

    source: str
    domain: Domain
    dimension: Dimension
    key: FunctionKey
    summary: str
    mechanism: str
    patch: Patch
    expected: Mapping[Dimension, float]
    risk: str
    checklist: Checklist
    place_digest: str = ""
    needs_approval: bool = False

    def content_key(self, tree_id: str) -> str:
        """Return the key under which this fix on this base is never tried twice: 16 hex digits.

        Args:
            tree_id: git tree hash of the base.
        """
        digest = hashlib.sha256(tree_id.encode())
        for edit in sorted(self.patch.edits, key=lambda edit: (edit.file, edit.start)):
            digest.update(repr((edit.file, edit.start, edit.old, edit.new)).encode())
        return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An earlier experiment, as a proposer needs to know it.

    Attributes:
        source, key, summary: as in its proposal.
        status: keep, discard or crash; reason: of the closed vocabulary.
        place_digest: digest of the old text it replaced: the same fix is not offered again while that text stands.
        explanation: what decided, with its figures; empty where it would tell what is held back.
    """

    source: str
    key: FunctionKey
    summary: str
    status: str
    reason: str
    place_digest: str
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """What somebody who reads ahead found at one function; it was neither run nor measured.

    Attributes:
        key: the function.
        antipattern: what in the source costs, and why; evidence: where that stands: `file:line`, or a figure.
        callers: who calls it, as far as it matters for a fix.
        interaction: a mechanism across domains that the table does not show, empty where there is none.
    """

    key: FunctionKey
    antipattern: str
    evidence: str
    callers: str
    interaction: str = ""


class Bench(Protocol):
    """Tries a fix before it is proposed. Nothing of it stays; what is held back stays held back."""

    def objection(self, proposal: Proposal) -> str:
        """Return why the rules refuse a fix as it reads, without running it; nothing when they do not."""
        ...

    def prescreen(self, proposal: Proposal) -> str:
        """Say what a fix does to the recorded calls of its function: cheaply, so not for certain."""
        ...

    def run_tests(self, proposal: Proposal, names: tuple[str, ...]) -> str:
        """Run the tests whose names hold one of these (all, if none is given) with a fix; say what became of them."""
        ...

    def line_times(self, found: FunctionProfile, profile: Profile) -> str:
        """Say where a function's time goes, line by line, in one more run of the unchanged workload."""
        ...

    def samples(self, key: FunctionKey) -> tuple[str, ...]:
        """Return calls of a function as the tests make them, never those of the workload: they decide."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a specialist is given for one target.

    Attributes:
        target: what it is about; tree, profile, facts: where it stands, and what was seen of it.
        history: earlier experiments.
        avoid: what must not be touched, one sentence each.
        callers, callees: functions of the tree that call the target, and that it calls, as the source tells.
        interactions: cross-domain mechanisms found in the whole profile.
        table: the unified target table.
        paths: what the source tells of every function of the tree.
        bench: tries a fix before it is proposed; None where nothing can be tried.
        notes: what else a proposer should know of the environment, one line each.
        insights: what was found by reading ahead, at this target and others.
        undone: a fix of the target that a review undid, to be made anew without what was found in it.
        stream: in which its specialist is heard; empty: its own.
    """

    target: Target
    tree: Tree
    profile: Profile
    facts: Facts
    history: tuple[Attempt, ...] = ()
    avoid: tuple[str, ...] = ()
    callers: tuple[FunctionKey, ...] = ()
    callees: tuple[FunctionKey, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    table: tuple[Target, ...] = ()
    paths: Mapping[FunctionKey, AuditFacts] = field(default_factory=dict)
    bench: Bench | None = None
    notes: tuple[str, ...] = ()
    insights: tuple[Insight, ...] = ()
    undone: "Undone | None" = None
    stream: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place where a fix is licensed and the facts allow it, before its patch is written: what ranking needs.

    Attributes:
        source: `recipe:<id>`.
        key: the function or module.
        domain, dimension: as in the proposal.
        expected_share: share of the workload it is expected to save, 0 to 1, comparable between dimensions: of its CPU
            time for times, of its peak for memory.
        confidence: 0 to 1: how often this kind of fix is kept.
        place_digest: digest of the text it would replace.
        evidence: the facts that chose it, as they read.
        awaits_approval: it is proposed only once a person agrees.
    """

    source: str
    key: FunctionKey
    domain: Domain
    dimension: Dimension
    expected_share: float
    confidence: float
    place_digest: str
    evidence: str = ""
    awaits_approval: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A reviewer's remark on a diff.

    Attributes:
        severity: high, medium or low.
        file, lines: first and last line (1-based) in the new text.
        confidence: 0 to 1.
        claim, recommendation: one sentence each.
        check: name of the check of ours that fails there; empty for what somebody only says.
    """

    severity: str
    file: str
    lines: tuple[int, int]
    confidence: float
    claim: str
    recommendation: str
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A reviewer's answer on a diff: approve, or needs-attention with findings."""

    verdict: str
    findings: tuple[Finding, ...] = field(default_factory=tuple)
    next_steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A kept fix that a review undid: its gain is real, so it is worth making anew.

    Attributes:
        proposal: as it was kept, its edits where they fit the present base.
        findings: that a new form of it must not give reason for.
    """

    proposal: Proposal
    findings: tuple[Finding, ...]
