"""What the audit tells of each function by the key that profiles and the target table use."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from profiling.audit.cost_model import STANDARD, CostModel
from profiling.audit.costs import is_expensive, operations, own_load
from profiling.audit.findings.heat import key_of
from profiling.audit.model import ActionProfile, CostClass, ExpensiveOp, Redundancy
from profiling.audit.traversal import Graph, part
from profiling.model import FunctionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFacts:
    """One function as its source tells it.

    Attributes:
        function: dotted name.
        calls_through_loops: calls in one run of the actions, loops of known bound multiplied; 0 where none reaches it.
        expensive: operations above the threshold.
        operations: all with a class, flagged or not.
        load: weight of one call, with all that it calls.
        redundancy: repeated expensive calls with a place in it.
        callers, callees: keys of functions of the tree, in order.
        unresolved: calls in it whose target is not known.
    """

    function: str
    calls_through_loops: float
    expensive: tuple[ExpensiveOp, ...]
    operations: tuple[ExpensiveOp, ...]
    load: float
    redundancy: tuple[Redundancy, ...]
    callers: tuple[FunctionKey, ...]
    callees: tuple[FunctionKey, ...]
    unresolved: int


def audit_facts_for_targets(
    graph: Graph, profiles: Sequence[ActionProfile] = (), *, model: CostModel = STANDARD, root: Path | None = None
) -> dict[FunctionKey, AuditFacts]:
    """Return the facts of every function, bodies of modules and classes left out.

    Args:
        graph: the call graph, with files relative to the tree's root.
        profiles: the traced actions: for calls through loops, and redundancy.
        model: what the classes weigh.
        root: of the source, to look up the sizes of files that are opened.
    """
    whole = part(graph, graph.nodes, model=model)
    found = operations(whole, model=model, root=root)
    loads = whole.inclusive({name: own_load(ops, whole) for name, ops in found.items()})
    passes = whole.passes(name for profile in profiles for name in profile.action.entry_points if name in graph.nodes)
    keys = {name: key for name, node in graph.nodes.items() if (key := key_of(node)).qualname != "<module>"}
    callers, callees = _neighbours(graph, keys)
    repeated = _redundancy(profiles)
    facts = {}
    for name, key in keys.items():
        classed = tuple(op for op in found[name] if op.cost_class is not CostClass.UNRESOLVED)
        facts[key] = AuditFacts(
            function=name,
            calls_through_loops=passes.get(name, 0.0),
            expensive=tuple(op for op in classed if is_expensive(op)),
            operations=classed,
            load=loads[name],
            redundancy=tuple(repeated.get(name, ())),
            callers=tuple(sorted(callers[name])),
            callees=tuple(sorted(callees[name])),
            unresolved=len(found[name]) - len(classed),
        )
    return facts


def _neighbours(
    graph: Graph, keys: dict[str, FunctionKey]
) -> tuple[defaultdict[str, set[FunctionKey]], defaultdict[str, set[FunctionKey]]]:
    callers: defaultdict[str, set[FunctionKey]] = defaultdict(set)
    callees: defaultdict[str, set[FunctionKey]] = defaultdict(set)
    for name, called in graph.edges.items():
        for callee in called:
            if callee in keys and name in graph.nodes:
                callees[name].add(keys[callee])
                callers[callee].add(key_of(graph.nodes[name]))
    return callers, callees


def _redundancy(profiles: Sequence[ActionProfile]) -> dict[str, dict[Redundancy, None]]:
    """Return the redundancies by function, each once, in order."""
    found: defaultdict[str, dict[Redundancy, None]] = defaultdict(dict)
    for profile in profiles:
        for redundancy in profile.redundancy:
            for place in redundancy.places:
                found[place.rpartition(":")[0]][redundancy] = None
    return found
