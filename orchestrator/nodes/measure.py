"""Measure the fix against its base."""

from langgraph.runtime import Runtime

from orchestrator.live import says
from orchestrator.nodes.skippable import skippable
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


@skippable
async def measure(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Run pairs until the sequential test has decided or the budget is spent."""
    services, found = runtime.context.of(state), setup_from_json(state["setup"])
    draft = services.recorder.open_draft()
    measured = await services.run(services.prover.measure, found, draft, output_repeatable=state["output_repeatable"])
    services.recorder.save_draft(measured)
    for event in says.measured(measured):
        services.bus.publish(event)
    return {"failed_gate": measured.failed.value if measured.failed else ""}
