"""Ask a person whether a fix is to be tried."""

from functools import partial

from langgraph.runtime import Runtime

from orchestrator.approvals.applying import answered_experiment
from orchestrator.approvals.interrupting import settled
from orchestrator.approvals.questions import about_experiment
from orchestrator.nodes.skippable import skippable
from orchestrator.plain import setup_from_json
from orchestrator.policy.asking import Kind
from orchestrator.services import Services
from orchestrator.state import SessionState


@skippable
async def ask_experiment(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Go on with the fix, with the one the person made of it, or with the rejection; unasked where nobody minds."""
    services = runtime.context.of(state)
    draft = services.recorder.open_draft()
    if not services.asking.asks(Kind.EXPERIMENT, needs_agreement=draft.proposal.needs_approval):
        return {"failed_gate": ""}
    take = partial(
        answered_experiment,
        draft,
        read=partial(services.recorder.text_at, draft.base_commit),
        source_paths=setup_from_json(state["setup"]).tree.source_paths,
        tried={record.key for record in services.recorder.records()},
    )
    answered = settled(about_experiment(draft, worker=state.get("worker", "")), take)
    services.recorder.save_draft(answered)
    return {"failed_gate": answered.failed.value if answered.failed else ""}
