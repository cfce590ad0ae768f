"""Send specialists out: who works on what, in which worktree, told with what was read ahead."""

from langgraph.runtime import Runtime

from orchestrator.dispatching import read_ahead
from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def dispatch(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Have the researcher read about every target that is given away, and say who goes."""
    services, found = runtime.context, setup_from_json(state["setup"])
    survey = await services.run(services.observer.survey, found, state["head_commit"], state["head_tree"])
    ready = await services.run(read_ahead, services, found, state, survey)
    for event in says.dispatched(ready):
        services.bus.publish(event)
    dispatches, dispatched = state.get("dispatches", 0) + 1, state.get("dispatched", 0) + len(ready)
    return {"assignments": ready, "dispatches": dispatches, "dispatched": dispatched}
