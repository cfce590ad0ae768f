"""Apply the fix and run the safety gates. The only node that edits, so it asks for the profile once more."""

from langgraph.runtime import Runtime

from orchestrator.live import says
from orchestrator.nodes.skippable import skippable
from orchestrator.plain import setup_from_json
from orchestrator.routes import is_profiled
from orchestrator.services import Services
from orchestrator.state import SessionState


@skippable
async def gate(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Stop at the first gate that fails, with its reason."""
    if not is_profiled(state):
        raise RuntimeError(f"no unified profile of the base {state.get('head_tree')}: nothing may be edited")
    services, found = runtime.context.of(state), setup_from_json(state["setup"])
    draft = services.recorder.open_draft()
    gated = await services.run(services.prover.gate, found, draft, output_repeatable=state["output_repeatable"])
    services.recorder.save_draft(gated)
    services.bus.publish(says.gated(gated))
    return {"failed_gate": gated.failed.value if gated.failed else ""}
