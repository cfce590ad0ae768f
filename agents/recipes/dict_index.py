"""Build a dict index before a loop that searches a list for an equal key in every turn."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes import stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import Function, FunctionNode, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.project import Module, Project
from agents.recipes.quiet import changes_nothing, defined_in_classes, is_held_locally
from agents.recipes.requests import expression_request, loop_request
from agents.recipes.scope import names
from agents.recipes.searches import Search, searches
from agents.recipes.splice import NotSpliceable, Rewrite, line_start, newline, source
from agents.recipes.uses import (
    Comprehension,
    UseKind,
    ends_at_once,
    is_bound_before,
    is_repeated,
    reads_its_frame,
    uses,
)
from agents.recipes.walking import parents_below, walk
from profiling.facts import ExpressionFacts, FactRequest, Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_STEPS = 200
"""Least elements that searches of one entry of the outer loop could pass (docs/recipes.md)."""
_COMPARE_NS, _SEARCH_NS = 9.0, 200.0
_INDEX_ELEMENT_NS = 45.0
"""What a search costs for each element compared and at all, less a dict lookup; what indexing one element costs."""

_KEY_TYPES = frozenset({"bool", "bytes", "int", "str"})  # not float: NaN is not equal to itself
_NEEDED_BUILTINS = ("Exception", "bool", "bytes", "dict", "int", "list", "str", "tuple", "type")
_READING = frozenset({UseKind.LENGTH, UseKind.TRUTH, UseKind.ITERATE, UseKind.PROBE, UseKind.INDEX})
_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__setstate__"})
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
_Outer = ast.For | ast.While | Comprehension


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """A search in a loop and where its index is built.

    Attributes:
        search: what is replaced.
        outer: the loop or comprehension that repeats it.
        before: the statement the index is built before.
        lookup: the expression that takes the place of the search, or of what its loop goes through, in its lines.
        build: the statements that make the index.
    """

    search: Search
    outer: _Outer
    before: ast.stmt
    lookup: tuple[str, ...]
    build: str


class DictIndex:
    """A linear search in every turn of a loop → one dict before it."""

    card = Card(
        id="dict-index",
        title="Look keys up in a dict instead of searching a list in a loop",
        rank=10,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.6,
        cost_note="measured 2026-11, 15 pairs of searches for present keys against building and asking the dict: 20 "
        "elements and 10 searches 1.9x on CPython 3.9, 2.0x on 3.10, 3.1x [3.1, 3.2] on 3.11, 4.6x on 3.12, 2.4x on "
        "3.13; 20 and 200 6.5x, 7.2x, 11x [11, 11], 18x, 9.3x; 500 and 200 19x, 16x, 22x [21, 22], 24x, 23x; a loss "
        "with 100 and 2 (0.27x on 3.11)",
        mechanism="Every search went through the list; the dict is built once and finds the first equal key in "
        "constant time.",
        hazard="Checked: the list and its keys do not change in the loop, the first match wins as before, and while "
        "the program runs, that all keys and what is wanted are exactly of one builtin type, else the list is searched "
        "as before; remains: attributes of elements behind the match are now read too, which an object of a library "
        "might notice.",
    )
    examples = (
        Example(
            before="""\
def join(orders, customers):
    rows = []
    for order in orders:
        customer = next((c for c in customers if c.id == order.customer_id), None)
        rows.append((order, customer))
    return rows
""",
            after="""\
def join(orders, customers):
    rows = []
    _customers_by_id = {}
    try:
        for _entry in customers if type(customers) in (list, tuple) else ():
            if type(_entry.id) is not str:
                _customers_by_id = {}
                break
            _customers_by_id.setdefault(_entry.id, _entry)
    except Exception:  # an element that no search may reach
        _customers_by_id = {}
    for order in orders:
        customer = (
            _customers_by_id.get(order.customer_id)
            if _customers_by_id and type(order.customer_id) is str
            else next((c for c in customers if c.id == order.customer_id), None)
        )
        rows.append((order, customer))
    return rows
