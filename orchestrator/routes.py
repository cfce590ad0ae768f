"""Every fork of the graphs: pure functions of the state."""

from typing import Literal

from langgraph.types import Send

from orchestrator.dispatching import worker_state
from orchestrator.policy.milestone import is_due
from orchestrator.state import SessionState, WorkerState


def is_profiled(state: SessionState) -> bool:
    """Say whether the unified profile of the current base exists: the gate before every edit."""
    return bool(state.get("head_tree")) and state.get("profiled_tree") == state.get("head_tree")


def after_choose(state: SessionState) -> Literal["experiment", "dispatch", "targets", "finish"]:
    """Go on with the chosen target, or send workers out; look again when the base was not profiled, or end."""
    if state.get("finish_reason") or state.get("chosen") is None:
        return "finish"
    if not is_profiled(state):
        return "targets"
    return "dispatch" if state.get("assignments") else "experiment"


def to_workers(state: SessionState) -> list[Send]:
    """Send every assignment to a worker of its own, all at the same time."""
    return [Send("worker", worker_state(state, one)) for one in state["assignments"]]


def after_take(state: WorkerState) -> Literal["attempt", "__end__"]:
    """Go on with the target that was taken; come back when there is none."""
    return "attempt" if state.get("chosen") is not None else "__end__"


def after_propose(state: SessionState) -> Literal["gate", "__end__"]:
    """Leave the experiment when the specialist has nothing to propose."""
    return "gate" if state.get("has_draft") else "__end__"


def after_gate(state: SessionState) -> Literal["measure", "decide"]:
    """A proposal that failed a gate is decided without being measured."""
    return "decide" if state.get("failed_gate") else "measure"


def after_finish(state: SessionState) -> Literal["choose", "__end__"]:
    """Go on when the last review undid something that can be made anew."""
    return "__end__" if state.get("finish_reason") else "choose"


def after_strategy(state: SessionState) -> Literal["milestone", "choose"]:
    """Stop for a milestone every few keeps."""
    kept = state.get("last_was_kept", False)
    return "milestone" if is_due(state.get("keeps_since_milestone", 0), last_was_kept=kept) else "choose"
