"""What each `.dsl` file of an audit holds, record by record."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from profiling.audit.dsl.records import FORMAT, Edge, Pair, Pipeline, Reached, Record
from profiling.audit.model import ActionProfile, CallSite, FunctionNode, Tier
from profiling.audit.report import Audit


def call_graph(audit: Audit) -> Iterator[Record]:
    """Give every function with its calls, resolved or not, and what could not be read."""
    yield from _head(audit)
    for node in audit.nodes.values():
        yield replace(node, writes=(), state_mutations=(), expensive_ops=(), calls=tuple(map(_structure, node.calls)))
    yield from audit.problems


def expensive_operations(audit: Audit) -> Iterator[Record]:
    """Give the functions with expensive operations, and these."""
    yield from _head(audit)
    for name, ops in audit.expensive_ops.items():
        if ops and name in audit.nodes:
            yield replace(_bare(audit.nodes[name]), expensive_ops=ops)


def state_mutations(audit: Audit) -> Iterator[Record]:
    """Give the functions that change state, and what they change."""
    yield from _head(audit)
    for name, changes in audit.state_mutations.items():
        if changes and name in audit.nodes:
            yield replace(_bare(audit.nodes[name]), state_mutations=changes)


def action(audit: Audit, profile: ActionProfile) -> Iterator[Record]:
    """Give all of one action's profile."""
    yield from _head(audit)
    yield profile.action
    yield Pair(name="total_load", value=repr(profile.total_load))
    for node in profile.functions:
        yield replace(
            _bare(node),
            expensive_ops=profile.expensive_ops.get(node.name, ()),
            state_mutations=profile.state_mutations.get(node.name, ()),
        )
    for name, depth in profile.depth.items():
        yield Reached(function=name, depth=depth, load=profile.load.get(name, 0.0))
    yield from _edges({node.name: node for node in profile.functions})
    yield from profile.redundancy
    yield from (Pipeline(operations=group) for group in profile.pipelining)
    yield from profile.unresolved


def _head(audit: Audit) -> Iterable[Record]:
    return (
        Pair(name="format", value=FORMAT),
        Pair(name="day", value=audit.day.isoformat()),
        Pair(name="tree", value=audit.tree),
    )


def _structure(site: CallSite) -> CallSite:
    """Return a call without the facts that its cost was made of."""
    return replace(site, literal=None, mode=None, size=None, source="")


def _bare(node: FunctionNode) -> FunctionNode:
    return replace(node, decorators=(), calls=(), writes=(), state_mutations=(), expensive_ops=())


def _edges(nodes: Mapping[str, FunctionNode]) -> Iterator[Edge]:
    for node in nodes.values():
        called = (callee for site in node.calls for callee in site.callees if callee.tier is not Tier.EXTERNAL)
        for name in dict.fromkeys(callee.name for callee in called):
            if name in nodes:
                yield Edge(caller=node.name, callee=name)