""",
        ),
        Example(
            before="""\
def totals(lines, prices):
    total = 0
    for name in lines:
        for row in prices:
            if row["name"] == name:
                total = total + row["price"]
                break
    return total
""",
            after="""\
def totals(lines, prices):
    total = 0
    _prices_by_name = {}
    try:
        for _entry in prices if type(prices) in (list, tuple) else ():
            if type(_entry) is not dict or type(_entry["name"]) is not str:
                _prices_by_name = {}
                break
            _prices_by_name.setdefault(_entry["name"], (_entry,))
    except Exception:  # an element that no search may reach
        _prices_by_name = {}
    for name in lines:
        for row in _prices_by_name.get(name, ()) if _prices_by_name and type(name) is str else prices:
            if row["name"] == name:
                total = total + row["price"]
                break
    return total
""",
        ),
        Example(
            before="""\
def move(names, people, register):
    for name in names:
        person = next((p for p in people if p.name == name), None)
        register(people, person)
""",
            after=None,
            because="the call may change the list or the names in it",
        ),
        Example(
            before="""\
def last(names, people):
    for name in names:
        for person in people:
            if person.name == name:
                break
    return person
""",
            after=None,
            because="the loop variable is used afterwards, and is another one when nothing was found",
        ),
        Example(
            before="""\
def older(ages, people):
    found = []
    for age in ages:
        found.append(next((p for p in people if p.age > age), None))
    return found
""",
            after=None,
            because="only equality can be looked up in a dict",
        ),
        Example(
            before="""\
def once(people, name):
    return next((p for p in people if p.name == name), None)
