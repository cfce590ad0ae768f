"""A part of the call graph as a Mermaid flowchart."""

from collections import deque
from collections.abc import Iterator, Mapping

from profiling.audit.cost_model import EXPENSIVE_THRESHOLD
from profiling.audit.model import ActionProfile, FunctionNode, Tier
from profiling.audit.render.text import counted, visible
from profiling.audit.traversal import Graph

MAX_DEPTH = 5
MOST_NODES = 120
MOST_EDGES = 400
"""Mermaid refuses over 500 edges and 50,000 characters; nobody reads more either."""
_LONGEST_LABEL = 80
_SURE = frozenset((Tier.EXACT, Tier.TYPED))
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/ -")


def render_mermaid(graph: Graph, root: str, max_depth: int = MAX_DEPTH) -> str:
    """Return what a function reaches as a flowchart; dashed where a call's target is not sure.

    Raises:
        KeyError: the graph has no such function.
    """
    return _drawn(graph.nodes, graph.edges, [graph.nodes[root].name], max_depth)


def render_action(profile: ActionProfile, max_depth: int = MAX_DEPTH) -> str:
    """Return what an action reaches as a flowchart; expensive functions are marked."""
    nodes = {node.name: node for node in profile.functions}
    edges = {
        node.name: {callee.name: callee.tier for site in node.calls for callee in site.callees}
        for node in profile.functions
    }
    return _drawn(nodes, edges, [name for name in profile.action.entry_points if name in nodes], max_depth)


def label(text: str) -> str:
    """Return a text as a label in double quotes that Mermaid shows as it is, whatever stands in it."""
    # An empty label is refused.
    shown = visible(text).strip() or "(no name)"
    shown = shown if len(shown) <= _LONGEST_LABEL else f"…{shown[1 - _LONGEST_LABEL :]}"
    inside = "".join(letter if letter in _PLAIN or ord(letter) > 0x7F else f"#{ord(letter)};" for letter in shown)
    return f'"{inside}"'


def _drawn(
    nodes: Mapping[str, FunctionNode], edges: Mapping[str, Mapping[str, Tier]], roots: list[str], max_depth: int
) -> str:
    reached = _reached(nodes, edges, roots, max_depth)
    shown = list(reached)[:MOST_NODES]
    ids = {name: f"n{position}" for position, name in enumerate(shown)}
    lines = ["flowchart LR", *(_node(nodes[name], ids[name]) for name in shown)]
    links = list(_links(edges, ids))
    lines += [f"  {link}" for link in links[:MOST_EDGES]]
    left_out = [
        counted(count, noun)
        for count, noun in ((len(reached) - len(shown), "function"), (len(links) - MOST_EDGES, "call"))
        if count > 0
    ]
    if left_out:
        lines.append(f"  more[{label(' and '.join(left_out) + ' more')}]")
    return "\n".join([*lines, "  classDef expensive stroke-width:3px", ""])


def _reached(
    nodes: Mapping[str, FunctionNode], edges: Mapping[str, Mapping[str, Tier]], roots: list[str], max_depth: int
) -> Mapping[str, int]:
    depth = dict.fromkeys(roots, 0)
    pending = deque(roots)
    while pending:
        name = pending.popleft()
        for callee in edges.get(name, ()) if depth[name] < max_depth else ():
            if callee in nodes and callee not in depth:
                depth[callee] = depth[name] + 1
                pending.append(callee)
    return depth


def _node(node: FunctionNode, identity: str) -> str:
    is_expensive = any(op.weight > EXPENSIVE_THRESHOLD for op in node.expensive_ops)
    return f"  {identity}[{label(node.name)}]{':::expensive' if is_expensive else ''}"


def _links(edges: Mapping[str, Mapping[str, Tier]], ids: Mapping[str, str]) -> Iterator[str]:
    for caller, identity in ids.items():
        for callee, tier in edges.get(caller, {}).items():
            if callee in ids:
                yield f"{identity} {'-->' if tier in _SURE else '-.->'} {ids[callee]}"
