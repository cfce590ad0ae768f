"""Generated sorts: a search finds the elements that a sort put first, the same ones among equals."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.least_elements import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BUILDS = (
    "y = [len(v) for v in map(str, x)]",
    "y = []\nfor v in x:\n    y.append(f'{v!r}.')",
    "y = ' '.join(map(str, x)).split()",
    "y = {f'{v}!': v for v in x}",
    "y = [f'{v}a' for v in x]",
    "y = list(range(len(list(x))))",
)
UNSURE = (
    "y = x",
    "y = list(x)",
    "y = [v for v in x]",
    "y = [float('nan'), 1.0, 2]",
    "y = [{1}, {2}, {1, 2}]",
    "y = [len(str(v)) for v in x]\ny.append(float('nan'))",
    "y = [1, True, 1.0]",
)
TAKEN = (
    "sorted(y)[0]",
    "sorted(y)[:2]",
    "sorted(y)[-1]",
    "sorted(y, reverse=True)[0]",
    "sorted(y, reverse=True)[0:3]",
    "sorted(str(v) + '.' for v in range(3))[0]",
    "sorted([f'{v}x' for v in y], key=len)[0]",
    "sorted([f'{v}x' for v in y], key=len)[:3]",
    "sorted([f'{v}X' for v in y], key=str.lower, reverse=True)[:2]",
)
ELSE = (
    "sorted(y, key=len)[0]",
    "sorted(y, key=len)[-1]",
    "sorted(y, key=lambda v: print(v) or 1)[0]",
    "sorted(y)[1]",
    "sorted(y)[:-1]",
    "sorted(y, reverse=False)[0]",
    "sorted((v for v in x), key=len)[0]",
    "sorted(y, key=str)[:2]",
    "sorted(x)[0]",
    "sorted(more, key=len)[0]",
)
items = st.lists(
    st.sampled_from(["1", "'a'", "'bb'", "None", "2.5", "True", "'B'", "float('nan')", "[1]", "'ab'"]), max_size=6
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    build = draw(st.sampled_from(BUILDS if draw(st.integers(0, 4)) else UNSURE))
    taken = draw(st.lists(st.sampled_from(TAKEN), min_size=1, max_size=2))
    taken += draw(st.lists(st.sampled_from(ELSE), max_size=1))
    lines = [build, *(f"out.append({one})" for one in draw(st.permutations(taken))), "return out"]
    body = textwrap.indent("\n".join(["out = []", *lines]), "    ")
    given = draw(st.lists(items, min_size=2, max_size=3))
    calls = (f"run([{', '.join(values)}], *[{', '.join(values[:3])}])" for values in given)
    return Program(f"def run(x, *more):\n{body}\n", tuple(calls))


def test_a_search_finds_what_the_sort_put_first() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_search_finds_what_the_sort_put_first_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
