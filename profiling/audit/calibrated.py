"""What a call of each function costs by a calibrated model: its own work, and that of all it calls."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from profiling.audit.cost_model import MOST_WEIGHT, CostModel, class_of_call
from profiling.audit.model import CallSite, CostClass, FunctionNode, Tier
from profiling.audit.sources import Sources
from profiling.audit.static_work import StaticWork, static_work
from profiling.audit.traversal import Graph

_DEPTH = 10
NODE = "node"
LIBRARY = "library"
_BUILTIN = "<"


def own_features(node: FunctionNode, sources: Sources, model: CostModel) -> dict[str, float]:
    """Return what one call of a function does itself: units of each cost class, and of plain work.

    Plain work is syntax nodes (`node`), calls of libraries that have no class (`library`), and calls of builtins and
    of what is not resolved, which count as one unit of `loop_amplified` each: a plain call.
    """
    work = _work(node, sources, model)
    found: defaultdict[str, float] = defaultdict(float)
    found[NODE] = work.nodes
    for site in node.calls:
        often = _often(site, work, model)
        classed = class_of_call(site)
        if classed is not None:
            found[classed[1]] += often * max(1, site.size or 1)
        elif not site.implicit and not _inside(site):
            found[LIBRARY if _is_of_library(site) else CostClass.LOOP_AMPLIFIED] += often
    return dict(found)


def own_costs(graph: Graph, sources: Sources, model: CostModel) -> dict[str, float]:
    """Return the cost of one call of each function, without that of the functions of the tree it calls."""
    return {name: _cost(own_features(node, sources, model), model) for name, node in graph.nodes.items()}


def inclusive_costs(graph: Graph, sources: Sources, model: CostModel) -> dict[str, float]:
    """Return the cost of one call of each function with all it calls, to a depth of 10 calls."""
    own = own_costs(graph, sources, model)
    links = _links(graph, sources, model)
    total = dict(own)
    for _ in range(_DEPTH):
        total = {
            name: min(own[name] + sum(often * total[callee] for callee, often in links[name].items()), MOST_WEIGHT)
            for name in total
        }
    return total


def expected_calls(graph: Graph, sources: Sources, model: CostModel, entry_points: Sequence[str]) -> dict[str, float]:
    """Return how often each function is likely to be called when every entry point runs once, 10 calls deep."""
    links = _links(graph, sources, model)
    found: defaultdict[str, float] = defaultdict(float)
    layer: Mapping[str, float] = {name: 1.0 for name in entry_points if name in graph.nodes}
    for _ in range(_DEPTH + 1):
        following: defaultdict[str, float] = defaultdict(float)
        for name, often in layer.items():
            found[name] = min(found[name] + often, MOST_WEIGHT)
            for callee, times in links[name].items():
                following[callee] = min(following[callee] + often * times, MOST_WEIGHT)
        layer = following
    return dict(found)


def _links(graph: Graph, sources: Sources, model: CostModel) -> dict[str, dict[str, float]]:
    """Return for each function how often it is likely to call others of the tree."""
    found: dict[str, dict[str, float]] = {}
    for name, node in graph.nodes.items():
        work = _work(node, sources, model)
        called: defaultdict[str, float] = defaultdict(float)
        for site in node.calls:
            inside = [callee for callee in dict.fromkeys(_inside(site)) if callee in graph.nodes]
            for callee in inside:
                called[callee] += _often(site, work, model) / len(inside)
        found[name] = dict(called)
    return found


def _cost(features: Mapping[str, float], model: CostModel) -> float:
    classed = sum(model.weights.get(kind, 0.0) * features.get(kind, 0.0) for kind in CostClass)
    plain = model.node_weight * features.get(NODE, 0.0) + model.library_weight * features.get(LIBRARY, 0.0)
    return min(classed + plain, MOST_WEIGHT)


def _often(site: CallSite, work: StaticWork, model: CostModel) -> float:
    """Return how often a call is likely to be made: by its line's branches and loops, else by its loops alone."""
    return work.calls.get(site.line, model.passes(site.loops))


def _inside(site: CallSite) -> list[str]:
    return [callee.name for callee in site.callees if callee.tier is not Tier.EXTERNAL]


def _is_of_library(site: CallSite) -> bool:
    """Say whether a call reaches code outside the tree that is no builtin's."""
    return any(not callee.name.startswith(_BUILTIN) for callee in site.callees)


def _work(node: FunctionNode, sources: Sources, model: CostModel) -> StaticWork:
    scope = sources.scope(node)
    if scope is None:
        return StaticWork(nodes=float(max(1, node.end_line - node.line)), calls={})
    return static_work(scope, model.unknown_bound)
