"""Ways out of being stuck: each chooses among the open targets by something else than the ranking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agents.model import Attempt
from orchestrator.policy.past import Past
from orchestrator.policy.ranking import RankedTarget, is_multi_domain
from orchestrator.policy.verdict import Status


class Recovery(StrEnum):
    """The ways, in the order they are tried (docs/deciding.md)."""

    FRESH_PROFILE = "fresh profile"
    PATTERNS = "another kind of fix than those that failed"
    COMBINE_WINS = "what worked before, once more"
    OPPOSITE = "a target across domains"
    INTERACTIONS = "an interaction not yet tried"
    GOAL = "the largest gain, whatever the order"
    FAILURE_MODES = "the fix most likely to hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckState:
    """What a way out chooses from.

    Attributes:
        open_targets: that can be chosen, in ranked order; never empty.
        attempts: earlier experiments, in order.
        history: the same as policies know them; the streak is at its end.
        streak: how many of them kept nothing.
    """

    open_targets: Sequence[RankedTarget]
    attempts: Sequence[Attempt]
    history: Sequence[Past]
    streak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A way, its position in the list (from 0), and what it chooses."""

    step: Recovery
    position: int
    chosen: RankedTarget


def way_out(state: StuckState, passed: int) -> WayOut | None:
    """Return the next way that finds a target; those that find none are passed over. None: all were tried.

    Args:
        state: what it chooses from.
        passed: how many ways were tried or passed over before.
    """
    for position, step in list(enumerate(Recovery))[max(passed, 0) :]:
        chosen = _CHOICES[step](state)
        if chosen is not None:
            return WayOut(step=step, position=position, chosen=chosen)
    return None


def _fresh_profile(state: StuckState) -> RankedTarget | None:
    """Choose what can be trusted as it was measured: no share from a handful of samples."""
    return _first(state, lambda ranked: not ranked.target.uncertain)


def _patterns(state: StuckState) -> RankedTarget | None:
    failed = {attempt.source for attempt in state.attempts[-state.streak :]}
    return _first(state, lambda ranked: _source(ranked) not in failed)


def _combine_wins(state: StuckState) -> RankedTarget | None:
    won = {attempt.source for attempt in state.attempts if attempt.status == Status.KEEP}
    return _first(state, lambda ranked: _source(ranked) in won)


def _opposite(state: StuckState) -> RankedTarget | None:
    return _first(state, lambda ranked: is_multi_domain(ranked.target))


def _interactions(state: StuckState) -> RankedTarget | None:
    tried = {kind for past in state.history for kind in past.interactions}
    return _first(state, lambda ranked: any(kind.value not in tried for kind in ranked.target.interactions))


def _goal(state: StuckState) -> RankedTarget | None:
    return max(state.open_targets, key=lambda ranked: ranked.expected_gain)


def _failure_modes(state: StuckState) -> RankedTarget | None:
    return max(state.open_targets, key=lambda one: one.best_candidate.confidence if one.best_candidate else 0.0)


_CHOICES: Mapping[Recovery, Callable[[StuckState], RankedTarget | None]] = {
    Recovery.FRESH_PROFILE: _fresh_profile,
    Recovery.PATTERNS: _patterns,
    Recovery.COMBINE_WINS: _combine_wins,
    Recovery.OPPOSITE: _opposite,
    Recovery.INTERACTIONS: _interactions,
    Recovery.GOAL: _goal,
    Recovery.FAILURE_MODES: _failure_modes,
}


def _first(state: StuckState, fits: Callable[[RankedTarget], bool]) -> RankedTarget | None:
    return next((ranked for ranked in state.open_targets if fits(ranked)), None)


def _source(ranked: RankedTarget) -> str:
    return ranked.best_candidate.source if ranked.best_candidate else ""
