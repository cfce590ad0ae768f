"""What a lead may choose: its options, the rules its answer is held to, and the step that follows."""

from collections.abc import Sequence
from typing import assert_never

from agents.leading import MOST_OPTIONS, MOST_READ, Action, Choice, Option
from orchestrator.policy.dispatch import MOST_TARGETS, Team, is_for_a_worker
from orchestrator.policy.materiality import DEFAULT_FLOOR
from orchestrator.policy.plateau import PIVOT_AFTER, dispatch_of, flat_dimensions, open_targets, teams_among
from orchestrator.policy.ranking import RankedTarget
from orchestrator.policy.situation import Dispatch, Experiment, Finish, FinishReason, NextStep, Pivot, Situation


def options(situation: Situation) -> tuple[Option, ...]:
    """Return what a lead may choose among, the policy's order; only what the policy itself could choose."""
    found = []
    for number, ranked in enumerate(open_targets(situation)[:MOST_OPTIONS], 1):
        assert ranked.best_candidate is not None
        found.append(
            Option(
                id=f"o{number}",
                target=ranked.target,
                candidate=ranked.best_candidate,
                expected_gain=ranked.expected_gain,
            )
        )
    return tuple(found)


def is_open(step: NextStep, shown: Sequence[Option]) -> bool:
    """Say whether there is something to choose: an end, and the way out of being stuck, are the policy's alone."""
    return isinstance(step, Experiment | Dispatch | Pivot) and len(shown) > 1


def objection(choice: Choice, shown: Sequence[Option], situation: Situation, read: frozenset[str]) -> str:
    """Return which rule a choice breaks; nothing when none.

    Args:
        choice: the lead's.
        shown: the options it was shown.
        situation: as it is.
        read: ids of options that were read about already.
    """
    known = {one.id: one for one in shown}
    unknown = [one for one in choice.options if one not in known]
    if unknown:
        return f"there is no option {unknown[0][:40]!r}; there are: {', '.join(known)}"
    match choice.action:
        case Action.EXPERIMENT | Action.PIVOT:
            return _of_trying(choice, known, situation)
        case Action.DISPATCH:
            return _of_sending(choice, known, situation)
        case Action.RESEARCH:
            return _of_reading(choice, shown, read)
        case Action.STOP:
            return _of_stopping(shown, situation)
        case Action.EMBEDDED:
            return ""
        case _:
            assert_never(choice.action)


def step_of(choice: Choice, shown: Sequence[Option], situation: Situation, embedded: NextStep) -> NextStep:
    """Return the step that a choice without an objection makes; the embedded one where it leaves it to the policy."""
    known = {one.id: one for one in shown}
    match choice.action:
        case Action.EXPERIMENT:
            one = known[choice.options[0]]
            return Experiment(target=one.target, candidate=one.candidate)
        case Action.DISPATCH:
            return dispatch_of(_sent(choice, known, situation)) or embedded
        case Action.PIVOT:
            one = known[choice.options[0]]
            flat = frozenset({situation.history[-1].dimension})
            return Pivot(target=one.target, candidate=one.candidate, flat=flat, text=f"the lead: {choice.reason}")
        case Action.STOP:
            left = f"{len(shown)} left untried"
            return Finish(reason=FinishReason.PLATEAU, text=f"the lead stops, {left}: {choice.reason}")
        case Action.RESEARCH | Action.EMBEDDED:
            return embedded
        case _:
            assert_never(choice.action)


def _of_trying(choice: Choice, known: dict[str, Option], situation: Situation) -> str:
    if len(choice.options) != 1:
        return f"{choice.action.value} takes one option, not {len(choice.options)}"
    one = known[choice.options[0]]
    dimension = one.candidate.dimension
    flat = _of_flat(one, known, situation)
    if flat:
        return flat
    if choice.action is Action.PIVOT and not situation.history:
        return "nothing was tried yet: there is nothing to pivot from"
    if choice.action is Action.PIVOT and dimension is situation.history[-1].dimension:
        return f"a pivot leaves {dimension.value}, the last experiment's dimension; {one.id} stays in it"
    return ""


