"""The checklist that every kept experiment must pass before a session may call itself complete."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agents.model import Finding
from agents.specialists.reviewer import INTERFACE
from agents.specialists.sharing import CONCURRENCY
from agents.specialists.upkeep import DEAD
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
    """The items; the last three are asked of the branch as a whole."""

    MEASURED = "measured"
    TRADEOFFS_DISCLOSED = "trade-offs disclosed"
    GC_BACKED = "GC claims backed"
    INTERACTIONS_BACKED = "interaction claims backed"
    RESOURCES_OWNED = "resource ownership"
    CONCURRENCY_SAFE = "concurrency safety"
    API_UNCHANGED = "public API unchanged"
    NO_DEAD_CODE = "no dead configuration"
    REVIEWED = "review answered"
    TESTS_AS_BEFORE = "tests as before"
    JUDGES_UNTOUCHED = "tests and configuration untouched"
    FORMATTER_AS_BEFORE = "formatter as before"
    TYPES_AS_BEFORE = "types as before"


WHOLE_BRANCH = 0
"""Stands in an item for the number of an experiment when it is about all of them."""


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
        tests_passed, tests_failed, tests_failed_before: on the changed tree; of the failed, failing before as well.
        findings: of reviewers, that are about it.
        unanswered: those of them that have no answer yet.
    """

    number: int
    message: str
    interactions: tuple[str, ...]
    primary: Dimension
    comparisons: Mapping[Dimension, Comparison]
    diff: str
    tests_failed: int
    tests_failed_before: int
    tests_passed: int = 0
    findings: tuple[Finding, ...] = ()
    unanswered: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One answer of the checklist.

    Attributes:
        experiment: number of the experiment, WHOLE_BRANCH for all of them.
        name: what was asked.
        passed: whether it holds.
        detail: the evidence; of a failure also what to do.
    """

    experiment: int
    name: Check
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a question found: the problem, empty when there is none, and then what speaks for it."""

    problem: str = ""
    evidence: str = ""


def check(kept: Iterable[KeptExperiment]) -> tuple[Item, ...]:
    """Return every item of every kept experiment, in their order; all must have passed."""
    items = []
    for one in kept:
        for name, ask in _QUESTIONS.items():
            seen = ask(one)
            detail = seen.problem or seen.evidence
            items.append(Item(experiment=one.number, name=name, passed=not seen.problem, detail=detail))
    return tuple(items)


def _measured(kept: KeptExperiment) -> _Seen:
    better = [one for one in kept.comparisons.values() if one.improved]
    if better:
        return _Seen(evidence="; ".join(map(formula, better)))
    meant = kept.primary.value
    return _Seen(problem=f"no dimension was measured to be better ({meant} was meant): measure it again or revert it")


def _tradeoffs(kept: KeptExperiment) -> _Seen:
    """Name what got worse and stands nowhere in the commit message below its subject."""
    body = kept.message.partition("\n")[2]
    worse = [(dimension, one) for dimension, one in kept.comparisons.items() if one.regressed]
    silent = [
        one for dimension, one in worse if not re.search(rf"\b({DIMENSION_WORDS[dimension]})\b", body, re.IGNORECASE)
    ]
    if silent:
        return _Seen(problem=f"the commit message does not name {', '.join(map(formula, silent))}")
    named = ", ".join(formula(one) for _, one in worse)
    return _Seen(evidence=f"named in the commit: {named}" if named else "nothing got worse beyond its limit")


def _gc(kept: KeptExperiment) -> _Seen:
    claimed = _GC_CLAIM.search(kept.message) or InteractionKind.ALLOCATION_GC in kept.interactions
    if not claimed:
        return _Seen(evidence="it does not speak of collections")
    measured = [kept.comparisons[dimension] for dimension in _COLLECTED if dimension in kept.comparisons]
    if measured:
        return _Seen(evidence=f"measured: {', '.join(map(formula, measured))}")
    return _Seen(problem="it speaks of garbage collection, which was not measured: measure it or leave the claim out")


def _interactions(kept: KeptExperiment) -> _Seen:
    claimed = [kind for kind in InteractionKind if kind in kept.interactions]
    unbacked = [kind for kind in claimed if not _is_backed(kind, kept)]
    if unbacked:
        return _Seen(problem=f"not measured on both sides: {', '.join(unbacked)}; measure it or leave the claim out")
    return _Seen(evidence=f"measured on both sides: {', '.join(claimed)}" if claimed else "it claims none")


def _is_backed(kind: InteractionKind, kept: KeptExperiment) -> bool:
    """Say whether each side was measured, and at least one of them is better."""
    sides = [[kept.comparisons[one] for one in side if one in kept.comparisons] for side in _SIDES[kind]]
    return all(sides) and any(one.improved for side in sides for one in side)


def _resources(kept: KeptExperiment) -> _Seen:
    added = [line[1:].strip() for line in kept.diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    released = [line for line in added if _RELEASES.search(line) and not line.startswith("#")]
    if released:
        return _Seen(problem=f"it releases {released[0][:80]!r}: look whether the object is the caller's")
    return _Seen(evidence=f"none of {len(added)} added lines closes, deletes or frees anything")


def _concurrency(kept: KeptExperiment) -> _Seen:
    return _of_checks(kept, CONCURRENCY, "no new shared state, lock, thread or task")


def _api(kept: KeptExperiment) -> _Seen:
    return _of_checks(kept, INTERFACE, "names, signatures, bases and laziness are as they were")


def _dead(kept: KeptExperiment) -> _Seen:
    return _of_checks(kept, frozenset({DEAD}), "every private name and import that was used still is")


def _of_checks(kept: KeptExperiment, checks: frozenset[str], otherwise: str) -> _Seen:
    found = [one for one in kept.findings if one.check in checks]
    return _Seen(problem="; ".join(map(_found_text, found))) if found else _Seen(evidence=otherwise)


def _review(kept: KeptExperiment) -> _Seen:
    """Ask for an answer to what a reviewer is confident of."""
    doubts = [finding for finding in kept.unanswered if finding.confidence >= CONFIDENT]
    if doubts:
        return _Seen(problem=f"{len(doubts)} unanswered, first {_found_text(doubts[0])}")
    count = len(kept.findings)
    return _Seen(
        evidence=f"{count} finding{'' if count == 1 else 's'}, each with its answer" if count else "no finding"
    )


def _tests(kept: KeptExperiment) -> _Seen:
    new = kept.tests_failed - kept.tests_failed_before
    if new > 0:
        return _Seen(problem=f"{new} tests fail that did not before: revert it")
    if not kept.tests_passed + kept.tests_failed:
        return _Seen(evidence="there are none that tell single tests; output and replay stood in for them")
    return _Seen(evidence=f"{kept.tests_passed} passed, {kept.tests_failed} failed as before")


def _found_text(finding: Finding) -> str:
    return f"{finding.file}:{finding.lines[0]}: {finding.claim}; {finding.recommendation}"


_QUESTIONS: Mapping[Check, Callable[[KeptExperiment], _Seen]] = {
    Check.MEASURED: _measured,
    Check.TRADEOFFS_DISCLOSED: _tradeoffs,
    Check.GC_BACKED: _gc,
    Check.INTERACTIONS_BACKED: _interactions,
    Check.RESOURCES_OWNED: _resources,
    Check.CONCURRENCY_SAFE: _concurrency,
    Check.API_UNCHANGED: _api,
    Check.NO_DEAD_CODE: _dead,
    Check.REVIEWED: _review,
    Check.TESTS_AS_BEFORE: _tests,
}
