"""The order in which targets are tried."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agents.model import Attempt, Candidate
from orchestrator.policy.verdict import Status
from profiling.model import FunctionKey
from profiling.target import Target
from profiling.targets import find

PRIOR_EXPERIMENTS = 4.0
"""How many experiments a candidate's stated confidence weighs against what this repository showed."""

MOST_EARLIER = 4.0
"""How many experiments all that was seen in earlier sessions weighs at most: as much as the stated confidence."""

DISCARD_FACTOR = 0.7
"""What every discard at the same function leaves of the hope in the next fix there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of one kind of fix: how often it was tried, and how often kept."""

    kept: int
    tried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTarget:
    """A target with what there is to gain at it.

    Attributes:
        target: the row of the unified target table.
        expected_gain: of the best candidate: share of the workload (0 to 1) x how likely it is kept.
        best_candidate: the untried fix with the largest expected gain, None when there is none.
        untried: how many fixes are left to try here.
    """

    target: Target
    expected_gain: float
    best_candidate: Candidate | None
    untried: int


def rank(
    targets: Sequence[Target],
    candidates: Iterable[Candidate],
    attempts: Iterable[Attempt],
    *,
    exhausted: frozenset[str] = frozenset(),
    earlier: Mapping[str, Tally] | None = None,
    look_first: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[RankedTarget, ...]:
    """Return the targets in the order they are to be tried; what can't be chosen comes last.

    Those to be looked at first come first, then multi-domain targets with a fix in one of their domains, then the
    larger expected gain, then the place in the source.

    Args:
        targets: the unified target table.
        candidates: fixes that are licensed and chosen by the facts.
        attempts: what was tried before; the same fix is never tried twice on the same text.
        exhausted: digests of places where a proposer had nothing to offer.
        earlier: what became of each kind of fix where there is no attempt of: by `recipe:<id>`.
        look_first: file and qualified name of functions that come before all others.
    """
    history = _History(tuple(attempts), earlier or {})
    left: dict[FunctionKey, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        target = find(candidate.key, targets)
        if target is not None and not history.has(candidate) and candidate.place_digest not in exhausted:
            left[target.key].append(candidate)
    ranked = [_ranked(target, left[target.key], history) for target in targets]
    return tuple(sorted(ranked, key=lambda one: _order(one, look_first)))


def can_be_chosen(ranked: RankedTarget) -> bool:
    """Say whether there is a fix to try where one is allowed."""
    return ranked.target.actionable and ranked.best_candidate is not None


def is_multi_domain(target: Target) -> bool:
    """Say whether the target has evidence in two domains or more."""
    return len(target.domains) > 1


class _History:
    """What was tried, looked up by fix, by kind of fix and by function."""

    def __init__(self, attempts: tuple[Attempt, ...], earlier: Mapping[str, Tally]) -> None:
        self._earlier = earlier
        self._tried = {_fix(one.source, one.key, one.place_digest) for one in attempts}
        self._kept_by_source: dict[str, list[bool]] = defaultdict(list)
        self._discards: dict[tuple[str, str], int] = defaultdict(int)
        for one in attempts:
            is_kept = one.status == Status.KEEP
            self._kept_by_source[one.source].append(is_kept)
            self._discards[one.key.file, one.key.qualname] += not is_kept

    def has(self, candidate: Candidate) -> bool:
        return _fix(candidate.source, candidate.key, candidate.place_digest) in self._tried

    def expected_gain(self, candidate: Candidate) -> float:
        """Return share x confidence, the latter brought up to date by what became of this kind of fix here and before.

        The confidence is the share kept in PRIOR_EXPERIMENTS imagined experiments, those here, and at most MOST_EARLIER
        of the earlier ones.
        """
        kept = self._kept_by_source.get(candidate.source, [])
        prior = _share(candidate.confidence)
        earlier = self._earlier.get(candidate.source, Tally(kept=0, tried=0))
        weight = min(float(earlier.tried), MOST_EARLIER)
        kept_before = weight * earlier.kept / earlier.tried if earlier.tried else 0.0
        hopes = prior * PRIOR_EXPERIMENTS + kept_before + sum(kept)
        confidence = hopes / (PRIOR_EXPERIMENTS + weight + len(kept))
        discards = self._discards.get((candidate.key.file, candidate.key.qualname), 0)
        return _share(candidate.expected_share) * confidence * DISCARD_FACTOR**discards


def _fix(source: str, key: FunctionKey, place_digest: str) -> tuple[str, str, str, str]:
    """Return what makes a fix the same: lines move when the text above changes, so they do not."""
    return source, key.file, key.qualname, place_digest


def _ranked(target: Target, candidates: list[Candidate], history: _History) -> RankedTarget:
    best = min(
        candidates,
        key=lambda one: (-history.expected_gain(one), one.key, one.source, one.place_digest),
        default=None,
    )
    gain = history.expected_gain(best) if best is not None else 0.0
    return RankedTarget(target=target, expected_gain=gain, best_candidate=best, untried=len(candidates))


def _order(ranked: RankedTarget, look_first: frozenset[tuple[str, str]]) -> tuple[bool, bool, bool, float, FunctionKey]:
    return (
        not can_be_chosen(ranked),
        (ranked.target.key.file, ranked.target.key.qualname) not in look_first,
        not _crosses_domains(ranked),
        -ranked.expected_gain,
        ranked.target.key,
    )


def _crosses_domains(ranked: RankedTarget) -> bool:
    """Say whether the fix is in one of the several domains its target has evidence in."""
    best = ranked.best_candidate
    return is_multi_domain(ranked.target) and (best is None or best.domain in ranked.target.domains)


def _share(value: float) -> float:
    """Return a share within 0 and 1; what is not a number is no hope."""
    return 0.0 if math.isnan(value) else min(max(value, 0.0), 1.0)
