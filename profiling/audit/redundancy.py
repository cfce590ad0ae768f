"""The same expensive call reached more than once in one action."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from profiling.audit.cost_model import class_of_call, receiver_data
from profiling.audit.model import CallSite, CostClass, FunctionNode, Redundancy
from profiling.audit.sources import Sources, own_nodes
from profiling.audit.traversal import Part

_REPEATABLE = frozenset(
    (
        CostClass.FILE_IO,
        CostClass.AST_PARSE,
        CostClass.JSON_IO,
        CostClass.PICKLE,
        CostClass.DEEP_COPY,
        CostClass.NETWORK,
    )
)
_CHANGING_MODES = frozenset("wax+")
_CHANGING_CALLS = ("shutil.", "tempfile.", "os.open", "os.fdopen", "os.sendfile", "mmap.", "numpy.save", "socket.")
_WRITING = frozenset(
    "dump send sendall write_text write_bytes post put patch delete execute executemany executescript commit"
    " connect".split()
)
_LITERAL_PATH = re.compile(r"""(?:pathlib\.)?Path\((['"])[^'"]*\1\)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeatable:
    """An expensive call of a function whose result a second call could have taken over.

    Attributes:
        node: where it stands.
        site: the call.
        callee: its name outside the tree.
        cost_class: of its row in the cost model.
        data: what it works on, as written.
    """

    node: FunctionNode
    site: CallSite
    callee: str
    cost_class: CostClass
    data: str

    @property
    def place(self) -> str:
        """Return `function:line`."""
        return f"{self.node.name}:{self.site.line}"

    @property
    def is_fixed(self) -> bool:
        """Say whether the data is named by a literal, the same whoever calls."""
        if receiver_data(self.site) is None:
            return self.site.literal is not None
        return bool(_LITERAL_PATH.fullmatch(self.data))


def repeatable(functions: Part) -> Iterator[Repeatable]:
    """Yield the expensive calls whose data the source names, those that write left out."""
    for node in functions.nodes.values():
        for site in node.calls:
            classed = class_of_call(site)
            data = data_of(site)
            if classed is None or classed[1] not in _REPEATABLE or not data or _writes(site):
                continue
            if not _is_handed_over(site, classed[0]):
                yield Repeatable(node=node, site=site, callee=classed[0], cost_class=classed[1], data=data)


def _is_handed_over(site: CallSite, callee: str) -> bool:
    """Say whether it is not called here but given to what calls it, on data that the source does not name."""
    return site.source.rpartition(".")[2] == callee.rpartition(".")[2]


def data_of(site: CallSite) -> str:
    """Return what a call works on, as written: its first argument, or the path whose method it is."""
    receiver = receiver_data(site)
    return site.source if receiver is None else receiver


def redundancies(functions: Part, sources: Sources | None) -> tuple[Redundancy, ...]:
    """Return expensive calls on the same data that are reached more than once.

    Data is the same when a literal names it, or within one function when nothing binds or changes its name between
    the calls. A call on literal data is also reached again through every call of its function.

    Args:
        functions: what the action reaches.
        sources: to see what happens between two calls; without them only literals are told the same.
    """
    found = [*_by_literal(functions), *(_by_name(functions, sources) if sources is not None else ())]
    return tuple(sorted(found, key=lambda each: (-each.count, each.places)))


def _by_literal(functions: Part) -> Iterator[Redundancy]:
    groups: defaultdict[tuple[str, str], list[Repeatable]] = defaultdict(list)
    for each in repeatable(functions):
        if each.is_fixed:
            groups[each.callee, each.data].append(each)
    callers = _callers(functions)
    for (callee, source), group in groups.items():
        own = [each.place for each in group]
        ways = [place for name in dict.fromkeys(each.node.name for each in group) for place in _ways(name, callers)]
        places = own if len(own) > 1 else ways
        if len(places) > 1:
            yield Redundancy(callee=callee, source=source, places=tuple(places))


def _ways(name: str, callers: Mapping[str, list[str]]) -> list[str]:
    """Return the places that call a function."""
    return list(dict.fromkeys(callers.get(name, ())))


def _callers(functions: Part) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, links in functions.links.items():
        for link in links:
            found[link.callee].append(f"{name}:{link.line}")
    return found


def _by_name(functions: Part, sources: Sources) -> Iterator[Redundancy]:
    groups: defaultdict[tuple[str, str, str], list[Repeatable]] = defaultdict(list)
    for each in repeatable(functions):
        if not each.is_fixed:
            groups[each.node.name, each.callee, each.data].append(each)
    for (_, callee, source), group in groups.items():
        kept = unchanged(group, source, sources)
        if len(kept) > 1:
            yield Redundancy(callee=callee, source=source, places=tuple(each.place for each in kept))


def unchanged(group: list[Repeatable], source: str, sources: Sources) -> list[Repeatable]:
    """Return the calls between whose first and last nothing binds a name of their data or could change it."""
    scope = sources.scope(group[0].node) if len(group) > 1 else None
    roots = _roots(source)
    if scope is None or not roots:
        return []
    first, last = min(each.site.line for each in group), max(each.site.line for each in group)
    between = [node for node in own_nodes(scope) if first <= getattr(node, "lineno", 0) <= last]
    return [] if any(_touches(node, roots) for node in between) else group


def _roots(source: str) -> set[str]:
    """Return the names that an expression rests on; none where it calls something or is cut off."""
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    nodes = list(ast.walk(tree))
    has_effects = any(isinstance(node, ast.Call | ast.Await | ast.Yield | ast.NamedExpr) for node in nodes)
    return set() if has_effects else {node.id for node in nodes if isinstance(node, ast.Name)}


def _touches(node: ast.AST, roots: set[str]) -> bool:
    """Say whether a node binds one of some names, stores below it, or calls a method on it."""
    if isinstance(node, ast.Name):
        return node.id in roots and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _root(node) in roots
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _root(node.func) in roots - {"self"}


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _writes(site: CallSite) -> bool:
    """Say whether a call writes or sends rather than reads."""
    method = site.text.rpartition(".")[2]
    names = [callee.name for callee in site.callees]
    is_writing = method in _WRITING or any(name.startswith(_CHANGING_CALLS) for name in names)
    return is_writing or bool(_CHANGING_MODES & set(site.mode or ""))
