"""Trace an action: the functions it reaches, what they cost through loops, what they change, what is not known."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from profiling.audit.actions import UnknownEntry, resolve
from profiling.audit.cost_model import EXPENSIVE_THRESHOLD, MOST_WEIGHT, STANDARD, CostModel
from profiling.audit.costs import operations, own_load
from profiling.audit.model import Action, ActionProfile, ExpensiveOp, FunctionNode, StateMutation, Unresolved
from profiling.audit.mutations import mutations
from profiling.audit.pipelining import pipelining
from profiling.audit.redundancy import redundancies
from profiling.audit.sources import Sources
from profiling.audit.traversal import Graph, Part, callees, part, reached

MAX_DEPTH = 10


def trace_action(
    graph: Graph,
    action: Action,
    max_depth: int = MAX_DEPTH,
    *,
    model: CostModel = STANDARD,
    sources: Sources | None = None,
) -> ActionProfile:
    """Return what an action reaches, costs and changes.

    Args:
        graph: the call graph.
        action: where it begins.
        max_depth: calls followed from an entry point.
        model: what the classes weigh.
        sources: the audited files: with them sizes of files, calls on the same name and pipelining are told too.

    Raises:
        UnknownEntry: an entry point is not in the graph.
    """
    entries = tuple(_known(graph, name) for name in action.entry_points)
    depth = reached(graph, entries, max_depth)
    functions = part(graph, depth, model=model)
    found = operations(functions, model=model, root=None if sources is None else sources.root)
    changed = {name: mutations(node) for name, node in functions.nodes.items()}
    passes = functions.passes(entries)
    load = {name: min(own_load(ops, functions) * passes[name], MOST_WEIGHT) for name, ops in found.items()}
    return ActionProfile(
        action=action,
        functions=tuple(
            replace(functions.nodes[name], expensive_ops=found[name], state_mutations=changed[name]) for name in depth
        ),
        depth=depth,
        expensive_ops={name: ops for name, ops in found.items() if ops},
        state_mutations={name: changes for name, changes in changed.items() if changes},
        redundancy=redundancies(functions, sources),
        pipelining=() if sources is None else pipelining(functions, changed, sources),
        total_load=min(sum(load.values()), MOST_WEIGHT),
        load=load,
        unresolved=tuple(each for node in functions.nodes.values() for each in _unresolved(node)),
    )


def trace(graph: Graph, target: str, max_depth: int = MAX_DEPTH, *, model: CostModel = STANDARD) -> str:
    """Return what one symbol reaches, as text: a line each, indented by distance, a second occurrence cut short.

    Raises:
        UnknownEntry: no function, or more than one, has that name.
    """
    name = resolve(graph, target)
    functions = part(graph, reached(graph, (name,), max_depth), model=model)
    found = operations(functions, model=model)
    changed = {each: mutations(node) for each, node in functions.nodes.items()}
    return "\n".join(_lines(graph, functions, name, found, changed))


def _lines(
    graph: Graph,
    functions: Part,
    root: str,
    found: Mapping[str, tuple[ExpensiveOp, ...]],
    changed: Mapping[str, tuple[StateMutation, ...]],
) -> Iterator[str]:
    seen: set[str] = set()
    pending = [(root, 0)]
    while pending:
        name, depth = pending.pop()
        node = functions.nodes[name]
        indent = "  " * depth
        if name in seen:
            yield f"{indent}{name} (above)"
            continue
        seen.add(name)
        yield f"{indent}{name} {node.file}:{node.line}"
        yield from (f"{indent}  ! {_operation(op)}" for op in found[name] if op.weight > 0)
        yield from (f"{indent}  ~ {each.target} {each.kind} line {each.line}" for each in changed[name])
        yield from (f"{indent}  ? {each.text} line {each.line}: {each.reason}" for each in _unresolved(node))
        below = [(callee, depth + 1) for callee in callees(graph, name) if callee in functions.nodes]
        pending.extend(reversed(below))


def _operation(op: ExpensiveOp) -> str:
    flag = " EXPENSIVE" if op.weight > EXPENSIVE_THRESHOLD else ""
    return f"{op.callee} {op.cost_class} {op.weight:g} line {op.line}{flag}"


def _unresolved(node: FunctionNode) -> Iterator[Unresolved]:
    for site in node.calls:
        if site.reason and not site.callees:
            yield Unresolved(caller=node.name, text=site.text, line=site.line, reason=site.reason)


def _known(graph: Graph, name: str) -> str:
    if name in graph.nodes:
        return name
    try:
        meant = resolve(graph, name)
    except UnknownEntry as error:
        raise UnknownEntry(f"the action's entry point is unknown: {error}") from error
    raise UnknownEntry(f"no function is named {name!r}: did you mean {meant}?")
