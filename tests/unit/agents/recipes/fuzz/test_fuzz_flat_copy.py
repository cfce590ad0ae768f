"""Generated containers: a shallow copy of plain values is what a deep copy of them was."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.flat_copy import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

FLAT = (
    "x = [1, -2, {value}]\ny = {copy}(x)\nx.append(0)\nreturn y, len(x)",
    "x = [len(given), 1]\nx.append(2)\ny = {copy}(x)\ny.append(given)\nreturn y",
    "x = f'{{given!r}} '.split()\nreturn {copy}(x), {copy}(x)",
    "y = {copy}(TABLE)\ny['k'] = given\nreturn y, {copy}(TABLE)",
    "return [{copy}(TABLE) for _ in range(2)], {copy}(ROW)",
    "x = [n for n in range(3)]\ny = {copy}(x)\nx[0] = 9\nreturn len(x), y",
    "return {copy}([{value}, len(given)]), {copy}([])",
    "x = []\nfor n in range(2):\n    x.append(n)\n    given.append({copy}(x))\nreturn x",
)
REFUSED = (
    "return {copy}(given)",
    "x = [given, 1]\nreturn x, {copy}(x)",
    "x = [1]\nx.append(given)\nreturn x, {copy}(x)",
    "x = [[1], 2]\ny = {copy}(x)\ny[0].append(3)\nreturn x, y",
    "return {copy}(NESTED), NESTED['a'].append(len(NESTED['a']))",
    "OPEN['new'] = given\nreturn {copy}(OPEN), OPEN",
    "x = [1, 2]\nreturn {copy}(x, {{id(x): given}})",
    "x = tuple(given)\nreturn {copy}(x)",
    "x = [1]\nother = x\nother.append(given)\nreturn {copy}(x), x",
    "x = [1]\nfill(x, given)\nreturn {copy}(x), x",
)
HEAD = """\
TABLE = {{"a": 1, 2: "b", None: -1.5, "z": {value}}}
ROW = ["x", {value}, True]
NESTED = {{"a": [1]}}
OPEN = {{"a": 1}}


def fill(x, y):
    x.append(y)


def run(given):
"""
VALUES = ("0", "-0.0", "''", "b'x'", "None", "1e999", "'ab'")
CALLS = ("run([1, [2]])", "run([])", "run(['a', {}])")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    imported, copy = draw(
        st.sampled_from((("import copy", "copy.deepcopy"), ("from copy import deepcopy as dc", "dc")))
    )
    body = draw(st.sampled_from(REFUSED if draw(st.integers(0, 4)) == 4 else FLAT))
    value = draw(st.sampled_from(VALUES))
    text = textwrap.indent(body.format(copy=copy, value=value), "    ")
    source = f"{imported}\n\n{HEAD.format(value=value)}{text}\n"
    return Program(source, tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=3))))


def test_a_shallow_copy_of_plain_values_is_what_the_deep_one_was() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_shallow_copy_of_plain_values_is_what_the_deep_one_was_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
