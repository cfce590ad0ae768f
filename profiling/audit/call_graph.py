"""The call graph of a tree: functions, what they call, how sure that is, and what could not be told."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from profiling.audit.model import FileProblem, FunctionNode, Tier, Unresolved

_ORDER = {tier: place for place, tier in enumerate(Tier)}
_BUILTIN = "<builtin>."


class LazyNodes(Mapping[str, FunctionNode]):
    """Nodes that are made when they are first looked at: most of a large tree's never are."""

    def __init__(self, names: Iterable[str], make: Callable[[str], FunctionNode]) -> None:
        self._made: dict[str, FunctionNode | None] = dict.fromkeys(names)
        self._make = make

    def __getitem__(self, name: str) -> FunctionNode:
        node = self._made[name]
        if node is None:
            node = self._made[name] = self._make(name)
        return node

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __contains__(self, name: object) -> bool:
        return name in self._made


class CallGraph:
    """Functions of a tree and the calls between them.

    Attributes:
        nodes: functions and module bodies of the tree, by dotted name.
        edges: surest tier by callee, by caller; callees outside the tree are in it, implicit calls too.
        problems: files that could not be read.
        notes: what else there is to say of how it was read, one sentence each.
    """

    def __init__(
        self,
        nodes: Mapping[str, FunctionNode],
        edges: dict[str, dict[str, Tier]],
        *,
        problems: Sequence[FileProblem] = (),
        keys: Mapping[tuple[str, int | str], str] | None = None,
        notes: list[str] | None = None,
    ) -> None:
        """Take what was found.

        Args:
            nodes: by dotted name.
            edges: by caller.
            problems: files left out.
            keys: names by file with first line, and by file with qualified name; made of the nodes where left out.
            notes: to which what is found out later may be added.
        """
        self.nodes = nodes
        self.edges = edges
        self.problems = tuple(problems)
        self.notes = notes if notes is not None else []
        self._keys = keys
        self._callers: dict[str, dict[str, Tier]] | None = None

    def add_edge(self, caller: str, callee: str, tier: Tier = Tier.EXACT) -> None:
        """Note that a function calls another; of two ways to know it the surer one stays."""
        callees = self.edges.setdefault(caller, {})
        known = callees.get(callee)
        if known is None or _ORDER[tier] < _ORDER[known]:
            callees[callee] = tier
            self._callers = None

    def callees(self, name: str) -> Mapping[str, Tier]:
        """Return what a function calls."""
        return self.edges.get(name, {})

    def callers(self, name: str) -> Mapping[str, Tier]:
        """Return the functions that call this one."""
        if self._callers is None:
            self._callers = {}
            for caller, callees in self.edges.items():
                for callee, tier in callees.items():
                    self._callers.setdefault(callee, {})[caller] = tier
        return self._callers.get(name, {})

    def transitive_callees(self, root: str, max_depth: int = 10) -> dict[str, int]:
        """Return everything that a function reaches with its distance in calls, nearest first, the root left out.

        Args:
            root: dotted name.
            max_depth: calls in a row that are followed, from 1.
        """
        depth = {root: 0}
        waiting = deque([root])
        while waiting:
            name = waiting.popleft()
            if depth[name] >= max_depth:
                continue
            for callee in sorted(self.edges.get(name, ())):
                if callee not in depth:
                    depth[callee] = depth[name] + 1
                    waiting.append(callee)
        del depth[root]
        return depth

    def unresolved(self) -> Iterator[Unresolved]:
        """Yield the calls for which nothing was found, with the reason."""
        for name in self.nodes:
            for call in self.nodes[name].calls:
                if call.reason and not call.callees:
                    yield Unresolved(caller=name, text=call.text, line=call.line, reason=call.reason)

    def by_key(self, file: str, key: int | str) -> FunctionNode | None:
        """Return the function that a profile means.

        Args:
            file: relative to the source root, POSIX separators.
            key: first line (of the first decorator), or qualified name.
        """
        if self._keys is None:
            self._keys = {
                place: name
                for name, node in self.nodes.items()
                for place in ((node.file, node.first_line), (node.file, node.qualname))
            }
        name = self._keys.get((file, key))
        return self.nodes[name] if name is not None else None

    def to_json(self) -> dict[str, list[str]]:
        """Return callees by caller, sorted, functions that call nothing too."""
        return as_benchmark_json(self, frozenset(Tier), builtin_methods=True)

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[str]]) -> "CallGraph":
        """Read what `to_json`, or another tool, wrote: a graph of names alone, every edge taken for exact."""
        return cls({}, {caller: dict.fromkeys(callees, Tier.EXACT) for caller, callees in data.items()})


def as_benchmark_json(
    graph: CallGraph, tiers: Iterable[Tier] = tuple(Tier), *, builtin_methods: bool = False
) -> dict[str, list[str]]:
    """Return callees by caller in the form of the field's benchmarks.

    Args:
        graph: any.
        tiers: of the edges wanted.
        builtin_methods: whether methods of builtin types (`<builtin>.list.append`) are named: benchmarks don't.
    """
    wanted = frozenset(tiers)
    names = dict.fromkeys([*graph.nodes, *graph.edges])
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found[name] = sorted(
            callee
            for callee, tier in graph.edges.get(name, {}).items()
            if tier in wanted and (builtin_methods or not callee.startswith(_BUILTIN) or callee.count(".") == 1)
        )
    return found
