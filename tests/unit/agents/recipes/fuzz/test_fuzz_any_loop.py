"""Generated questions to any and all: a loop gives the same answers and does the same meanwhile."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.any_loop import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BEFORE = """\
nan = float("nan")


class Loud:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        print("eq", self.n)
        return self.n == other

    def __bool__(self):
        if self.n == 2:
            raise ValueError("two")
        return bool(self.n)

    def __repr__(self):
        return f"Loud({self.n})"


def drawn(q):
    try:
        yield from q
    finally:
        print("left")


def stop(x):
    raise StopIteration(x)


def small(x):
    if x is None:
        raise KeyError("none")
    return x == 1


"""
ELEMENTS = (
    "x",
    "x == 1",
    "not x",
    "small(x)",
    "x is None or x == 2",
    "x and x == k",
    "x if k else not x",
    "x in (1, k)",
    "len(x) > 1",
    "isinstance(x, int)",
    "str(x).isdigit()",
    "any(y == x for y in (1, 2))",
    "[print(x), x][1]",
)
UNSURE = ("stop(x)", "next(x)", "(k := x)", "f(x)", "(lambda: x)()")
OVER = ("q", "q[:]", "list(q)", "reversed(q)", "d.items()")
UNSURE_OVER = ("drawn(q)", "(v for v in q)", "{v: 1 for v in q if v == 1}")
BLOCKS = ("return 'yes', k", "print('in', k)\nreturn q", "raise ValueError(k)", "if k:\n    return 1\nreturn 2")
UNSURE_BLOCKS = ("print('in')", "k = 7", "print(x)\nreturn 1")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    element = draw(st.sampled_from(ELEMENTS if draw(st.integers(0, 7)) else UNSURE))
    target = "x" if draw(st.integers(0, 5)) else "x, z"
    made = f"{element} for {target} in {draw(st.sampled_from(OVER if draw(st.integers(0, 5)) else UNSURE_OVER))}"
    made += draw(st.sampled_from(["", "", " if x", " if x is not None if k or x", " if x != 2"]))
    test = draw(st.sampled_from(["any(%s)", "all(%s)", "not any(%s)", "not all(%s)"])) % made
    block = textwrap.indent(draw(st.sampled_from(BLOCKS if draw(st.integers(0, 5)) else UNSURE_BLOCKS)), "    ")
    forms = (
        f"return {test}",
        f"if {test}:\n{block}\nreturn k",
        f"for n in (1, 2):\n    if {test}:\n        continue\n    print(n)\nreturn k",
        f"try:\n    if {test}:\n{textwrap.indent(block, '    ')}\nexcept StopIteration as e:\n    print(e)\nreturn k",
        f"return {test}",
    )
    body = draw(st.sampled_from(["", "", "y = 1\n", "print([x for x in q])\n"])) + draw(st.sampled_from(forms))
    values = st.sampled_from("0 1 2 None nan '' '12' Loud(0) Loud(1) Loud(2) [1] (1,2)".split())
    given = draw(st.lists(st.lists(values, max_size=5), min_size=1, max_size=3))
    calls = tuple(f"run([{', '.join(one)}], {draw(st.integers(0, 1))}, {{1: 2}}, id)" for one in given)
    return Program(f"{BEFORE}def run(q, k, d, f):\n{textwrap.indent(body, '    ')}\n", calls)


def test_a_loop_answers_what_any_and_all_answered() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_loop_answers_what_any_and_all_answered_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
