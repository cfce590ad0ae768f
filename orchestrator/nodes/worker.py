"""The border around a worker: whatever happens to it is a report, and nobody beside it is disturbed."""

import asyncio
from typing import TYPE_CHECKING, Protocol, cast

from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime

from orchestrator.collecting import Collector
from orchestrator.dispatching import report, report_text
from orchestrator.live.worker import Worker, cause
from orchestrator.messages import told
from orchestrator.services import Services
from orchestrator.state import SessionState, WorkerState

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    Graph = CompiledStateGraph[WorkerState, Services, WorkerState, WorkerState]


class WorkerNode(Protocol):
    """The node as the graph calls it."""

    async def __call__(self, state: WorkerState, runtime: Runtime[Services]) -> SessionState:
        """Run one worker."""
        ...


class WorkerHung(TimeoutError):
    """A worker did not end within its time."""


def guarded(graph: "Graph") -> WorkerNode:
    """Return the node that runs a worker's graph within its time, and cleans up behind it."""
    collector = Collector()

    async def worker(state: WorkerState, runtime: Runtime[Services]) -> SessionState:
        """Run one worker to its end; one that raises, hangs or answers nonsense is reported with its cause."""
        services, own = runtime.context, state["assignments"][0]
        try:
            passing = (GraphBubbleUp,)
            with collector.aside(), Worker(stream=own["stream"], publish=services.bus.publish, passing=passing) as life:
                done = report(await _ended(graph, state, services), services.recorder.records())
                life.result(report_text(done))
        except GraphBubbleUp:
            # It waits for a person, and goes on from there when the node runs again.
            raise
        except Exception as error:  # noqa: BLE001  the worker's border: it was published, and its work goes back
            done = report(state, services.recorder.records(), failure=cause(error))
        for message in told(done, services.recorder.records()):
            services.bus.publish(message.event(own["stream"]))
        if services.crews is not None:
            await services.run(services.crews.dismiss, own["worker"])
        return {"reports": [done]}

    return worker


async def _ended(graph: "Graph", state: WorkerState, services: Services) -> WorkerState:
    limit_s = services.settings.worker_time_s
    try:
        async with asyncio.timeout(limit_s) as clock:
            return cast("WorkerState", await graph.ainvoke(state, context=services))
    except TimeoutError as error:
        if not clock.expired():
            raise
        raise WorkerHung(f"it did not end within {limit_s:g} s and was stopped") from error
