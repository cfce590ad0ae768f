"""Walk a call graph: what is reached, in which order, how often through loops."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from profiling.audit.cost_model import MOST_WEIGHT, STANDARD, CostModel
from profiling.audit.model import FunctionNode, Tier


class Graph(Protocol):
    """What is needed of a call graph."""

    @property
    def nodes(self) -> Mapping[str, FunctionNode]:
        """Return the functions by dotted name."""
        ...

    @property
    def edges(self) -> Mapping[str, Mapping[str, Tier]]:
        """Return callees by caller."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One way from a function to another.

    Attributes:
        callee: dotted name, in the tree.
        line: of the call; of the caller where none is written.
        passes: calls per call of the caller: its loops' bounds, shared evenly where several callees are possible.
        is_repeated: it stands in a loop, whatever its bound.
    """

    callee: str
    line: int
    passes: float
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some functions of a graph, with the links among them.

    Attributes:
        nodes: by name.
        links: of every function, to others of these.
        components: functions that call each other in a circle, callees before their callers.
    """

    nodes: Mapping[str, FunctionNode]
    links: Mapping[str, tuple[Link, ...]]
    components: tuple[tuple[str, ...], ...]

    def inclusive(self, own: Mapping[str, float]) -> dict[str, float]:
        """Return every function's own figure with those of all it calls; a circle is gone round once."""
        total: dict[str, float] = {}
        for component in self.components:
            members = frozenset(component)
            figure = sum(own.get(name, 0.0) for name in component)
            for name in component:
                figure += sum(
                    link.passes * total[link.callee] for link in self.links[name] if link.callee not in members
                )
            total |= dict.fromkeys(component, min(figure, MOST_WEIGHT))
        return total

    def passes(self, entry_points: Iterable[str]) -> dict[str, float]:
        """Return how often each function runs, through loops, when every entry point runs once."""
        inflow: defaultdict[str, float] = defaultdict(float)
        for name in entry_points:
            inflow[name] += 1.0
        found: dict[str, float] = {}
        for component in reversed(self.components):
            members = frozenset(component)
            figure = min(sum(inflow[name] for name in component), MOST_WEIGHT)
            for name in component:
                found[name] = figure
                for link in self.links[name]:
                    if link.callee not in members:
                        inflow[link.callee] += figure * link.passes
        return found

    def repeated(self) -> frozenset[str]:
        """Return the functions that some way to them goes through a loop or a circle of calls."""
        found: set[str] = set()
        for component in reversed(self.components):
            if len(component) > 1 or not found.isdisjoint(component):
                found.update(component)
            for name in component:
                is_repeated = name in found
                found.update(link.callee for link in self.links[name] if link.is_repeated or is_repeated)
        return frozenset(found)


def part(graph: Graph, names: Iterable[str], *, model: CostModel = STANDARD) -> Part:
    """Return some functions of a graph with the links among them."""
    nodes = {name: graph.nodes[name] for name in names}
    links = {name: tuple(_links(graph, node, nodes, model)) for name, node in nodes.items()}
    return Part(nodes=nodes, links=links, components=tuple(_components(links)))


def reached(graph: Graph, entry_points: Sequence[str], max_depth: int) -> dict[str, int]:
    """Return the functions reached from entry points with their distance, nearest first."""
    depth = {name: 0 for name in entry_points if name in graph.nodes}
    pending = deque(depth)
    while pending:
        name = pending.popleft()
        if depth[name] < max_depth:
            for callee in callees(graph, name):
                if callee not in depth:
                    depth[callee] = depth[name] + 1
                    pending.append(callee)
    return depth


def callees(graph: Graph, name: str) -> Iterator[str]:
    """Yield the functions of the tree that one calls, each once, in the order of the calls."""
    node = graph.nodes[name]
    called = (callee.name for site in node.calls for callee in site.callees if callee.tier is not Tier.EXTERNAL)
    for callee in dict.fromkeys((*called, *graph.edges.get(name, ()))):
        if callee in graph.nodes:
            yield callee


def _links(graph: Graph, node: FunctionNode, nodes: Mapping[str, FunctionNode], model: CostModel) -> Iterator[Link]:
    seen: set[str] = set()
    for site in node.calls:
        inside = [
            callee.name for callee in site.callees if callee.tier is not Tier.EXTERNAL and callee.name in graph.nodes
        ]
        for name in dict.fromkeys(inside):
            seen.add(name)
            if name in nodes:
                passes = model.passes(site.loops) / len(set(inside))
                yield Link(callee=name, line=site.line, passes=passes, is_repeated=bool(site.loops))
    for name in graph.edges.get(node.name, ()):
        if name in nodes and name not in seen:
            yield Link(callee=name, line=node.line, passes=1.0)


@dataclass(slots=True, kw_only=True)
class _Search:
    """State of Tarjan's search for strongly connected components (SIAM J. Comput. 1972), without recursion."""

    index: dict[str, int] = field(default_factory=dict)
    low: dict[str, int] = field(default_factory=dict)
    stack: list[str] = field(default_factory=list)
    on_stack: set[str] = field(default_factory=set)

    def enter(self, name: str) -> None:
        self.index[name] = self.low[name] = len(self.index)
        self.stack.append(name)
        self.on_stack.add(name)

    def leave(self, name: str) -> tuple[str, ...] | None:
        if self.low[name] != self.index[name]:
            return None
        members: list[str] = []
        while not members or members[-1] != name:
            members.append(self.stack.pop())
        self.on_stack.difference_update(members)
        return tuple(members)


def _components(links: Mapping[str, tuple[Link, ...]]) -> Iterator[tuple[str, ...]]:
    search = _Search()
    for root in links:
        if root not in search.index:
            yield from _from_root(root, links, search)


def _from_root(root: str, links: Mapping[str, tuple[Link, ...]], search: _Search) -> Iterator[tuple[str, ...]]:
    search.enter(root)
    pending = [(root, iter(links[root]))]
    while pending:
        name, rest = pending[-1]
        link = next(rest, None)
        if link is None:
            pending.pop()
            if pending:
                parent = pending[-1][0]
                search.low[parent] = min(search.low[parent], search.low[name])
            members = search.leave(name)
            if members is not None:
                yield members
        elif link.callee not in search.index:
            search.enter(link.callee)
            pending.append((link.callee, iter(links[link.callee])))
        elif link.callee in search.on_stack:
            search.low[name] = min(search.low[name], search.index[link.callee])
