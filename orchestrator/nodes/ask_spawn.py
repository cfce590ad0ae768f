"""Ask a person which specialists are to be sent out, and with what they are told."""

from functools import partial

from langgraph.runtime import Runtime

from orchestrator.approvals.applying import answered_worker
from orchestrator.approvals.interrupting import settled
from orchestrator.approvals.questions import about_worker
from orchestrator.policy.asking import Kind
from orchestrator.services import Services
from orchestrator.state import SessionState


async def ask_spawn(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Ask about one worker after the other; the targets of one that may not go are the lead's from now on."""
    sent = state["assignments"]
    if not runtime.context.asking.asks(Kind.SPAWN):
        return {"assignments": sent}
    answered = [settled(about_worker(one), partial(answered_worker, one)) for one in sent]
    kept_back = {target["place_digest"] for one in sent for target in one["targets"]}
    kept_back -= {target["place_digest"] for one in answered if one is not None for target in one["targets"]}
    return {
        "assignments": [one for one in answered if one is not None],
        "lead_only": list(dict.fromkeys([*state.get("lead_only", []), *sorted(kept_back)])),
    }
