"""Ask a person whether what was kept is to be pushed, and push it then; nothing is pushed unasked."""

from functools import partial

from langgraph.runtime import Runtime

from orchestrator.approvals.interrupting import settled
from orchestrator.approvals.questions import about_push
from orchestrator.live import asks
from orchestrator.policy.asking import Kind
from orchestrator.services import Services
from orchestrator.state import SessionState


async def ask_push(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Push the session branch where the person says so; where nothing was kept there is nothing to ask."""
    services, pusher = runtime.context, runtime.context.pusher
    head = state["head_commit"]
    if pusher is None or head == state["base_commit"] or not services.asking.asks(Kind.PUSH):
        return {"head_commit": head}
    remote = pusher.remote()
    if remote:
        commits = pusher.commits(state["base_commit"], head)
        target = settled(about_push(remote, pusher.branch, commits), partial(pusher.target, remote))
        if target is not None:
            services.bus.publish(asks.pushed(await services.run(pusher.push, head, target)))
    return {"head_commit": head}
