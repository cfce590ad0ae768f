"""Ask a person whether a proved fix is to be committed."""

from functools import partial

from langgraph.runtime import Runtime

from orchestrator.approvals.applying import answered_commit
from orchestrator.approvals.interrupting import settled
from orchestrator.approvals.questions import about_commit
from orchestrator.policy.asking import Kind
from orchestrator.policy.verdict import Status
from orchestrator.recorder import message_of
from orchestrator.services import Services
from orchestrator.state import SessionState


async def ask_commit(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Let the person change the message of a keep, or discard it; whatever is not kept is none of this."""
    services = runtime.context.of(state)
    draft = services.recorder.open_draft()
    is_kept = draft.verdict is not None and draft.verdict.status is Status.KEEP
    if is_kept and services.asking.asks(Kind.COMMIT):
        question = about_commit(draft, message_of(draft), worker=state.get("worker", ""))
        services.recorder.save_draft(settled(question, partial(answered_commit, draft)))
    return {"has_draft": True}
