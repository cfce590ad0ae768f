"""Keep or discard: a pure function of what was measured."""

from langgraph.runtime import Runtime

from orchestrator.nodes.skippable import skippable
from orchestrator.services import Services
from orchestrator.state import SessionState


@skippable
async def decide(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Write the verdict into the draft."""
    services = runtime.context.of(state)
    services.recorder.save_draft(services.prover.decide(services.recorder.open_draft()))
    if services.turn is not None:
        services.turn.end()
    return {"has_draft": state["has_draft"]}
