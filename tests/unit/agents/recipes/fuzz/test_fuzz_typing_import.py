"""Generated modules: without the import at run time they do what they did, as long as nobody asks for annotations."""

import pytest
from hypothesis import strategies as st

from agents.recipes.typing_import import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

IMPORTS = {
    "from decimal import Decimal": "Decimal",
    "import fractions": "fractions.Fraction",
    "from collections import OrderedDict as Table": "Table",
    "import xml.dom.minidom": "xml.dom.minidom.Node",
    "from ipaddress import (\n    IPv4Address,\n    IPv6Address,\n)": "IPv4Address | IPv6Address",
}
TYPING = ("import typing", "from typing import Any", "from typing import TYPE_CHECKING, Any", "import os")
QUIET = (
    "def take(given: {0}) -> list[{0}]:\n    return [given]",
    "class Holder:\n    held: {0}\n\n    def take(self, *given: {0}) -> None:\n        self.held: {0} = given\n",
    "class Error(ValueError):\n    cause: {0}",
    "def local(given):\n    found: {0} = given\n    return found",
    "level: {0}",
    "class Base:\n    pass\n\n\nclass Own(Base):\n    @property\n    def it(self) -> {0}:\n        return 1",
)
ASKING = (
    "def make():\n    return {0}",
    "KEPT = [{0}]",
    "from dataclasses import dataclass\n\n\n@dataclass\nclass Row:\n    held: {0}",
    "def inform(given: {0}):\n    return given\n\n\ninform.__annotations__",
    "from typing import get_type_hints\n\n\ndef hints(given: {0}):\n    return get_type_hints(hints)",
    "from typing import NamedTuple\n\n\nclass Pair(NamedTuple):\n    held: {0}",
    "def deco(function):\n    return function\n\n\n@deco\ndef odd(given: {0}):\n    return given",
    "def chosen(given: {0} = None, kind={0}):\n    return kind",
    "import functools\n\n@functools.singledispatch\ndef one(x):\n    return 0\n\n@one.register\ndef two(x: {0}): pass",
    "class Sub({0}):\n    pass",
    "def named(given: {0}):\n    return eval('{0}')",
)
CALLS = (
    "take(1)",
    "Holder().take(2)",
    "local(3)",
    "Own().it",
    "Error('x')",
    "make()",
    "hints(1)",
    "named(1)",
    "two(1)",
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    statements = draw(st.lists(st.sampled_from(sorted(IMPORTS)), min_size=1, max_size=2, unique=True))
    names = [IMPORTS[statement] for statement in statements]
    parts = [draw(st.sampled_from(QUIET)).format(name) for name in names]
    parts += [one.format(draw(st.sampled_from(names))) for one in draw(st.lists(st.sampled_from(QUIET), max_size=1))]
    if draw(st.integers(0, 4)) == 0:
        parts.append(draw(st.sampled_from(ASKING)).format(draw(st.sampled_from(names))))
    future = ["from __future__ import annotations\n"] if draw(st.integers(0, 9)) else []
    imports = draw(st.permutations([*statements, draw(st.sampled_from(TYPING))]))
    block = ["if TYPE_CHECKING:\n    import json"] if any("TYPE_CHECKING" in one for one in imports) else []
    source = "\n\n\n".join(["\n".join([*future, *imports, *block]), *draw(st.permutations(parts))]) + "\n"
    return Program(source, tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=3))))


def test_modules_do_without_what_only_annotations_name() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_thousands_of_modules_do_without_what_only_annotations_name() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
