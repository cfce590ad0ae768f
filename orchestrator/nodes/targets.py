"""Build the unified target table of the current base."""

from langgraph.runtime import Runtime

from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def targets(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Survey the base (a survey already made is taken as it is) and show the table."""
    services, found = runtime.context, setup_from_json(state["setup"])
    survey = await services.run(services.observer.survey, found, state["head_commit"], state["head_tree"])
    services.bus.publish(says.unified_targets(survey))
    return {"profiled_tree": state["head_tree"]}
