"""THE DIAGRAM of a worker: the lead's experiment, again and again, on the targets it was given."""

from langgraph.graph import START, StateGraph

from orchestrator import routes
from orchestrator.experiment import experiment_graph
from orchestrator.nodes.take import take
from orchestrator.services import Services
from orchestrator.state import WorkerState


def worker_graph() -> StateGraph[WorkerState, Services, WorkerState, WorkerState]:
    """Return the worker's graph, not yet compiled."""
    graph = StateGraph(WorkerState, context_schema=Services)
    graph.add_node("take", take)
    graph.add_node("attempt", experiment_graph().compile())

    graph.add_edge(START, "take")
    graph.add_conditional_edges("take", routes.after_take)
    graph.add_edge("attempt", "take")
    return graph
