"""End a session so that a person can take over: reviews, headline, records, clean worktrees."""

from langgraph.runtime import Runtime

from orchestrator.ending import end_session
from orchestrator.plain import setup_from_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def finish(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Review what was kept; go on where something is to be made anew, else close the records."""
    services = runtime.context
    return await services.run(end_session, services, setup_from_json(state["setup"]), state)
