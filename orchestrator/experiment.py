"""THE DIAGRAM of one experiment: one fix, proposed, gated, measured, decided, recorded. The lead and workers run it."""

from langgraph.graph import END, START, StateGraph

from orchestrator import routes
from orchestrator.nodes.ask_commit import ask_commit
from orchestrator.nodes.ask_experiment import ask_experiment
from orchestrator.nodes.decide import decide
from orchestrator.nodes.gate import gate
from orchestrator.nodes.measure import measure
from orchestrator.nodes.propose import propose
from orchestrator.nodes.record import record
from orchestrator.services import Services
from orchestrator.state import SessionState


def experiment_graph() -> StateGraph[SessionState, Services, SessionState, SessionState]:
    """Return the experiment's graph, not yet compiled."""
    graph = StateGraph(SessionState, context_schema=Services)
    graph.add_node("propose", propose)
    graph.add_node("ask_experiment", ask_experiment)
    graph.add_node("gate", gate)
    graph.add_node("measure", measure)
    graph.add_node("decide", decide)
    graph.add_node("ask_commit", ask_commit)
    graph.add_node("record", record)

    graph.add_edge(START, "propose")
    graph.add_conditional_edges("propose", routes.after_propose)
    graph.add_conditional_edges("ask_experiment", routes.after_ask_experiment)
    graph.add_conditional_edges("gate", routes.after_gate)
    graph.add_conditional_edges("measure", routes.after_measure)
    graph.add_conditional_edges("decide", routes.after_decide)
    graph.add_edge("ask_commit", "record")
    graph.add_edge("record", END)
    return graph
