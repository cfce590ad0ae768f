"""Probe a set built beside a list instead of the list, where the list does not change between build and last probe."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.constants import ConstantProbes, constant_probes
from agents.recipes.functions import Function, FunctionNode, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.guarded_probes import (
    GUARD_NS,
    NEEDED_BUILTINS,
    all_are_of,
    guard,
    parameters,
    type_reason,
    types_of,
)
from agents.recipes.own_list import places_in
from agents.recipes.probes import hashing_reason, is_probe_now, length_reason, probed_element
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite
from agents.recipes.uses import Use, UseKind, block_of, is_repeated, probed_names, reads_its_frame, uses
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_LENGTH = 8
PROBES_PER_ELEMENT = 0.25
"""Least length and least probes a build for each element (docs/recipes.md)."""
_COMPARE_NS = 4.5
_BUILD_NS, _BUILD_ELEMENT_NS = 300.0, 22.0
"""A list probe costs 4.3 to 6 ns for each element of the list (half of them hits); a set of n and the test of its
elements' types cost 300 + 22 n ns."""

_READING = frozenset({UseKind.LENGTH, UseKind.TRUTH, UseKind.ITERATE, UseKind.PROBE, UseKind.INDEX})
_READING_METHODS = frozenset({"copy", "count", "index"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _LocalProbes:
    """A local list: what makes it, the statement after which it is complete, and its probes in loops."""

    name: str
    value: ast.expr
    complete: ast.stmt
    probes: tuple[ast.Compare, ...]


class SetMembership:
    """`x in some_list` in a loop → `x in some_set`."""

    card = Card(
        id="set-membership",
        title="Probe a set instead of scanning a list",
        rank=3,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, 15 pairs, list scanned against set built and probed behind its guard, half of the "
        "probes hits: 8 integers and 2000 probes 1.2x on CPython 3.9, 1.7x on 3.10, 1.7x [1.7, 1.8] on 3.11, 2.6x on "
        "3.12, 2.5x on 3.13; 16 integers 1.9x, 2.6x, 3.9x, 5.0x, 4.7x; 100 integers and 25 probes 2.2x, 2.9x, 3.4x, "
        "3.8x, 3.7x; 1000 and 250 25x, 34x, 36x [35, 39], 45x, 42x",
        mechanism="A list is compared element by element; a set finds the element by its hash in constant time.",
        hazard="Checked: the list is not changed or shared between the end of its build and its last probe, and the "
        "set is asked only while all elements and what is looked for are exactly of builtin types, for which hash and "
        "== agree; values of other types go the old way; remains: a run with other types than seen gains nothing.",
    )
    examples = (
        Example(
            before="""\
def known(lines, names):
    allowed = [name.strip() for name in names]  # as written
    return [line for line in lines if line in allowed]
""",
            after="""\
def known(lines, names):
    allowed = [name.strip() for name in names]  # as written
    _allowed_set = set(allowed) if set(map(type, allowed)) <= {str} else allowed
    return [line for line in lines if (line in _allowed_set if type(line) is str else line in allowed)]
""",
        ),
        Example(
            before="""\
def missing(rows, wanted):
    seen = []
    for row in rows:
        seen.append(row.key)
    for key in wanted:
        if key not in seen:
            yield key
    print(seen)
""",
            after="""\
def missing(rows, wanted):
    seen = []
    for row in rows:
        seen.append(row.key)
    _seen_set = set(seen) if set(map(type, seen)) <= {str} else seen
    for key in wanted:
        if key not in _seen_set if type(key) is str else key not in seen:
            yield key
    print(seen)
""",
        ),
        Example(
            before="""\
WORDS = ("and", "as", "assert", "async", "await", "break", "class", "continue")


def is_word(text):
    return text in WORDS
""",
            after="""\
WORDS = ("and", "as", "assert", "async", "await", "break", "class", "continue")
_WORDS_SET = frozenset(WORDS)


def is_word(text):
    return text in _WORDS_SET if type(text) is str else text in WORDS
""",
        ),
        Example(
            before="""\
def unique(items):
    seen = []
    for item in items:
        if item not in seen:
            seen.append(item)
    return seen
""",
            after=None,
            because="the list grows between two probes",
        ),
        Example(
            before="""\
def known(lines, allowed):
    return [line for line in lines if line in allowed]
""",
            after=None,
            because="a parameter may be a string, where `in` looks for a substring",
        ),
        Example(
            before="""\
def known(lines, names, register):
    allowed = list(names)
    register(allowed)
    return [line for line in lines if line in allowed]
""",
            after=None,
            because="another holder of the list may change it while the lines are iterated",
        ),
        Example(
            before="""\
def known(lines, names):
    for line in lines:
        allowed = list(names)
        if line in allowed:
            yield line
""",
            after=None,
            because="the set would be built for every probe",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every local list probed in a loop, and every constant sequence probed in a function."""
        for function in functions(module):
            for name in sorted(probed_names(function.node)):
                local = _local_probes(function.node, name, module)
                constant = None if local else constant_probes(function.node, name, module, project)
                found = local or constant
                if found is not None and _is_spliceable(found, module):
                    yield _site(function, name, found, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the list is long and probed often enough, with hashable builtin values throughout."""
        is_local = site.node_path.startswith("local:")
        requested = [facts.expressions.get(request.id) for request in site.requests]
        made, pairs = (requested[0], requested[1:]) if is_local else (None, requested)
        containers = [fact for fact in pairs[0::2] if fact is not None]
        elements = [fact for fact in pairs[1::2] if fact is not None]
        reason = length_reason(containers, MIN_LENGTH) or hashing_reason([*containers, *elements], elements)
        reason = reason or type_reason(elements)
        if reason:
            return Veto(reason=reason)
        probes = sum(fact.evaluations for fact in containers)
        scanned = sum(fact.total_len for fact in containers)
        builds = max(1, made.evaluations if made else 1)
        length = scanned / probes
        if probes / builds < length * PROBES_PER_ELEMENT:
            return Veto(reason=f"{probes / builds:.1f} probes a build do not pay for a set of {length:.0f}")
        built_ns = builds * (_BUILD_NS + _BUILD_ELEMENT_NS * length) if is_local else 0.0
        saved_ns = scanned * _COMPARE_NS - probes * GUARD_NS - built_ns
        share = function_share(profile, site.key, saved_s=saved_ns * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain: {probes} probes of {length:.0f} elements, {builds} builds")
        evidence = f"facts:probes={probes} builds={builds} mean_len={length:.0f} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence, parameters=parameters(elements))

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Build the set where the list is complete and probe it."""
        kind, _, name = site.node_path.partition(":")
        function = function_at(module, site.key)
        found: _LocalProbes | ConstantProbes | None = None
        if function is not None and kind == "local":
            found = _local_probes(function.node, name, module)
        elif function is not None:
            found = constant_probes(function.node, name, module, project)
        if found is None:
            raise NotSpliceable(f"{module.file}:{site.line}: {name} is not probed in this way here")
        return _patch(found, types_of(choice), module)


RECIPE = SetMembership()


def _local_probes(function: FunctionNode, name: str, module: Module) -> _LocalProbes | None:
    """Return the probes of a local list that does not change while it is probed."""

    def is_builtin(builtin: str) -> bool:
        return names(module).is_builtin(builtin, function.body[0])

    found = uses(function, name, is_builtin)
    made = [use for use in found if use.kind is UseKind.BIND_LIST]
    if len(made) != 1 or not all(map(is_builtin, NEEDED_BUILTINS)) or reads_its_frame(function, module):
        return None
    block = block_of(made[0], function)
    places = places_in(block, found)
    if places is None or any(use.is_in_inner_scope or (use.binds and use is not made[0]) for use in found):
        return None
    return _checked(found, made[0], block, places, is_builtin)


def _checked(
    found: Sequence[Use],
    made: Use,
    block: Sequence[ast.stmt],
    places: Mapping[ast.AST, int],
    is_builtin: Callable[[str], bool],
) -> _LocalProbes | None:
    probes = [use for use in found if use.kind is UseKind.PROBE and is_repeated(use, block[places[use.node]])]
    last = max((places[use.node] for use in probes), default=-1)
    earlier = [use for use in found if places[use.node] <= last]
    if not probes or made.value is None or any(use.kind is UseKind.OTHER for use in earlier):
        return None
    complete = max(places[use.node] for use in earlier if not _is_read(use))
    later = [use for use in probes if places[use.node] > complete]
    if not later or not all(is_probe_now(use, is_builtin) for use in later):
        return None
    compares = tuple(use.path[0] for use in later if isinstance(use.path[0], ast.Compare))
    name = made.node.id if isinstance(made.node, ast.Name) else ""
    return _LocalProbes(name=name, value=made.value, complete=block[complete], probes=compares)


def _is_read(use: Use) -> bool:
    return use.kind in _READING or (use.kind is UseKind.METHOD and use.method in _READING_METHODS)


def _site(function: Function, name: str, found: _LocalProbes | ConstantProbes, module: Module) -> Site:
    is_local = isinstance(found, _LocalProbes)
    asked = [found.value] if isinstance(found, _LocalProbes) else []
    for compare in found.probes:
        asked += [compare.comparators[-1], probed_element(compare)]
    return Site(
        recipe=SetMembership.card.id,
        key=function.key,
        module=module.file,
        line=found.probes[0].lineno,
        requests=tuple(expression_request(module, node) for node in asked),
        node_path=f"{'local' if is_local else 'constant'}:{name}",
    )


def _is_spliceable(found: _LocalProbes | ConstantProbes, module: Module) -> bool:
    try:
        _patch(found, ("str",), module)
    except NotSpliceable:
        return False
    return True


def _patch(found: _LocalProbes | ConstantProbes, types: Sequence[str], module: Module) -> Patch:
    rewrite = Rewrite(module)
    if isinstance(found, _LocalProbes):
        set_name = f"_{found.name.strip('_')}_set"
        if not names(module).is_free(set_name):
            raise NotSpliceable(f"{module.file}: {set_name} is taken")
        chosen = f"set({found.name}) if {all_are_of(found.name, types)} else {found.name}"
        rewrite.insert_after(found.complete, f"{set_name} = {chosen}")
    else:
        set_name = found.set_name
        if not found.is_built:
            rewrite.insert_after(found.definition, f"{set_name} = frozenset({found.name})")
    for compare in found.probes:
        guard(rewrite, module, compare, set_name, types)
    return rewrite.patch()
