"""Let a worker take its next target, from the base that all workers of a dispatch have in common."""

from langgraph.runtime import Runtime

from orchestrator.approvals.interrupting import rest
from orchestrator.services import Services
from orchestrator.state import WorkerState
from orchestrator.steering import is_left_alone


async def take(state: WorkerState, runtime: Runtime[Services]) -> WorkerState:
    """Take the next target of the assignment; none when all were taken, or the session's time is over.

    What was kept before lies on a branch of its own: the next fix is tried on the profiled base again.
    """
    services, targets, taken = runtime.context.of(state), state["assignments"][0]["targets"], state["taken"]
    course = services.steering.course
    rest(is_paused=course.is_paused)
    is_over = services.spent_s >= services.settings.time_limit_s or bool(services.spent_budget()) or course.is_finishing
    while taken < len(targets) and is_left_alone(course, targets[taken]):
        taken += 1
    chosen = targets[taken] if taken < len(targets) and not is_over else None
    return {
        "head_commit": state["base_head"],
        "head_tree": state["base_tree"],
        "chosen": chosen,
        "taken": taken + (chosen is not None),
    }
