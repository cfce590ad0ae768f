"""The shape of a computation: of each function, and of an action as a whole (after R. Fleury's taxonomy, 2023)."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from profiling.audit.model import CallSite, FunctionNode
from profiling.audit.sources import Scope, Sources, body, dotted, own_nodes
from profiling.audit.traversal import Part

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_COMPOUND = (ast.If, ast.With, ast.AsyncWith, ast.Try, ast.For, ast.AsyncFor, ast.While, ast.Match)
_STARTERS = frozenset(
    "Thread Process Timer submit create_task ensure_future gather run_in_executor to_thread apply_async map_async"
    " start_new_thread run_coroutine_threadsafe start_soon spawn".split()
)
_POOL_METHODS = frozenset("map imap imap_unordered starmap map_async starmap_async gather".split())
_POOL = ("concurrent.futures.", "multiprocessing.", "asyncio.gather")


class Shape(StrEnum):
    """Shapes, the plainest first."""

    INSTRUCTION = "instruction"
    CODE_PATH = "code path"
    WIDE_CODE_PATH = "wide code path"
    CODE_CYCLE = "code cycle"
    WIDE_CODE_CYCLE = "wide code cycle"
    GRAPH_OF_CODE_CYCLES = "graph of code cycles"


_ORDER = tuple(Shape)


def shapes(functions: Part, sources: Sources) -> dict[str, Shape]:
    """Return the shape of every function whose source is at hand.

    A loop with no state carried from pass to pass but sums and lists is wide; one with such state, a `while` and a
    recursion are cycles. What starts a cycle many times at once is a wide cycle; several different ones, a graph.
    """
    circles = {name for component in functions.components if len(component) > 1 for name in component}
    circles |= {name for name, links in functions.links.items() if any(link.callee == name for link in links)}
    found: dict[str, Shape] = {}
    for name, node in functions.nodes.items():
        scope = sources.scope(node)
        if scope is not None:
            found[name] = Shape.CODE_CYCLE if name in circles else _own(node, scope)
    return found | {
        name: shape for name in found if (shape := _concurrent(functions.nodes[name], functions, found)) is not None
    }


def shape_of_action(functions: Iterable[str], found: Mapping[str, Shape]) -> Shape:
    """Return the shape of an action: the richest of its functions'."""
    return max((found[name] for name in functions if name in found), key=_ORDER.index, default=Shape.INSTRUCTION)


def _own(node: FunctionNode, scope: Scope) -> Shape:
    """Return the shape of a function's own statements."""
    inside = list(own_nodes(scope))
    loops = [each for each in inside if isinstance(each, ast.For | ast.AsyncFor | ast.While)]
    if any(isinstance(loop, ast.While) or _is_fed_back(loop) for loop in loops):
        return Shape.CODE_CYCLE
    if loops or any(isinstance(each, _COMPREHENSIONS) for each in inside):
        return Shape.WIDE_CODE_PATH
    is_single = len(body(scope)) <= 1 and not any(isinstance(each, _COMPOUND) for each in inside)
    calls = [site for site in node.calls if not site.implicit]
    return Shape.INSTRUCTION if is_single and len(calls) <= 1 else Shape.CODE_PATH


def _is_fed_back(loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Say whether a pass reads what an earlier pass has stored, sums and appended lists apart."""
    stored = set(_stored(loop.body))
    defined = set(_stored([loop.target])) if isinstance(loop, ast.For | ast.AsyncFor) else set()
    defined |= {
        each.id for node in own_nodes(loop.body) if isinstance(node, ast.comprehension) for each in _names(node.target)
    }
    for statement in loop.body:
        if not stored.isdisjoint(set(_loaded(statement)) - defined):
            return True
        if not isinstance(statement, _COMPOUND):
            defined |= set(_stored([statement]))
    return False


def _names(target: ast.AST) -> Iterator[ast.Name]:
    return (each for each in ast.walk(target) if isinstance(each, ast.Name))


def _stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names and attributes that are stored, those with elements stored by the container's."""
    for root in nodes:
        for node in (root, *own_nodes(root)):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                name = dotted(node)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                name = dotted(node.value)
            else:
                continue
            if name is not None:
                yield name


def _loaded(root: ast.AST) -> Iterator[str]:
    """Yield what is read; the container of an item that is stored is not."""
    skipped = {
        id(node.value) for node in (root, *own_nodes(root)) if isinstance(node, ast.Subscript) and _is_store(node)
    }
    for node in (root, *own_nodes(root)):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and id(node) not in skipped:
            name = dotted(node)
            if name is not None:
                yield name


def _is_store(node: ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Store | ast.Del)


def _concurrent(node: FunctionNode, functions: Part, found: Mapping[str, Shape]) -> Shape | None:
    """Return the shape of a function that starts cycles to run beside each other, None for others."""
    started: set[str] = set()
    is_many = False
    for site in node.calls:
        if _starts(site):
            cycles = {name for name in _started(node, site, functions) if found.get(name) is Shape.CODE_CYCLE}
            started |= cycles
            is_many = is_many or bool(cycles and (site.loops or _is_pool(site)))
    if len(started) > 1:
        return Shape.GRAPH_OF_CODE_CYCLES
    return Shape.WIDE_CODE_CYCLE if is_many else None


def _starts(site: CallSite) -> bool:
    return site.text.rpartition(".")[2] in _STARTERS or _is_pool(site)


def _is_pool(site: CallSite) -> bool:
    is_known = any(callee.name.startswith(_POOL) for callee in site.callees)
    last = site.text.rpartition(".")[2]
    return last == "gather" or (last in _POOL_METHODS and is_known)


def _started(node: FunctionNode, site: CallSite, functions: Part) -> Iterator[str]:
    """Yield the functions of the tree that a start may run: handed to it, or called as its argument on that line."""
    for other in node.calls:
        if other.line == site.line:
            yield from (callee.name for callee in other.callees if callee.name in functions.nodes)
    yield from (link.callee for link in functions.links[node.name] if link.line == site.line)
