"""Keep a set beside a list that collects each element once: scanning the list for every element is quadratic."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own_calls
from agents.recipes.gains import function_share
from agents.recipes.guarded_probes import (
    GUARD_NS,
    NEEDED_BUILTINS,
    all_are_of,
    guard,
    is_of,
    parameters,
    type_reason,
    types_of,
)
from agents.recipes.own_list import OwnList, own_list
from agents.recipes.probes import hashing_reason, is_probe_now, length_reason, probed_element
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, source
from agents.recipes.uses import Use, UseKind, is_repeated, probed_names
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 50
"""Longest list seen below which nothing is gained (docs/recipes.md)."""
_COMPARE_NS = 4.5
_PROBE_NS = 45.0 + 2 * GUARD_NS
"""A list probe costs 4.3 to 6 ns for each element of the list (half of them hits); a set's probe and `add` 45 ns, and
the tests of types and lengths."""

_READING = frozenset({UseKind.LENGTH, UseKind.TRUTH, UseKind.ITERATE, UseKind.PROBE, UseKind.INDEX})
_READING_METHODS = frozenset({"copy", "count", "index"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Collected:
    """A local list with its probes and the statements that append to it."""

    own: OwnList
    probes: tuple[ast.Compare, ...]
    appends: tuple[ast.Expr, ...]


class UniqueList:
    """`if x not in seen: seen.append(x)` → a set is probed beside the list."""

    card = Card(
        id="unique-list",
        title="Probe a set beside a list of distinct elements",
        rank=17,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, 15 pairs, integers, half of them distinct; 50 distinct: 1.3x on CPython 3.9, 1.5x "
        "on 3.10, 3.0x [2.9, 3.1] on 3.11, 3.6x on 3.12, 3.5x on 3.13; 500 distinct: 9.7x, 12x, 22x [21, 25], 26x, "
        "25x; 2000 distinct: 30x, 38x, 79x, 71x, 69x",
        mechanism="The list is compared element by element for every element that comes; a set "
        "finds it by its hash in constant time.",
        hazard="Checked: from its making to its last probe the list is local and only what was looked for is appended, "
        "to the set too if it is exactly of a builtin type for which hash and == agree; the set is asked only for such "
        "values and while it holds all the list holds; remains: a run with other types than seen gains nothing.",
    )
    examples = (
        Example(
            before="""\
def distinct(rows):
    keys = []  # in order of appearance
    for row in rows:
        key = row.key
        if key not in keys:
            keys.append(key)
    return keys
""",
            after="""\
def distinct(rows):
    keys = []  # in order of appearance
    _keys_set = set()
    for row in rows:
        key = row.key
        if key not in _keys_set if type(key) is str and len(_keys_set) == len(keys) else key not in keys:
            keys.append(key)
            if type(key) is str:
                _keys_set.add(key)
    return keys
""",
        ),
        Example(
            before="""\
def distinct(words):
    found = []
    for word in words:
        if word not in found:
            found.append(word)
    found.sort()
    return found
""",
            after="""\
def distinct(words):
    found = []
    _found_set = set()
    for word in words:
        if word not in _found_set if type(word) is str and len(_found_set) == len(found) else word not in found:
            found.append(word)
            if type(word) is str:
                _found_set.add(word)
    found.sort()
    return found
""",
        ),
        Example(
            before="""\
def reach(start, edges):
    known = [start]
    todo = [start]
    while todo:
        for node in edges[todo.pop()]:
            if node in known:
                continue
            known.append(node)
            todo.append(node)
    return known
""",
            after="""\
def reach(start, edges):
    known = [start]
    _known_set = set(known) if set(map(type, known)) <= {str} else set()
    todo = [start]
    while todo:
        for node in edges[todo.pop()]:
            if node in _known_set if type(node) is str and len(_known_set) == len(known) else node in known:
                continue
            known.append(node)
            if type(node) is str:
                _known_set.add(node)
            todo.append(node)
    return known
""",
        ),
        Example(
            before="""\
def merged(ranges):
    found = []
    for one in ranges:
        if one not in found:
            found.append([one, one])
    return found
""",
            after=None,
            because="what is appended is made on the spot: it would be made twice, and a list has no hash",
        ),
        Example(
            before="""\
def cuts(first, others):
    seen = []
    for cut in others:
        if cut not in seen:
            seen.append(cut)
        seen.append(first)
    return seen
""",
            after=None,
            because="what is appended was never looked for: no fact would tell of a run in which it has no hash",
        ),
        Example(
            before="""\
def recent(words):
    found = []
    for word in words:
        if word not in found:
            found.append(word)
        if len(found) > 9:
            found.pop(0)
    return found
""",
            after=None,
            because="elements leave the list again",
        ),
        Example(
            before="""\
def distinct(words, register):
    found = []
    register(found)
    for word in words:
        if word not in found:
            found.append(word)
    return found
""",
            after=None,
            because="another holder of the list may change it between two probes",
        ),
        Example(
            before="""\
def distinct(words, found):
    for word in words:
        if word not in found:
            found.append(word)
