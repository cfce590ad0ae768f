"""Make a container of constants once, when the module is imported, instead of in every call."""

import ast
from collections.abc import Iterator
from functools import partial

from agents.model import Patch
from agents.recipes import stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.constant_displays import ConstantDisplay, constant_displays
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.gains import function_share
from agents.recipes.imports import add_below_imports
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, indentation, is_as_written, source
from agents.recipes.tables import parents
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_EVALUATIONS = 1000
"""Fewer save nothing that can be measured."""
_MAKING_NS = {"Dict": (0.0, 17.0), "List": (20.0, 0.5), "Set": (10.0, 4.0)}
"""What making a display costs more than reading a global: for each, and for each element (see the cost note)."""


class HoistConstant:
    """`table = {"a": 1, …}` in a function → `table = _TABLE`, made once at the top of the module."""

    card = Card(
        id="hoist-constant",
        title="Make a table of constants once",
        rank=12,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.7,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, "
        "made and asked once: a dict of 3 2.0x / 2.0x / 2.8x [2.6, 2.9] / 2.7x / 2.6x, of 30 11x / 15x / "
        "25x [25, 26] / 27x / 24x; a list of 3 1.5x / 1.2x / 1.6x [1.5, 1.7] / 1.6x / 1.7x; a set of 8 "
        "2.0x / 2.1x / 2.7x [2.5, 2.9] / 2.7x / 2.8x",
        mechanism="A display of constants makes a new container each time it is evaluated; a global that was made once "
        "is only looked up.",
        hazard="Checked: everything in it is an immutable constant, and its name is only looked into: never changed, "
        "returned, passed on or given another name.",
    )
    examples = (
        Example(
            before="""\
import os


def unit(letter):
    sizes = {"k": 1, "m": 2, "g": 3}  # powers of 1024
    return 1024 ** sizes.get(letter, 0)
""",
            after="""\
import os

_SIZES = {"k": 1, "m": 2, "g": 3}


def unit(letter):
    sizes = _SIZES  # powers of 1024
    return 1024 ** sizes.get(letter, 0)
""",
        ),
        Example(
            before="""\
class Day:
    def name(self):
        return [
            "mon",
            "tue",  # market
            "wed",
        ][self.number]
""",
            after="""\
_NAME_TABLE = [
    "mon",
    "tue",  # market
    "wed",
]


class Day:
    def name(self):
        return _NAME_TABLE[self.number]
""",
        ),
        Example(
            before="def sizes():\n    found = {'k': 1, 'm': 2, 'g': 3}\n    return found\n",
            after=None,
            because="every caller gets a dict of its own",
        ),
        Example(
            before="def count(text):\n    seen = {'k': 0, 'm': 0, 'g': 0}\n    for letter in text:\n"
            "        seen[letter] += 1\n    return sorted(seen)\n",
            after=None,
            because="the table is changed",
        ),
        Example(
            before="def unit(letter, base):\n    sizes = {'k': base, 'm': base ** 2, 'g': base ** 3}\n"
            "    return sizes[letter]\n",
            after=None,
            because="its values depend on the call",
        ),
        Example(
            before="def unit(letter):\n    sizes = {'k': [1], 'm': [2], 'g': [3]}\n    return sizes[letter]\n",
            after=None,
            because="the lists in it would be shared by all callers",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every display that may be made once."""
        if stores.index(project).is_open(module):
            return
        for function in functions(module):
            for found in constant_displays(function.node, module):
                if can_be_made(partial(_patch, found, function, module)):
                    request = expression_request(module, found.node)
                    yield site_at(self.card.id, function, found.node, module, request)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when it is made often."""
        seen = facts.expressions.get(site.requests[0].id)
        evaluations = seen.evaluations if seen else 0
        if seen is None or evaluations < MIN_EVALUATIONS:
            return Veto(reason=f"it was made {evaluations} times, fewer than {MIN_EVALUATIONS}")
        kind = next(iter(seen.types), "").capitalize()
        each_ns, element_ns = _MAKING_NS.get(kind, (0.0, 0.0))
        share = function_share(profile, site.key, saved_s=(evaluations * each_ns + seen.total_len * element_ns) * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        return Choice(expected_share=share, evidence=f"facts:made={evaluations} elements={seen.max_len}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Move the display to the top of the module and name it where it stood."""
        del choice, project
        function = function_at(module, site.key)
        for found in constant_displays(function.node, module) if function else ():
            if function and place_of(found.node) == site.node_path:
                return _patch(found, function, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no display of constants stands here")


RECIPE = HoistConstant()


def _patch(found: ConstantDisplay, function: Function, module: Module) -> Patch:
    statement, written = _statement(found, module), source(module, found.node)
    stem = found.name.strip("_") or f"{function.node.name.strip('_')}_table"
    candidates = (f"_{stem.upper()}{ending}" for ending in ("", "_2", "_3", "_4"))
    name = next((free for free in candidates if names(module).is_free(free)), None)
    if name is None or not is_as_written(module, found.node):
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: the display can't be moved, or its names are taken")
    indent = indentation(module, statement)
    first, *rest = written.replace("\r\n", "\n").split("\n")
    text = "\n".join([first, *(line.removeprefix(indent) for line in rest)])
    if ast.dump(ast.parse(text, mode="eval").body) != ast.dump(found.node):
        raise NotSpliceable(f"{module.file}:{found.node.lineno}: a text in it would lose its indentation")
    rewrite = Rewrite(module)
    rewrite.replace(found.node, name)
    add_below_imports(rewrite, module, f"{name} = {text}")
    return rewrite.patch()


def _statement(found: ConstantDisplay, module: Module) -> ast.stmt:
    node: ast.AST = found.node
    while not isinstance(node, ast.stmt):
        node = parents(module)[node]
    return node
