"""Independent slow operations that one function does one after the other, and could do at the same time."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from profiling.audit.cost_model import class_of_call
from profiling.audit.model import CallSite, CostClass, FunctionNode, MutationKind, StateMutation, Tier
from profiling.audit.sources import Sources, blocks, dotted, names
from profiling.audit.traversal import Part

_WAITING = frozenset((CostClass.FILE_IO, CostClass.NETWORK))
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One simple statement.

    Attributes:
        line: where it begins.
        reads, binds, changes: names, and objects by their names.
        slow: the slow call in it, None where there is none.
        changes_shared: it writes files, or calls what changes what others may see; uses_shared: it may see such things.
    """

    line: int
    reads: frozenset[str]
    binds: frozenset[str]
    changes: frozenset[str]
    slow: str | None
    changes_shared: bool
    uses_shared: bool

    def is_independent_of(self, earlier: "_Step") -> bool:
        """Say whether this could be started before an earlier step has ended."""
        if (self.changes_shared and earlier.uses_shared) or (earlier.changes_shared and self.uses_shared):
            return False
        own, other = self.binds | self.changes, earlier.binds | earlier.changes
        return own.isdisjoint(other | earlier.reads) and other.isdisjoint(self.reads)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slow:
    """What is known of one action: which of its functions wait, which change what others may see, where they write."""

    waiting: Collection[str]
    changing: Collection[str]
    writes: Mapping[str, Collection[int]]


def pipelining(
    functions: Part, mutations: Mapping[str, tuple[StateMutation, ...]], sources: Sources
) -> tuple[tuple[str, ...], ...]:
    """Return groups of slow operations in one block, none of which needs another, each `function:line callee`.

    Slow is what waits for files or the network, itself or through calls.

    Args:
        functions: what the action reaches.
        mutations: of these functions, by name.
        sources: their files.
    """
    slow = _Slow(
        waiting=_reaching(functions, {name for name, node in functions.nodes.items() if _waits(node)}),
        changing=_reaching(functions, {name for name, found in mutations.items() if _is_shared(found)}),
        writes={
            name: {change.line for change in found if change.kind is MutationKind.FILE_WRITE}
            for name, found in mutations.items()
        },
    )
    return tuple(group for node in functions.nodes.values() for group in _of_function(node, slow, sources))


def _of_function(node: FunctionNode, slow: _Slow, sources: Sources) -> Iterator[tuple[str, ...]]:
    sites = [site for site in node.calls if _slow_callee(site, slow) is not None]
    if len({site.line for site in sites}) < 2:
        return
    scope = sources.scope(node)
    if scope is None:
        return
    # to call a function of a module changes no object of ours
    modules = sources.imported(node.file)
    for block in blocks(scope):
        for group in _groups(block, node, slow, modules):
            yield tuple(f"{node.name}:{step.line} {step.slow}" for step in group)


def _groups(
    block: Sequence[ast.stmt], node: FunctionNode, slow: _Slow, modules: Collection[str]
) -> Iterator[list[_Step]]:
    """Yield runs of slow steps each independent of all steps since the run began; other statements end a run."""
    group: list[_Step] = []
    since: list[_Step] = []
    for statement in block:
        step = _step(statement, node, slow, modules)
        fits = step is not None and all(step.is_independent_of(earlier) for earlier in since)
        if step is None or (step.slow is not None and not fits):
            if len(group) > 1:
                yield group
            group, since = [], []
        if step is not None and (group or step.slow is not None):
            since.append(step)
            group += [step] if step.slow is not None else []
    if len(group) > 1:
        yield group


def _step(statement: ast.stmt, node: FunctionNode, slow: _Slow, modules: Collection[str]) -> _Step | None:
    """Return a simple statement's step; None for what decides, repeats, leaves or suspends in ways of its own."""
    if not isinstance(statement, _SIMPLE) or any(
        isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(statement)
    ):
        return None
    inside = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    found = [(site, callee) for site in node.calls if site.line in inside and (callee := _slow_callee(site, slow))]
    # an operation repeated within the statement is a matter for its own loop
    outside_loops = [callee for site, callee in found if not site.loops or len(site.loops) == _least_loops(found)]
    here = [site for site in node.calls if site.line in inside]
    called = {callee.name for site in here for callee in site.callees}
    harmless = {site.text for site in here if _is_harmless(site, slow)}
    return _Step(
        line=statement.lineno,
        reads=frozenset(names(statement, ast.Load)) - frozenset(modules),
        binds=frozenset(names(statement, ast.Store)),
        changes=frozenset(_changed(statement, harmless)) - frozenset(modules),
        slow=outside_loops[0] if outside_loops else None,
        changes_shared=not called.isdisjoint(slow.changing) or any(line in inside for line in slow.writes[node.name]),
        uses_shared=any(_uses_shared(site) for site in here),
    )


def _uses_shared(site: CallSite) -> bool:
    """Say whether a call may see what others change: files, or anything that code of the tree looks at."""
    classed = class_of_call(site)
    is_inside = any(callee.tier is not Tier.EXTERNAL for callee in site.callees)
    return is_inside or (classed is not None and classed[1] is CostClass.FILE_IO)


def _least_loops(found: Sequence[tuple[CallSite, str]]) -> int:
    return min((len(site.loops) for site, _ in found), default=0)


def _slow_callee(site: CallSite, slow: _Slow) -> str | None:
    """Return what is waited for at a call, None where nothing is."""
    classed = class_of_call(site)
    if classed is not None and classed[1] in _WAITING:
        return classed[0]
    return next((callee.name for callee in site.callees if callee.name in slow.waiting), None)


def _is_harmless(site: CallSite, slow: _Slow) -> bool:
    """Say whether all that a call may reach is in the tree and changes nothing that others see."""
    names_ = [callee.name for callee in site.callees]
    inside = all(callee.tier is not Tier.EXTERNAL for callee in site.callees)
    return bool(names_) and inside and not any(name in slow.changing for name in names_)


def _changed(statement: ast.stmt, harmless: Collection[str]) -> Iterator[str]:
    """Yield the names of objects that a statement stores into or calls a method of, harmless calls left out."""
    for node in ast.walk(statement):
        is_store = isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)
        target: ast.expr | None = node if is_store and isinstance(node, ast.expr) else None
        if isinstance(node, ast.Call) and dotted(node.func) not in harmless:
            target = node.func
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
            if isinstance(target, ast.Name):
                yield target.id


def _reaching(functions: Part, found: set[str]) -> frozenset[str]:
    """Return functions that are in a set or call, through others too, one that is."""
    reaching = set(found)
    for component in functions.components:
        below = {link.callee for name in component for link in functions.links[name]}
        if not reaching.isdisjoint(below.union(component)):
            reaching.update(component)
    return frozenset(reaching)


def _waits(node: FunctionNode) -> bool:
    return any((classed := class_of_call(site)) is not None and classed[1] in _WAITING for site in node.calls)


def _is_shared(changes: tuple[StateMutation, ...]) -> bool:
    return any(change.kind is not MutationKind.IPC_EMIT for change in changes)
