"""THE DIAGRAM of a session: nodes and edges, nothing else."""

from langgraph.graph import END, START, StateGraph

from orchestrator import routes
from orchestrator.experiment import experiment_graph
from orchestrator.nodes.ask_commands import ask_commands
from orchestrator.nodes.ask_push import ask_push
from orchestrator.nodes.ask_spawn import ask_spawn
from orchestrator.nodes.baseline import baseline
from orchestrator.nodes.choose import choose
from orchestrator.nodes.dispatch import dispatch
from orchestrator.nodes.finish import finish
from orchestrator.nodes.merge import merge
from orchestrator.nodes.milestone import milestone
from orchestrator.nodes.preflight import preflight
from orchestrator.nodes.setup import setup
from orchestrator.nodes.strategy import strategy
from orchestrator.nodes.targets import targets
from orchestrator.nodes.worker import guarded
from orchestrator.services import Services
from orchestrator.state import SessionState
from orchestrator.work import worker_graph


def lead_graph() -> StateGraph[SessionState, Services, SessionState, SessionState]:
    """Return the lead graph, not yet compiled."""
    graph = StateGraph(SessionState, context_schema=Services)
    graph.add_node("setup", setup)
    graph.add_node("ask_commands", ask_commands)
    graph.add_node("preflight", preflight)
    graph.add_node("baseline", baseline)
    graph.add_node("targets", targets)
    graph.add_node("choose", choose)
    graph.add_node("experiment", experiment_graph().compile())
    graph.add_node("dispatch", dispatch)
    graph.add_node("ask_spawn", ask_spawn)
    graph.add_node("worker", guarded(worker_graph().compile()))
    graph.add_node("merge", merge)
    graph.add_node("strategy", strategy)
    graph.add_node("milestone", milestone)
    graph.add_node("finish", finish)
    graph.add_node("ask_push", ask_push)

    graph.add_edge(START, "setup")
    graph.add_edge("setup", "ask_commands")
    graph.add_conditional_edges("ask_commands", routes.after_ask_commands)
    graph.add_edge("preflight", "baseline")
    graph.add_edge("baseline", "targets")
    graph.add_edge("targets", "choose")
    graph.add_conditional_edges("choose", routes.after_choose)
    graph.add_edge("experiment", "strategy")
    graph.add_edge("dispatch", "ask_spawn")
    graph.add_conditional_edges("ask_spawn", routes.to_workers, ["worker", "choose"])
    graph.add_edge("worker", "merge")
    graph.add_edge("merge", "strategy")
    graph.add_conditional_edges("strategy", routes.after_strategy)
    graph.add_edge("milestone", "choose")
    graph.add_conditional_edges("finish", routes.after_finish)
    graph.add_edge("ask_push", END)
    return graph