def _of_flat(one: Option, known: dict[str, Option], situation: Situation) -> str:
    """Hold a choice to where there is room, as long as there is some."""
    dimension, flat = one.candidate.dimension, flat_dimensions(situation.history)
    elsewhere = [other.id for other in known.values() if other.candidate.dimension not in flat]
    if dimension not in flat or not elsewhere:
        return ""
    told = f"{PIVOT_AFTER} experiments or more in {dimension.value} kept nothing"
    return f"{told}: turn to another dimension first ({', '.join(elsewhere)})"


def fit_for_workers(shown: Sequence[Option], situation: Situation) -> tuple[str, ...]:
    """Return the ids of the options that specialists may be sent out with; none where nobody may go out now."""
    if not teams_among(situation, open_targets(situation)):
        return ()
    ranked = {one.target.key: one for one in open_targets(situation)}
    return tuple(one.id for one in shown if is_for_a_worker(ranked[one.target.key], situation.lead_only))


def _of_sending(choice: Choice, known: dict[str, Option], situation: Situation) -> str:
    """Hold a dispatch to what the policy could send out: two teams or more, none with another's file."""
    fit = fit_for_workers(tuple(known.values()), situation)
    if not fit:
        return f"nobody can be sent out now: {_why_nobody(situation)}"
    unfit = [one for one in choice.options if one not in fit]
    if unfit:
        why = "several domains, too small, or a worker failed there"
        return f"{unfit[0]} is the lead's own ({why}); fit to be sent out: {', '.join(fit)}"
    flat = next(filter(None, (_of_flat(known[one], known, situation) for one in choice.options)), "")
    if flat:
        return flat
    found = _sent(choice, known, situation)
    if not found:
        return "that makes no two teams: it takes two targets or more, in different files"
    going = {work.target.key for team in found for work in team.work}
    left = [one for one in choice.options if known[one].target.key not in going]
    if left:
        most = f"at most {situation.workers} workers with {MOST_TARGETS} targets each (one in memory)"
        return f"{left[0]} has no place beside the others: {most}, and no file is shared"
    return ""


def _sent(choice: Choice, known: dict[str, Option], situation: Situation) -> tuple[Team, ...]:
    """Return who goes out by a dispatch: with the options it names, in its order, else as the policy would."""
    ranked = open_targets(situation)
    if not choice.options:
        return teams_among(situation, ranked)
    by_key: dict[object, RankedTarget] = {one.target.key: one for one in ranked}
    return teams_among(situation, [by_key[known[one].target.key] for one in dict.fromkeys(choice.options)])


def _why_nobody(situation: Situation) -> str:
    if situation.workers < 2:
        return "the lead works alone (--workers 1, or a fix is applied again)"
    return "it takes two targets of one domain each in different files, and nothing before them that is the lead's"


def _of_reading(choice: Choice, shown: Sequence[Option], read: frozenset[str]) -> str:
    if read.issuperset(one.id for one in shown):
        return "enough was read before one choice: say what is tried"
    if not choice.options:
        return "research takes the ids of the options to read about"
    if len(choice.options) > MOST_READ:
        return f"research takes {MOST_READ} options at most, not {len(choice.options)}"
    again = [one for one in choice.options if one in read]
    return f"{again[0]} was read about already: what was found stands above" if again else ""


def _of_stopping(shown: Sequence[Option], situation: Situation) -> str:
    """Hold an end to what exhaustion means: nothing that matters is left, or every dimension with options is flat."""
    flat, floor = flat_dimensions(situation.history), DEFAULT_FLOOR.share
    open_ = [one for one in shown if one.candidate.expected_share >= floor and one.candidate.dimension not in flat]
    if not open_:
        return ""
    best = max(open_, key=lambda one: one.candidate.expected_share)
    promise = f"{best.id} may save {best.candidate.expected_share:.1%} (the floor is {floor:.1%})"
    flat_ = f"in {best.candidate.dimension.value} fewer than {PIVOT_AFTER} experiments in a row kept nothing"
    return f"it is too early to stop: {promise}, and {flat_}"
