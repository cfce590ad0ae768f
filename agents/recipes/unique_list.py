"""Keep a set beside a list that collects each element once: scanning the list for every element is quadratic."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own_nodes
from agents.recipes.gains import function_share
from agents.recipes.own_list import OwnList, own_list
from agents.recipes.probes import hashing_reason, is_probe_now, length_reason, probed_element
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, Span, end_of_lines, line_start, source
from agents.recipes.uses import Use, UseKind, is_repeated
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 50
"""Longest list seen below which nothing is gained (docs/recipes.md)."""
_COMPARE_NS = 4.5
_PROBE_NS = 45.0
"""A list probe costs 4.3 to 6 ns for each element of the list (half of them hits); a set's probe and `add` 45 ns."""

_READING = frozenset({UseKind.LENGTH, UseKind.TRUTH, UseKind.ITERATE, UseKind.PROBE, UseKind.INDEX})
_READING_METHODS = frozenset({"copy", "count", "index"})
_PLAIN_ITERABLES = (ast.Attribute, ast.Call, ast.List, ast.ListComp, ast.Name, ast.Subscript)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Collected:
    """A local list with its probes, the statements that append to it, and the whole loop when it does nothing else."""

    own: OwnList
    probes: tuple[ast.Compare, ...]
    appends: tuple[ast.Expr, ...]
    whole_loop: ast.For | None


