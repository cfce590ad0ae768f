"""Every few keeps: measure all of them together, tag, and have them reviewed."""

from langgraph.runtime import Runtime

from orchestrator.deciding import headline_dimension, kept_of
from orchestrator.live import says
from orchestrator.plain import setup_from_json
from orchestrator.review.rounds import review_round
from orchestrator.services import Services
from orchestrator.state import SessionState
from profiling.measure.failures import MeasurementFailed


async def milestone(state: SessionState, runtime: Runtime[Services]) -> SessionState:
    """Measure the session's base against its head with new pairs and tag the head."""
    services, found = runtime.context, setup_from_json(state["setup"])
    number = state["milestones"] + 1
    base, head = state["base_commit"], state["head_commit"]
    dimension = headline_dimension(kept_of(state, services.recorder.records()))
    measured, failure = None, ""
    try:
        measured = await services.run(services.prover.headline, found, base, head, dimension)
    except MeasurementFailed as error:
        failure = f"base against head could not be measured: {error}"
    tag = services.recorder.tag(head, number)
    services.bus.publish(says.milestone(tag, measured, failure))
    reviewed = await services.run(review_round, services, found, state)
    return {"milestones": number, "keeps_since_milestone": 0, **reviewed}
