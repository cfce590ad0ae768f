"""Bring the work of a dispatch together on the session branch."""

from langgraph.runtime import Runtime

from orchestrator.dispatching import taken_back
from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def merge(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Merge what workers kept in order of impact, proved together; what they could not do goes back to the table."""
    services, found = runtime.context, setup_from_json(state["setup"])
    if services.merger is None:
        raise LookupError("workers came back to a session without a merger")
    merged = await services.run(services.merger.merge, found, state)
    for event in says.merged(merged, state["reports"]):
        services.bus.publish(event)
    return taken_back(state, merged, services.recorder.tree_of(merged.head), services.recorder.records())
