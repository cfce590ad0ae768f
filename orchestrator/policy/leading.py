"""What a lead may choose: its options, the rules its answer is held to, and the step that follows."""

from collections.abc import Sequence
from typing import assert_never

from agents.leading import Action, Choice, Option
from orchestrator.policy.materiality import DEFAULT_FLOOR
from orchestrator.policy.plateau import PIVOT_AFTER, flat_dimensions, open_targets
from orchestrator.policy.situation import Experiment, Finish, FinishReason, NextStep, Pivot, Situation

MOST_OPTIONS = 12
"""Targets that a lead is shown."""


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
    return isinstance(step, Experiment | Pivot) and len(shown) > 1


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
    flat = flat_dimensions(situation.history)
    elsewhere = [other.id for other in known.values() if other.candidate.dimension not in flat]
    if dimension in flat and elsewhere:
        told = f"{PIVOT_AFTER} experiments or more in {dimension.value} kept nothing"
        return f"{told}: turn to another dimension first ({', '.join(elsewhere)})"
    if choice.action is Action.PIVOT and not situation.history:
        return "nothing was tried yet: there is nothing to pivot from"
    if choice.action is Action.PIVOT and dimension is situation.history[-1].dimension:
        return f"a pivot leaves {dimension.value}, the last experiment's dimension; {one.id} stays in it"
    return ""


def _of_reading(choice: Choice, shown: Sequence[Option], read: frozenset[str]) -> str:
    if read.issuperset(one.id for one in shown):
        return "enough was read before one choice: say what is tried"
    if not choice.options:
        return "research takes the ids of the options to read about"
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
