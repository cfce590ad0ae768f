"""What to do next: try a target, turn elsewhere, get out of being stuck, or end; each with its reason."""

from collections import Counter
from collections.abc import Sequence

from orchestrator.policy.dispatch import Team, teams
from orchestrator.policy.past import Past, discards_in_a_row, discards_in_dimension
from orchestrator.policy.ranking import RankedTarget, can_be_chosen, rank
from orchestrator.policy.recovery import StuckState, way_out
from orchestrator.policy.situation import (
    Dispatch,
    Experiment,
    Finish,
    FinishReason,
    NextStep,
    Pivot,
    Recover,
    Situation,
)
from profiling.model import Dimension

PIVOT_AFTER = 3
"""Discards in a row in one dimension after which another one is tried."""

STUCK_AFTER = 5
"""Discards in a row over all dimensions that make a session stuck."""

STOP_AFTER = STUCK_AFTER + 3


def choose(situation: Situation) -> NextStep:
    """Return the next step: the end when nothing is left or a bound is reached, else what is most worth trying."""
    left = open_targets(situation)
    end = _end(situation, left)
    if end is not None:
        return end
    flat = flat_dimensions(situation.history)
    alone = _experiment(left[0])
    return _recover(situation, left) or _pivot(situation, flat) or dispatch_of(teams_among(situation, left)) or alone


def flat_dimensions(history: Sequence[Past]) -> frozenset[Dimension]:
    """Return the dimensions in which the last three experiments or more were not kept."""
    tried = {past.dimension for past in history}
    return frozenset(one for one in tried if discards_in_dimension(history, one) >= PIVOT_AFTER)


def open_targets(situation: Situation, *, without: frozenset[Dimension] = frozenset()) -> tuple[RankedTarget, ...]:
    """Return the targets that may be tried, the best first; those in some dimensions left out."""
    candidates = [
        candidate
        for candidate in situation.candidates
        if candidate.dimension not in without and situation.domain in {None, candidate.domain}
    ]
    ranked = rank(
        situation.targets,
        candidates,
        situation.attempts,
        exhausted=situation.exhausted,
        earlier=situation.earlier,
        look_first=situation.look_first,
    )
    return tuple(one for one in ranked if can_be_chosen(one))


def teams_among(situation: Situation, ranked: Sequence[RankedTarget]) -> tuple[Team, ...]:
    """Return who would go out with which of some targets, in their order; nobody where the lead works alone."""
    left = situation.bounds.most_experiments - situation.bounds.experiments
    return teams(ranked, workers=situation.workers, most=left, lead_only=situation.lead_only)


def dispatch_of(found: Sequence[Team]) -> Dispatch | None:
    """Return the step that sends some teams out; None where there are none."""
    if not found:
        return None
    first = found[0].work[0]
    return Dispatch(target=first.target, candidate=first.candidate, teams=tuple(found))


def _end(situation: Situation, open_targets: Sequence[RankedTarget]) -> Finish | None:
    """Return the end, if it is one; having nothing left comes before a bound, which leaves work.

    A model's budget comes before all: what it could not be asked for counts as left.
    """
    if situation.bounds.spent_budget:
        left = _count(len(open_targets), "target")
        return Finish(reason=FinishReason.BUDGET, text=f"{situation.bounds.spent_budget}, {left} left to try")
    if not open_targets:
        return _exhausted(situation)
    return (
        _flat_everywhere(situation, open_targets) or _bound(situation, open_targets) or _stuck(situation, open_targets)
    )


def _exhausted(situation: Situation) -> Finish:
    where = f" in {situation.domain.value}" if situation.domain is not None else ""
    over = _count(sum(target.actionable for target in situation.targets), "target")
    if not situation.attempts and not situation.history:
        text = f"nothing to try{where}: {over} worth looking at, no licensed fix at any"
        return Finish(reason=FinishReason.NOTHING_LICENSED, text=text)
    return _plateau(situation, f"every licensed fix{where} was tried, {over} left without one")


def _flat_everywhere(situation: Situation, open_targets: Sequence[RankedTarget]) -> Finish | None:
    """End when every dimension is flat and what is left is under the thresholds, with no interaction to check."""
    flat = flat_dimensions(situation.history)
    dimensions = {one.best_candidate.dimension for one in open_targets if one.best_candidate is not None}
    large = any(one.target.domains or one.target.interactions for one in open_targets)
    if large or not dimensions <= flat:
        return None
    names = ", ".join(sorted(dimension.value for dimension in flat))
    left = _count(len(open_targets), "target")
    return _plateau(situation, f"{names} flat for {PIVOT_AFTER} experiments or more, {left} left under the thresholds")


def _plateau(situation: Situation, why: str) -> Finish:
    kept = sum(past.is_kept for past in situation.history)
    experiments = _count(len(situation.history), "experiment")
    return Finish(reason=FinishReason.PLATEAU, text=f"{why}: {experiments}, {kept} kept")


def _bound(situation: Situation, open_targets: Sequence[RankedTarget]) -> Finish | None:
    bounds, left = situation.bounds, _count(len(open_targets), "target")
    if bounds.experiments >= bounds.most_experiments:
        text = f"the bound of {_count(bounds.most_experiments, 'experiment')} is reached, {left} left to try"
        return Finish(reason=FinishReason.EXPERIMENTS, text=text)
    if bounds.spent_s >= bounds.most_s:
        text = f"the time limit of {bounds.most_s:.0f} s is reached, {left} left to try"
        return Finish(reason=FinishReason.TIME, text=text)
    return None


def _stuck(situation: Situation, open_targets: Sequence[RankedTarget]) -> Finish | None:
    streak = discards_in_a_row(situation.history)
    if streak < STOP_AFTER:
        return None
    counted = Counter(past.reason.value for past in situation.history[-streak:]).most_common()
    why = ", ".join(f"{count} {reason}" for reason, count in counted)
    left = _count(len(open_targets), "target")
    text = f"{streak} experiments in a row kept nothing ({why}), {left} left: the code is at the floor of these fixes"
    return Finish(reason=FinishReason.STUCK, text=text)


def _recover(situation: Situation, open_targets: Sequence[RankedTarget]) -> Recover | None:
    streak = discards_in_a_row(situation.history)
    if streak < STUCK_AFTER:
        return None
    state = StuckState(open_targets=open_targets, attempts=situation.attempts, history=situation.history, streak=streak)
    # The list starts anew each time a session becomes stuck, whatever was passed the last time.
    out = way_out(state, situation.recovery_steps if streak > STUCK_AFTER else 0)
    if out is None:
        return None
    chosen = _experiment(out.chosen)
    return Recover(
        target=chosen.target,
        candidate=chosen.candidate,
        step=out.step,
        recovery_steps=out.position + 1,
        text=f"{streak} experiments in a row kept nothing: {out.step.value}",
    )


def _pivot(situation: Situation, flat: frozenset[Dimension]) -> Pivot | None:
    """Turn to a dimension that has room; where there is none, going on beats stopping."""
    elsewhere = open_targets(situation, without=flat) if flat else ()
    if not elsewhere:
        return None
    chosen = _experiment(elsewhere[0])
    names = ", ".join(sorted(dimension.value for dimension in flat))
    text = f"{names} flat for {PIVOT_AFTER} experiments or more: on to {chosen.candidate.dimension.value}"
    return Pivot(target=chosen.target, candidate=chosen.candidate, flat=flat, text=text)


def _experiment(ranked: RankedTarget) -> Experiment:
    assert ranked.best_candidate is not None
    return Experiment(target=ranked.target, candidate=ranked.best_candidate)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
