"""Decide what to try next, or that it is enough."""

from langgraph.runtime import Runtime

from orchestrator.deciding import as_update, next_step
from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def choose(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Let the policy, or a lead within its rules, choose from the ranked targets, the history and the bounds."""
    services, found = runtime.context, setup_from_json(state["setup"])
    survey = await services.run(services.observer.survey, found, state["head_commit"], state["head_tree"])
    step = await services.run(next_step, state, survey, services.recorder.records(), services)
    for event in says.step(step):
        services.bus.publish(event)
    return as_update(step, services.spent_s)
