"""End a session so that a person can take over: reviews, headline, records, clean worktrees."""

from langgraph.runtime import Runtime

from orchestrator.ending import end_session
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def finish(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Review what was kept, undo what does not stand, and close the records."""
    services = runtime.context
    head = await services.run(end_session, services, setup_from_json(state["setup"]), state)
    return {"head_commit": head}
