"""The border around a step of an experiment that a person may skip: what is skipped leaves nothing behind."""

from collections.abc import Awaitable
from functools import wraps
from typing import Protocol

from langgraph.runtime import Runtime

from orchestrator.services import Services
from orchestrator.state import SessionState
from orchestrator.steering import Skipped


class Step(Protocol):
    """A node of the experiment."""

    def __call__(self, state: SessionState, runtime: Runtime[Services]) -> Awaitable[SessionState]:
        """Take the step."""
        ...


def skippable(step: Step) -> Step:
    """Return the step as one that ends at once when its experiment is skipped; its place is then exhausted."""

    @wraps(step)
    async def run(state: SessionState, runtime: Runtime[Services]) -> SessionState:
        chosen = state.get("chosen")
        turn = runtime.context.of(state).turn if chosen is not None else None
        if turn is None or chosen is None:
            return await step(state, runtime)
        try:
            turn.begin(chosen)
            update = await step(state, runtime)
        except Skipped:
            turn.end()
            await runtime.context.run(runtime.context.of(state).recorder.abandon, state["head_commit"])
            exhausted = dict.fromkeys((*state.get("exhausted", []), chosen["place_digest"]))
            update = {"has_draft": False, "last_was_kept": False, "exhausted": list(exhausted)}
        if not update.get("has_draft", True):
            turn.end()
        return update

    return run
