"""Look again after every experiment: has the ground moved, what follows from it."""

from langgraph.runtime import Runtime

from orchestrator.deciding import history_of
from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.policy.revision import triggers
from orchestrator.services import Services
from orchestrator.state import SessionState


async def strategy(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Profile a new base, rebuild the table, and name what changes the plan."""
    services, found = runtime.context, setup_from_json(state["setup"])
    before = services.observer.last_survey()
    survey = await services.run(services.observer.survey, found, state["head_commit"], state["head_tree"])
    history = history_of(state, services.recorder.tried(state))
    changed = triggers(history, before.targets if before else survey.targets, survey.targets)
    for event in (*says.strategy(changed, before, survey), *says.progress(history, state.get("summed_up", 0))):
        services.bus.publish(event)
    return {"profiled_tree": state["head_tree"], "summed_up": len(history)}
