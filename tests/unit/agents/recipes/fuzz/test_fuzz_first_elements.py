"""Generated first elements: what is taken of a slice is what was taken of the whole list."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.first_elements import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BUILDS = (
    "y = list(x)",
    "y = {v: 1 for v in x}",
    "y = {}\nfor v in x:\n    y[v] = len(y)",
    "y = tuple(x)",
    "y = [v for v in x if v]",
    "y = more",
    "y = named",
    "y = sorted(x, key=repr)",
    "y = set(map(repr, x))",
    "y = str(len(x))",
)
UNSURE = (
    "y = x",
    "y = iter(x)",
    "y = (print(v) for v in x)",
    "y = list(x)\nif x:\n    y = iter(x)",
    "y = zip(x, x)",
    "y = map(print, x)",
)
TAKEN = (
    "list(y)[0]",
    "list(y)[:2]",
    "tuple(y)[0]",
    "tuple(y)[0:3]",
    "list(y)[:0]",
    "list(named.items())[0]",
    "tuple(named.values())[:1]",
    "[list(y)[0], list(y)]",
    "list(y)[:1] + list(y)[1:]",
)
ELSE = (
    "list(y)[-1]",
    "list(y)[:-1]",
    "list(y)[1]",
    "list(y)[::2]",
    "list(y)[:k]",
    "list(v for v in y)[0]",
    "list(x)[0]",
)
items = st.lists(st.sampled_from(["1", "'a'", "None", "(1, 2)", "2.5", "True"]), max_size=5)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    build = draw(st.sampled_from(BUILDS if draw(st.integers(0, 4)) else UNSURE))
    taken = draw(st.lists(st.sampled_from(TAKEN), min_size=1, max_size=2))
    taken += draw(st.lists(st.sampled_from(ELSE), max_size=1))
    lines = [build, *(f"out.append({one})" for one in draw(st.permutations(taken))), "return out"]
    body = textwrap.indent("\n".join(["out, k = [], 1", *lines]), "    ")
    given = draw(st.lists(st.tuples(items, st.booleans()), min_size=2, max_size=3))
    calls = (
        f"run({'iter' if lazily else ''}([{', '.join(values)}]), *[{', '.join(values[:1])}], a=2, **{{'b': 3}})"
        for values, lazily in given
    )
    return Program(f"def run(x, *more, **named):\n{body}\n", tuple(calls))


def test_a_slice_gives_what_the_list_gave() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_slice_gives_what_the_list_gave_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
