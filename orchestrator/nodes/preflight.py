"""Take the session branch and its worktrees; the user's checkout is left alone."""

from langgraph.runtime import Runtime

from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def preflight(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Begin on the session branch, or go on with the one that is there."""
    services = runtime.context
    start = await services.run(services.scout.begin, setup_from_json(state["setup"]), state["session_id"])
    services.bus.publish(says.preflight(start))
    update: SessionState = {
        "base_commit": start.base_commit,
        "head_commit": start.base_commit,
        "head_tree": start.base_tree,
        "first_number": start.first_number,
        "recorded": state.get("continued", 0),
        "keeps_since_milestone": 0,
        "milestones": 0,
        "exhausted": [],
        "recovery_steps": 0,
        "dispatches": 0,
        "dispatched": 0,
        "assignments": [],
        "lead_only": [],
        "again": [],
    }
    services.recorder.begin(setup_from_json(state["setup"]), {**state, **update})
    return update
