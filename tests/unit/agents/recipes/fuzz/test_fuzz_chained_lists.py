"""Generated sums of lists: a chain gives the same list, and the same errors on the way."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.chained_lists import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

HEAD = """\
class Odd(list):
    def __radd__(self, other):
        return "odd"


def pair(v):
    if v:
        return [v, v]
    return []


def perhaps(v):
    if v:
        return [v]


def down(n):
    if n < 1:
        return [n]
    return [n] + sum((down(m) for m in range(n)), [])


"""
SUMS = (
    "sum([[v] for v in x], [])",
    "sum(([v, 1] for v in x), [])",
    "sum((pair(v) for v in x), start=[])",
    "sum([str(v).split() for v in x] if x else [], [])",
    "sum([list(str(len(x))) for v in x], [])",
    "sum(((v,) for v in x), ())",
    "sum((say(v) and [v] or [] for v in x), [])",
    "sum([y for y in ([1 / v] for v in x)], [])",
    "down(len(x))",
    "sum(parts, [])",
)
UNSURE = (
    "sum(x, [])",
    "sum((v for v in x), [])",
    "sum((perhaps(v) for v in x), [])",
    "sum([(v,) for v in x], [])",
    "sum([[v] for v in x], out)",
    "sum([[v] for v in x])",
    "sum([Odd([v]) for v in x], [])",
    "sum([[v] for v in x], [0])",
    "sum(mixed, [])",
)
items = st.lists(st.sampled_from(["1", "'a'", "0", "[2]", "Odd([1])", "(3,)", "None"]), max_size=4)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    sums = draw(st.lists(st.sampled_from(SUMS), min_size=1, max_size=3))
    if draw(st.integers(0, 2)) == 0:
        sums.append(draw(st.sampled_from(UNSURE)))
    lines = [f"out.append({one})" for one in draw(st.permutations(sums))]
    build = ["parts, mixed = [], []", "for v in x:", "    parts.append([v])", "    mixed.append(v)"]
    body = textwrap.indent("\n".join(["out = []", *build, *lines, "return out"]), "    ")
    given = draw(st.lists(items, min_size=2, max_size=3))
    say = "def say(v):\n    print(v)\n    return v\n\n\n"
    return Program(f"{HEAD}{say}def run(x):\n{body}\n", tuple(f"run([{', '.join(one)}])" for one in given))


def test_a_chain_gives_what_the_sum_gave() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_chain_gives_what_the_sum_gave_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
