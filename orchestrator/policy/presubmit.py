"""The checklist that every kept experiment must pass before a session may call itself complete."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agents.model import Finding
from orchestrator.policy.dimensions import formula
from profiling.comparison import Comparison
from profiling.model import Dimension
from profiling.target import InteractionKind

CONFIDENT = 0.7
"""A reviewer's finding from this confidence on must be answered (docs/deciding.md)."""

DIMENSION_WORDS: Mapping[Dimension, str] = {
    Dimension.WALL_S: r"wall(_s)?",
    Dimension.CPU_S: r"cpu(_s)?",
    Dimension.PEAK_MIB: r"memory|peak(_mib)?",
    Dimension.GC_S: r"gc(_s)?|garbage collection",
    Dimension.GC_COLLECTIONS: r"gc(_collections)?|collections",
    Dimension.LOOP_BLOCK_S: r"loop(_block_s)?|latency",
    Dimension.THROUGHPUT: r"throughput",
    Dimension.IMPORT_S: r"imports?(_s)?",
}
"""How people write of a dimension: patterns, case ignored."""

_GC_CLAIM = re.compile(r"\b(gc|gc_s|gc_collections|garbage)\b", re.IGNORECASE)
_COLLECTED = (Dimension.GC_COLLECTIONS, Dimension.GC_S)
_SERVED = (Dimension.WALL_S, Dimension.THROUGHPUT, Dimension.LOOP_BLOCK_S)
_SIDES: Mapping[InteractionKind, tuple[tuple[Dimension, ...], ...]] = {
    InteractionKind.ALLOCATION_GC: (_COLLECTED, (Dimension.CPU_S, Dimension.PEAK_MIB)),
    InteractionKind.DEEPCOPY: ((Dimension.CPU_S,), (Dimension.PEAK_MIB,)),
    InteractionKind.DATA_STRUCTURE: ((Dimension.PEAK_MIB,), (Dimension.CPU_S,)),
    InteractionKind.RECOMPUTATION: ((Dimension.CPU_S,), (Dimension.PEAK_MIB,)),
    InteractionKind.BLOCKING_IO: (_SERVED, (Dimension.CPU_S,)),
    InteractionKind.MEMORY_PRESSURE: ((Dimension.PEAK_MIB,), _SERVED),
    InteractionKind.CPU_STARVATION: ((Dimension.CPU_S,), _SERVED),
    InteractionKind.ALGORITHM_SIZE: ((Dimension.CPU_S,), (Dimension.PEAK_MIB,)),
    InteractionKind.IMPORT_STARTUP: ((Dimension.IMPORT_S, Dimension.WALL_S), (Dimension.PEAK_MIB,)),
    InteractionKind.LIBRARY_CEILING: ((Dimension.CPU_S,), (Dimension.PEAK_MIB, Dimension.IMPORT_S)),
    InteractionKind.REPEATED_QUERY: ((Dimension.WALL_S,), (Dimension.CPU_S,)),
}
_RELEASES = re.compile(r"\bdel\s|\.(close|aclose|free|release|shutdown|terminate|unlink|detach)\(")


class Check(StrEnum):
    """The items."""

    MEASURED = "measured"
    TRADEOFFS_DISCLOSED = "trade-offs disclosed"
    GC_BACKED = "GC claims backed"
    INTERACTIONS_BACKED = "interaction claims backed"
    RESOURCES_OWNED = "resource ownership"
    REVIEWED = "review answered"
    TESTS_AS_BEFORE = "tests as before"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptExperiment:
    """What the checklist reads of a kept experiment.

    Attributes:
        number: of the experiment.
        message: of its commit, whole.
        interactions: it claims to have acted on.
        primary: the dimension it was meant for.
        comparisons: by dimension, as measured.
        diff: unified.
        tests_failed, tests_failed_before: on the changed tree; of these, failing before as well.
        findings: of a reviewer, not answered yet.
    """

    number: int
    message: str
    interactions: tuple[str, ...]
    primary: Dimension
    comparisons: Mapping[Dimension, Comparison]
    diff: str
    tests_failed: int
    tests_failed_before: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One answer of the checklist.

    Attributes:
        experiment: number of the experiment.
        name: what was asked.
        passed: whether it holds.
        detail: what was seen; of a failure also what to do.
    """

    experiment: int
    name: Check
    passed: bool
    detail: str


def check(kept: Iterable[KeptExperiment]) -> tuple[Item, ...]:
    """Return every item of every kept experiment, in their order; all must have passed."""
    items = []
    for one in kept:
        for name, ask in _QUESTIONS.items():
            problem = ask(one)
            items.append(Item(experiment=one.number, name=name, passed=not problem, detail=problem or "holds"))
    return tuple(items)


def _measured(kept: KeptExperiment) -> str:
    if any(one.improved for one in kept.comparisons.values()):
        return ""
    return f"no dimension was measured to be better ({kept.primary.value} was meant): measure it again or revert it"


def _tradeoffs(kept: KeptExperiment) -> str:
    """Name what got worse and stands nowhere in the commit message below its subject."""
    body = kept.message.partition("\n")[2]
    silent = [
        one
        for dimension, one in kept.comparisons.items()
        if one.regressed and not re.search(rf"\b({DIMENSION_WORDS[dimension]})\b", body, re.IGNORECASE)
    ]
    return f"the commit message does not name {', '.join(map(formula, silent))}" if silent else ""


def _gc(kept: KeptExperiment) -> str:
    claimed = _GC_CLAIM.search(kept.message) or InteractionKind.ALLOCATION_GC in kept.interactions
    if not claimed or any(dimension in kept.comparisons for dimension in _COLLECTED):
        return ""
    return "it speaks of garbage collection, which was not measured: measure it or leave the claim out"


def _interactions(kept: KeptExperiment) -> str:
    unbacked = [kind for kind in InteractionKind if kind in kept.interactions and not _is_backed(kind, kept)]
    return f"not measured on both sides: {', '.join(unbacked)}; measure it or leave the claim out" if unbacked else ""


def _is_backed(kind: InteractionKind, kept: KeptExperiment) -> bool:
    """Say whether each side was measured, and at least one of them is better."""
    sides = [[kept.comparisons[one] for one in side if one in kept.comparisons] for side in _SIDES[kind]]
    return all(sides) and any(one.improved for side in sides for one in side)


def _resources(kept: KeptExperiment) -> str:
    added = [line[1:].strip() for line in kept.diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    released = [line for line in added if _RELEASES.search(line) and not line.startswith("#")]
    return f"it releases {released[0][:80]!r}: look whether the object is the caller's" if released else ""


def _review(kept: KeptExperiment) -> str:
    """Ask for an answer to what the reviewer is confident of: caches, shared state, signatures, order and the like."""
    doubts = [finding for finding in kept.findings if finding.confidence >= CONFIDENT]
    if not doubts:
        return ""
    first = doubts[0]
    return f"{len(doubts)} unanswered, first {first.file}:{first.lines[0]}: {first.claim}; {first.recommendation}"


def _tests(kept: KeptExperiment) -> str:
    new = kept.tests_failed - kept.tests_failed_before
    return f"{new} tests fail that did not before: revert it" if new > 0 else ""


_QUESTIONS: Mapping[Check, Callable[[KeptExperiment], str]] = {
    Check.MEASURED: _measured,
    Check.TRADEOFFS_DISCLOSED: _tradeoffs,
    Check.GC_BACKED: _gc,
    Check.INTERACTIONS_BACKED: _interactions,
    Check.RESOURCES_OWNED: _resources,
    Check.REVIEWED: _review,
    Check.TESTS_AS_BEFORE: _tests,
}