""",
            after=None,
            because="the list is a parameter: it may be of any type, and the caller may change it",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every local list that is probed and appended to in a loop."""
        del project
        for function in functions(module) if "append" in module.text else ():
            for name in sorted(_appended_names(function.node) & probed_names(function.node)):
                found = _collected(function.node, name, module)
                if found is not None and _is_spliceable(found, module):
                    yield _site(function, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the list gets long and every value seen was a hashable builtin one."""
        probes = site.node_path.count(",") + 1
        requested = [facts.expressions.get(request.id) for request in site.requests]
        containers = [fact for fact in requested[:probes] if fact is not None]
        elements = [fact for fact in requested[probes:] if fact is not None]
        reason = length_reason(containers, MIN_LENGTH) or hashing_reason([*containers, *elements], elements)
        reason = reason or type_reason(elements)
        if reason:
            return Veto(reason=reason)
        made = sum(fact.evaluations for fact in containers)
        scanned = sum(fact.total_len for fact in containers)
        share = function_share(profile, site.key, saved_s=(scanned * _COMPARE_NS - made * _PROBE_NS) * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain: {made} probes of {scanned / made:.0f} elements")
        evidence = f"facts:probes={made} mean_len={scanned / made:.0f} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence, parameters=parameters(elements))

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Make the set beside the list, probe it, and add to both."""
        del project
        function, name = function_at(module, site.key), site.node_path.partition(":")[0]
        found = _collected(function.node, name, module) if function else None
        if found is None:
            raise NotSpliceable(f"{module.file}:{site.line}: {name} does not collect distinct elements here")
        return _patch(found, types_of(choice), module)


RECIPE = UniqueList()


def _appended_names(function: FunctionNode) -> set[str]:
    functions_called = (call.func for call in own_calls(function, "append"))
    owners = (func.value for func in functions_called if isinstance(func, ast.Attribute))
    return {owner.id for owner in owners if isinstance(owner, ast.Name)}


def _collected(function: FunctionNode, name: str, module: Module) -> _Collected | None:
    """Return the list of this name if a set can be kept beside it from its making to its last probe in a loop."""

    def is_builtin(builtin: str) -> bool:
        return names(module).is_builtin(builtin, function.body[0])

    own = own_list(function, name, module)
    if own is None or not all(map(is_builtin, NEEDED_BUILTINS)):
        return None
    end = _last_probe(own)
    meanwhile = own.at(own.start, end)
    if end < 0 or not all(_is_read(use) or _append_of(use) is not None for use in meanwhile):
        return None
    probes = [use for use in meanwhile if use.kind is UseKind.PROBE]
    appends = tuple(found for use in meanwhile if (found := _append_of(use)) is not None)
    if not _grows_in_a_loop(own, probes) or not all(is_probe_now(use, is_builtin) for use in probes):
        return None
    compares = tuple(use.path[0] for use in probes if isinstance(use.path[0], ast.Compare))
    sought = {ast.dump(probed_element(compare)) for compare in compares}
    if any(ast.dump(_appended(statement)) not in sought for statement in appends):
        return None
    return _Collected(own=own, probes=compares, appends=appends)


def _last_probe(own: OwnList) -> int:
    """Return the index of the last statement that probes the list again and again; -1: there is none."""
    later = (use for use in own.found if use.kind is UseKind.PROBE and own.places[use.node] > own.start)
    return max((own.places[use.node] for use in later if is_repeated(use, own.block[own.places[use.node]])), default=-1)


def _grows_in_a_loop(own: OwnList, probes: Sequence[Use]) -> bool:
    """Say whether it grows where it is probed again and again: else a set is better built once, when it is complete."""
    looked_at = {own.places[use.node] for use in probes if is_repeated(use, own.block[own.places[use.node]])}
    return any(_append_of(use) is not None and own.places[use.node] in looked_at for use in own.found)


def _is_read(use: Use) -> bool:
    return use.kind in _READING or (use.kind is UseKind.METHOD and use.method in _READING_METHODS)


def _append_of(use: Use) -> ast.Expr | None:
    """Return the statement `name.append(x)` of a use, where `x` can be evaluated twice."""
    if use.kind is not UseKind.METHOD or use.method != "append" or not isinstance(use.path[2], ast.Expr):
        return None
    call = use.path[1]
    if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return None
    return use.path[2] if isinstance(call.args[0], ast.Name | ast.Constant) else None


def _appended(statement: ast.Expr) -> ast.expr:
    assert isinstance(statement.value, ast.Call)
    return statement.value.args[0]


def _site(function: Function, found: _Collected, module: Module) -> Site:
    asked = [compare.comparators[-1] for compare in found.probes]
    asked += [probed_element(compare) for compare in found.probes]
    asked += [_appended(statement) for statement in found.appends]
    return Site(
        recipe=UniqueList.card.id,
        key=function.key,
        module=module.file,
        line=found.probes[0].lineno,
        requests=tuple(expression_request(module, node) for node in asked),
        node_path=f"{found.own.name}:{','.join('p' for _ in found.probes)}",
    )


def _is_spliceable(found: _Collected, module: Module) -> bool:
    try:
        _patch(found, ("str",), module)
    except NotSpliceable:
        return False
    return True


def _patch(found: _Collected, types: Sequence[str], module: Module) -> Patch:
    rewrite, own = Rewrite(module), found.own
    set_name = f"_{own.name.strip('_')}_set"
    if not names(module).is_free(set_name):
        raise NotSpliceable(f"{module.file}: {set_name} is taken")
    is_empty = isinstance(own.value, ast.List) and not own.value.elts
    started = "set()" if is_empty else f"set({own.name}) if {all_are_of(own.name, types)} else set()"
    rewrite.insert_after(own.block[own.start], f"{set_name} = {started}")
    for compare in found.probes:  # as long as both, the set of what was appended lacks nothing that the list has
        guard(rewrite, module, compare, set_name, types, also=f"len({set_name}) == len({own.name})")
    for statement in found.appends:
        element = _appended(statement)
        value = source(module, element)
        added = f"{set_name}.add({value})"
        if not isinstance(element, ast.Constant):
            rewrite.insert_after(statement, f"if {is_of(value, types)}:\n    {added}")
        elif type(element.value).__name__ in types:
            rewrite.insert_after(statement, added)
    return rewrite.patch()