""",
            after=None,
            because="one search does not pay for an index",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every search that a loop repeats over a list that stays as it is."""
        for function in functions(module):
            for number, search in enumerate(searches(function.node, module, project)):
                found = _index(search, "str", function.node, module, project)
                if found is not None and _is_spliceable(found, module):
                    yield _site(function, number, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when an entry of the loop searches through enough elements for keys of one builtin type."""
        sequence, key, wanted = (facts.expressions.get(request.id) for request in site.requests[:3])
        entries = _entries(site.requests[3], facts)
        if sequence is None or key is None or wanted is None or not entries:
            return Veto(reason="the search was not seen running")
        reason = _type_reason(sequence, key, wanted)
        if reason:
            return Veto(reason=reason)
        steps = sequence.total_len / entries
        if steps < MIN_STEPS:
            return Veto(reason=f"{steps:.0f} elements to search in an entry of the loop, less than {MIN_STEPS}")
        length = sequence.total_len / sequence.evaluations
        spent_ns = key.evaluations * _COMPARE_NS + sequence.evaluations * _SEARCH_NS
        saved_ns = spent_ns - entries * length * _INDEX_ELEMENT_NS
        share = function_share(profile, site.key, saved_s=saved_ns * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain: {sequence.evaluations} searches, {entries} indexes of {length:.0f}")
        evidence = (
            f"facts:searches={sequence.evaluations} compared={key.evaluations} entries={entries} "
            f"mean_len={length:.0f} profile:saved_share={share:.4f}"
        )
        return Choice(expected_share=share, evidence=evidence, parameters=((next(iter(key.types)), 1),))

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Build the index before the outer loop and ask it instead of searching."""
        kind = next((name for name, _ in choice.parameters if name in _KEY_TYPES), "str")
        function = function_at(module, site.key)
        for number, search in enumerate(searches(function.node, module, project) if function else ()):
            found = (
                _index(search, kind, function.node, module, project)
                if function and str(number) == site.node_path
                else None
            )
            if found is not None:
                return _patch(found, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no search that an index can replace stands here")


RECIPE = DictIndex()


def _entries(request: FactRequest, facts: Facts) -> int:
    """Return how often the outer loop was reached."""
    loop, iterated = facts.loops.get(request.id), facts.expressions.get(request.id)
    return loop.entries if loop else iterated.evaluations if iterated else 0


def _type_reason(sequence: ExpressionFacts, key: ExpressionFacts, wanted: ExpressionFacts) -> str:
    others = sorted(set(sequence.types) - {"list", "tuple"})
    if others:
        return f"a {', '.join(others)} was searched"
    if len(key.types) != 1 or set(key.types) != set(wanted.types) or not set(key.types) <= _KEY_TYPES:
        return f"keys were {', '.join(sorted(key.types))}, wanted values {', '.join(sorted(wanted.types))}"
    return "" if key.elements_hashable and wanted.elements_hashable else "a key held a value that is no builtin scalar"


def _index(search: Search, kind: str, function: FunctionNode, module: Module, project: Project) -> _Index | None:
    """Return the index for a search in the outermost loop whose turns all find the list as it was."""
    is_computed = "__getattribute__" in defined_in_classes(project)
    if is_computed or reads_its_frame(function) or not _leaves_no_trace(search, function, module):
        return None
    if not all(names(module).is_builtin(builtin, search.node) for builtin in _NEEDED_BUILTINS):
        return None
    outer, before = _outermost(search, function, module, project)
    if outer is None or before is None:
        return None
    sequence = search.sequence.id.strip("_")
    name = f"_{sequence}_by_{search.key_name}"
    entry = next((entry for entry in ("_entry", f"_{sequence}_entry") if names(module).is_free(entry)), None)
    if entry is None or not names(module).is_free(name):
        return None
    key = source(module, search.key).replace(search.element, entry, 1)
    value = entry if search.default is not None else f"({entry},)"
    sequence = search.sequence.id
    odd = f"type({key}) is not {kind}"
    if isinstance(search.key, ast.Subscript):  # other containers may make the item that is asked for
        odd = f"type({entry}) is not dict or {odd}"
    build = (
        f"{name} = {{}}\ntry:\n    for {entry} in {sequence} if type({sequence}) in (list, tuple) else ():\n"
        f"        if {odd}:\n            {name} = {{}}\n            break\n"
        f"        {name}.setdefault({key}, {value})\n"
        f"except Exception:  # an element that no search may reach\n    {name} = {{}}"
    )
    return _Index(search=search, outer=outer, before=before, lookup=_lookup(search, name, kind, module), build=build)


def _lookup(search: Search, name: str, kind: str, module: Module) -> tuple[str, ...]:
    wanted = source(module, search.wanted)
    if search.default is None:
        missing, otherwise = ", ()", search.sequence.id
    else:
        default = source(module, search.default)
        assert isinstance(search.node, ast.Call)
        missing, otherwise = "" if default == "None" else f", {default}", source(module, search.node)
    return f"{name}.get({wanted}{missing})", f"if {name} and type({wanted}) is {kind}", f"else {otherwise}"


def _leaves_no_trace(search: Search, function: FunctionNode, module: Module) -> bool:
    """Say whether a `for` statement's variable is read in it alone: without a match it would keep another value."""
    if not isinstance(search.node, ast.For):
        return True
    known, inside = names(module), set(walk(search.node))
    same_name = (node for node in walk(function) if isinstance(node, ast.Name) and node.id == search.element)
    elsewhere = (node for node in same_name if node not in inside)
    return all(known.resolve(search.element, node) is not known.inside(function) for node in elsewhere)


def _outermost(
    search: Search, function: FunctionNode, module: Module, project: Project
) -> tuple[_Outer | None, ast.stmt | None]:
    """Return the outermost loop around a search in which list and keys are invariant, and its statement."""
    found: tuple[_Outer | None, ast.stmt | None] = (None, None)
    path = _path(search.node, function)
    use = next(use for use in uses(function, search.sequence.id, _is_any) if use.node is search.sequence)
    for depth, step in enumerate(path):
        if not isinstance(step, _Outer) or not _repeats(step, [search.node, *path[:depth]]):
            continue
        before = next(above for above in path[depth:] if isinstance(above, ast.stmt))
        is_statement = isinstance(step, ast.stmt)
        at_once = is_statement or (isinstance(before, _SIMPLE) and ends_at_once(tuple(path[depth:]), _is_any))
        if not at_once or not is_repeated(use, before) or not _is_invariant(search, before, function, module, project):
            break
        found = (step, before)
    return found


def _is_any(_: str) -> bool:
    return True


def _repeats(step: _Outer, below: Sequence[ast.AST]) -> bool:
    """Say whether a loop evaluates in every turn what is `below` it, outermost last."""
    inner = below[-1]
    if isinstance(step, Comprehension):
        first = step.generators[0]
        return inner is not first or below[-2] is not first.iter
    return inner in step.body or (isinstance(step, ast.While) and inner is step.test)


def _path(node: ast.AST, function: FunctionNode) -> list[ast.AST]:
    parents, steps = parents_below(function), []
    while parents[node] is not function:
        node = parents[node]
        steps.append(node)
    return steps


def _is_invariant(search: Search, loop: ast.stmt, function: FunctionNode, module: Module, project: Project) -> bool:
    """Say whether no turn changes the list, or the key of an element."""
    name = search.sequence.id
    found = uses(function, name, lambda builtin: names(module).is_builtin(builtin, function.body[0]))
    inside = set(walk(loop))
    if not all(use.kind in _READING for use in found if use.node in inside):
        return False
    if is_held_locally(function, name, module):
        fixed = _is_fixed_attribute(search, module, project) or changes_nothing(loop, function, module, project)
        return fixed and is_bound_before(loop, found, function)
    scope = names(module).inside(function)
    bound = names(module).bindings(name, scope)
    from_outside = len(bound) == 1 and isinstance(bound[0], ast.arg)
    return from_outside and changes_nothing(loop, function, module, project)


def _is_fixed_attribute(search: Search, module: Module, project: Project) -> bool:
    """Say whether the key is an attribute that only constructors set, anywhere in the project."""
    if not isinstance(search.key, ast.Attribute):
        return False
    known = stores.index(project)
    made = all(
        store.is_on_self and store.function is not None and store.function.name in _MAKING
        for store in known.stores(search.key.attr)
    )
    return made and search.key.attr not in known.patched and module.file not in known.dynamic


def _site(function: Function, number: int, found: _Index, module: Module) -> Site:
    asked = (found.search.sequence, found.search.key, found.search.wanted)
    entered: FactRequest
    if isinstance(found.outer, Comprehension):
        entered = expression_request(module, found.outer.generators[0].iter)
    else:
        entered = loop_request(module, found.outer)
    return Site(
        recipe=DictIndex.card.id,
        key=function.key,
        module=module.file,
        line=found.search.node.lineno,
        requests=(*(expression_request(module, node) for node in asked), entered),
        node_path=str(number),
    )


def _is_spliceable(found: _Index, module: Module) -> bool:
    try:
        _patch(found, module)
    except NotSpliceable:
        return False
    return True


def _patch(found: _Index, module: Module) -> Patch:
    rewrite, search = Rewrite(module), found.search
    rewrite.insert_before(found.before, found.build)
    if isinstance(search.node, ast.For):
        rewrite.replace(search.sequence, " ".join(found.lookup))
    elif "#" in source(module, search.node):
        raise NotSpliceable(f"{module.file}:{search.node.lineno}: a comment may stand in the search")
    else:
        line = module.text[line_start(module, search.node.lineno) :]
        around = newline(module) + line[: len(line) - len(line.lstrip(" \t"))]
        rewrite.replace(search.node, f"({''.join(f'{around}    {part}' for part in found.lookup)}{around})")
    return rewrite.patch()
