"""Write the experiment down, and commit it or leave no trace of it."""

from langgraph.runtime import Runtime

from orchestrator.deciding import recorded_in
from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.policy.verdict import Status
from orchestrator.services import Services
from orchestrator.state import SessionState


async def record(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Record once, however often it is asked; a keep moves the base."""
    services, found = runtime.context.of(state), setup_from_json(state["setup"])
    draft = services.recorder.open_draft()
    written = await services.run(services.recorder.record, found, state, draft)
    services.bus.publish(says.experiment_ended(written))
    recorded = recorded_in(state, services.recorder.records())
    if written.verdict.status is not Status.KEEP:
        return {"recorded": recorded, "last_was_kept": False}
    return {
        "recorded": recorded,
        "last_was_kept": True,
        "head_commit": written.commit,
        "head_tree": services.recorder.tree_of(written.commit),
        "recovery_steps": 0,
        "keeps_since_milestone": state["keeps_since_milestone"] + 1,
    }
