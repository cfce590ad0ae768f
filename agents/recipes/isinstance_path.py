"""Ask for the builtin types that are nearly always given before the abstract class that takes them in."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agents.model import Patch
from agents.recipes import stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions, own_calls
from agents.recipes.gains import function_share
from agents.recipes.imports import add_import, reach
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, has_comment, is_as_written, source
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_EVALUATIONS = 1000
"""Questions in the workload below which nothing is gained."""
MAX_TYPES = 3
_HIT_NS, _STEP_NS, _TYPING_NS = 100.0, 50.0, 170.0
"""What a hit saves, what each type asked in vain costs, what `typing` costs besides (see the card's cost note)."""

_SEQUENCES = ("list", "tuple", "str", "bytes", "range", "bytearray")
_SETS = ("set", "frozenset")
_FAST: Mapping[str, tuple[str, ...]] = {
    "collections.abc.Mapping": ("dict",),
    "collections.abc.MutableMapping": ("dict",),
    "collections.abc.MutableSequence": ("list", "bytearray"),
    "collections.abc.MutableSet": ("set",),
    "collections.abc.Sequence": _SEQUENCES,
    "collections.abc.Set": _SETS,
    "numbers.Complex": ("int", "float", "complex"),
    "numbers.Integral": ("int",),
    "numbers.Number": ("int", "float", "complex"),
    "numbers.Rational": ("int",),
    "numbers.Real": ("int", "float"),
}
"""Builtin types, registered for good with these classes or one below: so are their subclasses, whatever they define."""
_ALIASES: Mapping[str, str] = {
    **{f"typing.{name}": name.lower() for name in ("Dict", "FrozenSet", "List", "Set", "Tuple")},
    **{
        f"typing.{name}": f"collections.abc.{name}"
        for name in (
            "Callable Collection Container Hashable Iterable Iterator Mapping MutableMapping MutableSequence"
            " MutableSet Reversible Sequence Sized"
        ).split()
    },
    "typing.AbstractSet": "collections.abc.Set",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """`isinstance(value, abstract)`.

    Attributes:
        node: the call; value: its first argument.
        place: the abstract class, alone or in a tuple.
        is_in_tuple: it stands in one.
        name: what it is by import.
    """

    node: ast.Call
    value: ast.expr
    place: ast.expr
    is_in_tuple: bool
    name: str

    @property
    def asked_for(self) -> str:
        """Return the class behind an alias of `typing`."""
        return _ALIASES.get(self.name, self.name)

    @property
    def is_alias(self) -> bool:
        """Say whether it is one of the aliases of `typing`."""
        return self.name in _ALIASES


class IsinstancePath:
    """`isinstance(x, Mapping)` → `isinstance(x, (dict, Mapping))`; `typing.Mapping` → the class it stands for."""

    card = Card(
        id="isinstance-path",
        title="Ask for builtin types before abstract classes",
        rank=23,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.5,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a dict "
        "among mappings 2.2x / 2.0x / 2.9x [2.8, 2.9] / 2.5x / 2.9x, but a str, which is none, 0.7x / 0.7x / 0.8x / "
        "0.7x / 0.7x; for an alias of typing a dict 4.2x / 4.7x / 7.2x [6.9, 7.8] / 4.2x / 6.6x, a str 2.4x / 2.7x / "
        "2.9x / 2.3x / 2.5x",
        mechanism="An abstract class answers isinstance in Python code with caches of weak references, an alias of "
        "typing with more of it; a builtin type in the same tuple is found by one comparison.",
        hazard="Checked: the classes are those of the standard library, with which the builtin types and all their "
        "subclasses are registered for good, so that the answer is the same for every value; remains: a property "
        "`__class__` of a stand-in is asked once more.",
    )
    examples = (
        Example(
            before="""\
from collections.abc import Mapping, Sequence


def depth(value):
    if isinstance(value, Mapping):  # a level
        return 1 + max(map(depth, value.values()), default=0)
    return 0
""",
            after="""\
from collections.abc import Mapping, Sequence


def depth(value):
    if isinstance(value, (dict, Mapping)):  # a level
        return 1 + max(map(depth, value.values()), default=0)
    return 0
""",
        ),
        Example(
            before="import numbers\n\n\ndef is_plain(value):\n    return isinstance(value, (str, numbers.Real))\n",
            after="import numbers\n\n\ndef is_plain(value):\n"
            "    return isinstance(value, (str, int, float, numbers.Real))\n",
            parameters=(("int", 1), ("float", 1)),
        ),
        Example(
            before="""\
from typing import Mapping


def is_table(value: Mapping) -> bool:
    return isinstance(value, Mapping)
""",
            after="""\
from collections.abc import Mapping as _Mapping
from typing import Mapping


def is_table(value: Mapping) -> bool:
    return issubclass(type(value), (dict, _Mapping))
""",
        ),
        Example(
            before="import typing\n\n\ndef is_list(value):\n    return isinstance(value, typing.List)\n",
            after="import typing\n\n\ndef is_list(value):\n    return issubclass(type(value), list)\n",
        ),
        Example(
            before="from collections.abc import Hashable\n\n\ndef run(value):\n"
            "    return isinstance(value, Hashable)\n",
            after=None,
            because="a subclass of str may be unhashable",
        ),
        Example(
            before="from app.types import Mapping\n\n\ndef run(value):\n    return isinstance(value, Mapping)\n",
            after=None,
            because="another class of this name",
        ),
        Example(
            before="from collections.abc import Mapping\n\n\ndef run(value, dict):\n"
            "    return isinstance(value, Mapping)\n",
            after=None,
            because="dict is another class here",
        ),
        Example(
            before="from collections.abc import Mapping\n\n\ndef run(value):\n"
            "    return isinstance(value, (dict, Mapping))\n",
            after=None,
            because="somebody has chosen",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every question for an abstract class that takes in builtin types, or for an alias."""
        for function in functions(module) if "isinstance" in module.text else ():
            for found in _all(function, module, project):
                fast = _FAST.get(found.asked_for, ())[:1]
                if can_be_made(partial(_patch, found, fast, function, module, project)):
                    asked = (expression_request(module, found.node), expression_request(module, found.value))
                    one = site_at(self.card.id, function, found.node, module, *asked)
                    yield replace(one, node_path=_place(found))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose the builtin types that were mostly given, where they save more than they cost the others."""
        value = facts.expressions.get(site.requests[1].id)
        evaluations = value.evaluations if value else 0
        if value is None or evaluations < MIN_EVALUATIONS:
            return Veto(reason=f"it was asked {evaluations} times, less than {MIN_EVALUATIONS}")
        name = site.node_path.partition(" ")[0]
        fast, saved_ns = _chosen(_FAST.get(_ALIASES.get(name, name), ()), value.types, evaluations)
        if name in _ALIASES:
            saved_ns += evaluations * _TYPING_NS
        share = function_share(profile, site.key, saved_s=saved_ns * 1e-9)
        if share <= 0:
            given = ", ".join(f"{kind} {count} times" for kind, count in list(value.types.items())[:3])
            return Veto(reason=f"nothing to gain for {site.key.qualname}, given {given}")
        evidence = f"facts:evaluations={evaluations} types={','.join(fast)} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence, parameters=tuple((kind, 1) for kind in fast))

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put the builtin types before the abstract class."""
        function = function_at(module, site.key)
        for found in _all(function, module, project) if function else ():
            if function and _place(found) == site.node_path:
                possible = _FAST.get(found.asked_for, ())
                fast = tuple(name for name, _ in choice.parameters if name in possible) or possible[:1]
                return _patch(found, fast, function, module, project)
        raise NotSpliceable(f"{module.file}:{site.line}: no abstract class is asked for here")


RECIPE = IsinstancePath()


def _chosen(possible: Sequence[str], given: Mapping[str, int], evaluations: int) -> tuple[tuple[str, ...], float]:
    """Return the types that save most when they are asked for first, most frequent first, and the nanoseconds saved."""
    ranked = sorted((kind for kind in possible if given.get(kind)), key=lambda kind: -given[kind])[:MAX_TYPES]
    best: tuple[tuple[str, ...], float] = ((), 0.0)
    for length in range(1, len(ranked) + 1):
        hits = [given[kind] for kind in ranked[:length]]
        in_vain = sum(index * count for index, count in enumerate(hits)) + length * (evaluations - sum(hits))
        saved_ns = sum(hits) * _HIT_NS - in_vain * _STEP_NS
        if saved_ns > best[1]:
            best = (tuple(ranked[:length]), saved_ns)
    return best


def _all(function: Function, module: Module, project: Project) -> Iterator[_Asked]:
    for node in own_calls(function.node, "isinstance"):
        if isinstance(node.func, ast.Name):
            found = _asked(node, module)
            if found is not None and _is_genuine(found, module, project):
                yield found


def _asked(node: ast.Call, module: Module) -> _Asked | None:
    if len(node.args) != 2 or node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        return None
    known, (value, asked) = names(module), node.args
    if not isinstance(asked, ast.Tuple):
        name = known.dotted(asked) or ""
        is_known = name in _FAST or name in _ALIASES
        return _Asked(node=node, value=value, place=asked, is_in_tuple=False, name=name) if is_known else None
    mentioned = {part.id for part in asked.elts if isinstance(part, ast.Name)}
    for part in asked.elts:
        name = known.dotted(part) or ""
        if name in _FAST and not mentioned.intersection(_FAST[name]):
            return _Asked(node=node, value=value, place=part, is_in_tuple=True, name=name)
    return None


def _is_genuine(found: _Asked, module: Module, project: Project) -> bool:
    """Say whether names are what they seem: nobody shadows a builtin or replaces the class."""
    known, index = names(module), stores.index(project)
    needed = ["isinstance", *_FAST.get(found.asked_for, ())]
    needed += ["issubclass", "type"] if found.is_alias else []
    needed += [] if "." in found.asked_for else [found.asked_for]
    if not all(known.is_builtin(name, found.node) for name in needed):
        return False
    last = found.name.rpartition(".")[2]
    return not index.stores(last) and not index.is_patched(last) and not index.is_open(module)


def _place(found: _Asked) -> str:
    return f"{found.name} {place_of(found.node)}"


def _patch(found: _Asked, fast: Sequence[str], function: Function, module: Module, project: Project) -> Patch:
    node, rewrite = found.node, Rewrite(module)
    if has_comment(module, node) or not is_as_written(module, node):
        raise NotSpliceable(f"{module.file}:{node.lineno}: a comment or an f-string is in the way")
    if not found.is_alias:
        where, written = span(module, found.place), source(module, found.place)
        several = ", ".join([*fast, written])
        return _with_types(rewrite, found, where, several if found.is_in_tuple else f"({several})")
    asked_for = found.asked_for
    if "." in asked_for:
        package, _, name = asked_for.rpartition(".")
        reached = reach(project, module, function.node, package=package, name=name)
        if reached is None:
            raise NotSpliceable(f"{module.file}:{node.lineno}: no free name for {asked_for}")
        asked_for = f"({', '.join([*fast, reached.expression])})" if fast else reached.expression
        if reached.line is not None:
            add_import(rewrite, module, reached.line)
    rewrite.replace(node, f"issubclass(type({source(module, found.value)}), {asked_for})")
    return rewrite.patch()


def _with_types(rewrite: Rewrite, found: _Asked, where: Span, several: str) -> Patch:
    asked = found.node.args[1]
    if isinstance(asked, ast.Tuple):
        new = ast.parse(f"({several},)", mode="eval").body
        assert isinstance(new, ast.Tuple)
        at = asked.elts.index(found.place)
        expected = ast.Tuple(elts=[*asked.elts[:at], *new.elts, *asked.elts[at + 1 :]], ctx=ast.Load())
        rewrite.replace_parts(asked, [(where, several)], expected)
    else:
        rewrite.replace(asked, several)
    return rewrite.patch()
