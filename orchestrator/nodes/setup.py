"""Find out how the repository is run, tested and measured."""

from langgraph.runtime import Runtime

from orchestrator.live import says
from orchestrator.plain import setup_to_json
from orchestrator.services import Services
from orchestrator.state import SessionState


async def setup(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Look at the repository, or take `.codeflash/setup.md` while it still fits."""
    services = runtime.context
    found, reused = await services.run(services.scout.setup)
    services.bus.publish(says.discovery(found, reused=reused))
    return {"setup": setup_to_json(found), "session_id": state["session_id"]}
