"""Know how the unchanged tree behaves before anything is proposed."""

from langgraph.runtime import Runtime

from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def baseline(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Run the tests once and the workload plainly, and make the unified profile."""
    services, found = runtime.context, setup_from_json(state["setup"])
    head, tree = state["head_commit"], state["head_tree"]
    seen = await services.run(services.observer.baseline, found, head, tree)
    services.bus.publish(says.baseline(seen))
    survey = await services.run(services.observer.survey, found, head, tree)
    services.bus.publish(says.unified_profile(survey.profile))
    return {"output_repeatable": seen.output_repeatable, "profiled_tree": tree}
