"""Build a dict index before a loop that searches a list for an equal key in every turn."""

import ast
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.indexes import Index, index_for
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request, loop_request
from agents.recipes.searches import may_search, searches
from agents.recipes.splice import NotSpliceable, Rewrite, line_start, newline, source
from agents.recipes.uses import Comprehension
from profiling.facts import ExpressionFacts, FactRequest, Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_STEPS = 200
"""Least elements that searches of one entry of the outer loop could pass (docs/recipes.md)."""
_COMPARE_NS, _SEARCH_NS = 9.0, 200.0
_INDEX_ELEMENT_NS = 45.0
"""What a search costs for each element compared and at all, less a dict lookup; what indexing one element costs."""

_KEY_TYPES = frozenset({"bool", "bytes", "int", "str"})  # not float: NaN is not equal to itself


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
        for function in functions(module) if may_search(module) else ():
            for number, search in enumerate(searches(function.node, module, project)):
                found = index_for(search, "str", function.node, module, project)
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
                index_for(search, kind, function.node, module, project)
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


def _site(function: Function, number: int, found: Index, module: Module) -> Site:
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


def _is_spliceable(found: Index, module: Module) -> bool:
    try:
        _patch(found, module)
    except NotSpliceable:
        return False
    return True


def _patch(found: Index, module: Module) -> Patch:
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
