"""Chooses what a review undid, to be made anew before anything else is tried."""

from collections.abc import Sequence

from orchestrator.dispatching import repeated, target_of
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.situation import Finish, NextStep
from orchestrator.state import SessionState
from orchestrator.survey import Survey


def repair(state: SessionState, survey: Survey, records: Sequence[ExperimentRecord], step: NextStep) -> SessionState:
    """Return the choice of a fix to be made anew; nothing where none is, or a bound ends the session.

    It stays first in the list until its base is profiled: only then is it taken.
    """
    waiting = state.get("repairs", [])
    if isinstance(step, Finish) and step.reason.is_bound:
        return {}
    is_profiled = state.get("profiled_tree") == state["head_tree"]
    for place, one in enumerate(waiting):
        record = next((each for each in records if each.number == one["number"]), None)
        target = target_of(record, survey) if record is not None else None
        if record is not None and target is not None:
            left = waiting[place + 1 :] if is_profiled else waiting[place:]
            return {"repairs": left, "chosen": {**repeated(record, target), "repair": one}, "finish_reason": ""}
    return {"repairs": []} if waiting else {}