class UniqueList:
    """`if x not in seen: seen.append(x)` → a set is probed beside the list; a plain such loop → `dict.fromkeys`."""

    card = Card(
        id="unique-list",
        title="Probe a set beside a list of distinct elements",
        rank=17,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, 15 pairs, integers, half of them distinct; a set beside the list, 50 distinct: "
        "5.0x on CPython 3.9, 5.3x on 3.10, 6.7x [6.4, 7.0] on 3.11, 8.5x on 3.12, 7.8x on 3.13, 500 distinct: 42x, "
        "40x, 60x, 54x, 75x; the keys of a dict, 50 distinct: 9.0x, 8.7x, 8.4x [8.1, 8.7], 9.4x, 8.9x, 2000 distinct: "
        "116x, 120x, 211x, 242x, 151x",
        mechanism="The list is compared element by element for every element that comes; a set, or the keys of a "
        "dict, find it by its hash in constant time.",
        hazard="Checked: from its making to its last probe the list is local and only what was looked for is appended, "
        "to the set too, and the elements seen were hashable builtin values, for which hash and == agree; remains: a "
        "value of another type in a later run, unhashable ones would raise TypeError.",
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
        if key not in _keys_set:
            keys.append(key)
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
    found = list(dict.fromkeys(words))
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
    _known_set = set(known)
    todo = [start]
    while todo:
        for node in edges[todo.pop()]:
            if node in _known_set:
                continue
            known.append(node)
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
            for name in sorted(_appended_names(function.node)):
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
        if reason:
            return Veto(reason=reason)
        made = sum(fact.evaluations for fact in containers)
        scanned = sum(fact.total_len for fact in containers)
        share = function_share(profile, site.key, saved_s=(scanned * _COMPARE_NS - made * _PROBE_NS) * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain: {made} probes of {scanned / made:.0f} elements")
        evidence = f"facts:probes={made} mean_len={scanned / made:.0f} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Make the set beside the list, probe it, and add to both; or make the list of the keys of a dict."""
        del choice, project
        function, name = function_at(module, site.key), site.node_path.partition(":")[0]
        found = _collected(function.node, name, module) if function else None
        if found is None:
            raise NotSpliceable(f"{module.file}:{site.line}: {name} does not collect distinct elements here")
        return _patch(found, module)


RECIPE = UniqueList()


def _appended_names(function: FunctionNode) -> set[str]:
    calls = (node.func for node in own_nodes(function) if isinstance(node, ast.Call))
    owners = (func.value for func in calls if isinstance(func, ast.Attribute) and func.attr == "append")
    return {owner.id for owner in owners if isinstance(owner, ast.Name)}


def _collected(function: FunctionNode, name: str, module: Module) -> _Collected | None:
    """Return the list of this name if a set can be kept beside it from its making to its last probe in a loop."""

    def is_builtin(builtin: str) -> bool:
        return names(module).is_builtin(builtin, function.body[0])

    own = own_list(function, name, module)
    if own is None or not is_builtin("set"):
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
    loop = _whole_loop(own, function) if is_builtin("list") and is_builtin("dict") else None
    return _Collected(own=own, probes=compares, appends=appends, whole_loop=loop)


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


def _whole_loop(own: OwnList, function: FunctionNode) -> ast.For | None:
    """Return the loop right behind `name = []` when all it does is to collect what it goes through."""
    loop = own.block[own.start + 1] if own.start + 1 < len(own.block) else None
    is_empty = isinstance(own.value, ast.List) and not own.value.elts
    is_alone = own.made.path[0] is own.block[own.start]  # in `a, b = f(), []` the loop's `a` is bound only after it
    if not isinstance(loop, ast.For) or loop.orelse or not (is_empty and is_alone):
        return None
    target = loop.target.id if isinstance(loop.target, ast.Name) else ""
    wanted = f"if {target} not in {own.name}:\n    {own.name}.append({target})"
    if not target or [ast.dump(only) for only in loop.body] != [ast.dump(ast.parse(wanted).body[0])]:
        return None
    used = sum(isinstance(node, ast.Name) and node.id == target for node in walk(function))
    if used != 3 or _declares(function, target):  # in `for`, `if` and `append`
        return None
    reads_itself = any(isinstance(node, ast.Name) and node.id == own.name for node in walk(loop.iter))
    return loop if isinstance(loop.iter, _PLAIN_ITERABLES) and not reads_itself else None


def _declares(function: FunctionNode, name: str) -> bool:
    """Say whether the name is a parameter's, or another scope's."""
    declared = (node.names for node in walk(function) if isinstance(node, ast.Global | ast.Nonlocal))
    parameters = (node.arg for node in walk(function) if isinstance(node, ast.arg))
    return any(name in found for found in declared) or name in parameters


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
        _patch(found, module)
    except NotSpliceable:
        return False
    return True


def _patch(found: _Collected, module: Module) -> Patch:
    if found.whole_loop is not None:
        try:
            return _of_keys(found, found.whole_loop, module)
        except NotSpliceable:  # a comment in the loop, say: the set beside the list keeps it
            pass
    return _beside(found, module)


def _of_keys(found: _Collected, loop: ast.For, module: Module) -> Patch:
    rewrite = Rewrite(module)
    where = Span(start=line_start(module, loop.lineno), end=end_of_lines(module, loop))
    if "#" in module.text[where.start : where.end]:
        raise NotSpliceable(f"{module.file}:{loop.lineno}: a comment stands in the loop")
    rewrite.replace(found.own.value, f"list(dict.fromkeys({source(module, loop.iter)}))")
    rewrite.replace_statement_parts(loop, [(where, "")], [])
    return rewrite.patch()


def _beside(found: _Collected, module: Module) -> Patch:
    rewrite, own = Rewrite(module), found.own
    set_name = f"_{own.name.strip('_')}_set"
    if not names(module).is_free(set_name):
        raise NotSpliceable(f"{module.file}: {set_name} is taken")
    is_empty = isinstance(own.value, ast.List) and not own.value.elts
    rewrite.insert_after(own.block[own.start], f"{set_name} = set({'' if is_empty else own.name})")
    for compare in found.probes:
        rewrite.replace(compare.comparators[-1], set_name)
    for statement in found.appends:
        rewrite.insert_after(statement, f"{set_name}.add({source(module, _appended(statement))})")
    return rewrite.patch()
