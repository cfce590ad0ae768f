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


def after_ask_commands(state: SessionState) -> Literal["preflight", "__end__"]:
    """Run nothing where the person does not want the workload to be run."""
    return "__end__" if state.get("refused") else "preflight"


def to_workers(state: SessionState) -> list[Send] | Literal["choose"]:
    """Send every assignment to a worker of its own, all at the same time; choose again where nobody may go."""
    return [Send("worker", worker_state(state, one)) for one in state["assignments"]] or "choose"


def after_take(state: WorkerState) -> Literal["attempt", "__end__"]:
    """Go on with the target that was taken; come back when there is none."""
    return "attempt" if state.get("chosen") is not None else "__end__"


def after_propose(state: SessionState) -> Literal["ask_experiment", "__end__"]:
    """Leave the experiment when the specialist has nothing to propose, or it was skipped."""
    return "ask_experiment" if state.get("has_draft") else "__end__"


def after_ask_experiment(state: SessionState) -> Literal["gate", "decide", "__end__"]:
    """What a person rejected is decided by that; what was skipped is left."""
    if not state.get("has_draft"):
        return "__end__"
    return "decide" if state.get("failed_gate") else "gate"


def after_gate(state: SessionState) -> Literal["measure", "decide", "__end__"]:
    """A proposal that failed a gate is decided without being measured; one that was skipped is left."""
    if not state.get("has_draft"):
        return "__end__"
    return "decide" if state.get("failed_gate") else "measure"


def after_measure(state: SessionState) -> Literal["decide", "__end__"]:
    """What was skipped is left."""
    return "decide" if state.get("has_draft") else "__end__"


def after_decide(state: SessionState) -> Literal["ask_commit", "__end__"]:
    """What was skipped is left."""
    return "ask_commit" if state.get("has_draft") else "__end__"


def after_finish(state: SessionState) -> Literal["choose", "ask_push"]:
    """Go on when the last review undid something that can be made anew."""
    return "ask_push" if state.get("finish_reason") else "choose"


def after_strategy(state: SessionState) -> Literal["milestone", "choose"]:
    """Stop for a milestone every few keeps."""
    kept = state.get("last_was_kept", False)
    return "milestone" if is_due(state.get("keeps_since_milestone", 0), last_was_kept=kept) else "choose"
