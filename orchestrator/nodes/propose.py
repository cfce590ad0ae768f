"""Ask the specialist for the one fix."""

from langgraph.runtime import Runtime

from orchestrator.live import says
from orchestrator.nodes.skippable import skippable
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


@skippable
async def propose(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Write the draft of the chosen fix; a place with nothing (left) to propose is exhausted."""
    services, found, chosen = runtime.context.of(state), setup_from_json(state["setup"]), state["chosen"]
    if chosen is None:
        return {"has_draft": False}
    survey = await services.run(services.observer.survey, found, state["head_commit"], state["head_tree"])
    draft = await services.run(services.proposer.draft, found, state, survey, chosen)
    if draft is None and ("again" in chosen or "repair" in chosen):
        return {"has_draft": False}
    if draft is None:
        return {"has_draft": False, "exhausted": [*state.get("exhausted", []), chosen["place_digest"]]}
    services.recorder.save_draft(draft)
    services.bus.publish(says.experiment_started(draft))
    return {"has_draft": True, "failed_gate": ""}
