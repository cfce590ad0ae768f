"""Decide what to try next, or that it is enough."""

from langgraph.runtime import Runtime

from orchestrator.approvals.interrupting import rest
from orchestrator.deciding import as_update, has_left_focus, next_step
from orchestrator.dispatching import again, assignments
from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.repairing import repair
from orchestrator.services import Services
from orchestrator.state import SessionState


async def choose(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Let the policy, or a lead within its rules, choose from the ranked targets, the history and the bounds."""
    services, found = runtime.context, setup_from_json(state["setup"])
    rest(is_paused=services.steering.course.is_paused)
    survey = await services.run(services.observer.survey, found, state["head_commit"], state["head_tree"])
    records, tried = services.recorder.records(), services.recorder.tried(state)
    step = await services.run(next_step, state, survey, tried, services)
    if has_left_focus(step, services):
        services.steering.missed()
    repeated = repair(state, survey, records, step)
    if "chosen" not in repeated:
        repeated = {**repeated, **again(state, survey, records, step)}
    for event in says.step(step) if "chosen" not in repeated else ():
        services.bus.publish(event)
    return {**as_update(step, services.spent_s), "assignments": assignments(state, step), **repeated}
