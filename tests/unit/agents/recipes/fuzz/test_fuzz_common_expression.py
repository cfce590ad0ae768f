"""Generated statements that make a call again: the value kept gives the same."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.common_expression import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BEFORE = """\
nan = float("nan")


class Loud:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        print("eq", self.n)
        return self.n == other

    def __repr__(self):
        return f"Loud({self.n})"


def half(a, b):
    if b == 0:
        raise ZeroDivisionError(a)
    return a // b


def told(a, b):
    print(a)
    return a


def pair(a, b):
    return [a, b]


def both(a, b):
    return (a, b, a == b)


"""
CALLS = ("s.strip()", "s.lower()", "s.find('a')", "s.index('b')", "s.startswith('a')", "half(m, n)", "both(m, 1)")
UNSURE = ("told(m, n)", "pair(m, n)", "k.strip()", "s.split()", "half(m, n=n)", "len(q)", "q.pop()", "half(q, k)")
FORMS = (
    "return [{0}, {0}]",
    "if {0} == k or {0} == 'a':\n    return 1\nreturn {0}",
    "r = {0}, {0}, s",
    "r = 1 if {0} else {0}\nprint(r)",
    "r = ({0} == 'b') + ({0} == k)",
    "for s in ('ab', ' b'):\n    if not {0} and {0} != k:\n        out.append(s)",
    "return {0} == k or len(str({0}))",
    "try:\n    return {0} and {0}\nexcept ValueError as e:\n    return e.args",
)
UNSURE_FORMS = (
    "return [k, {0}, {0}] if q.pop() else {0}",
    "return [{0} for m in q if {0}]",
    "return {0} is {0}",
    "r = [{0}, q.append(1), {0}]",
    "if q:\n    pass\nelif {0} or {0}:\n    return 2",
    "r = [f for f in (lambda: {0}, lambda: {0})]\nreturn [f() for f in r]",
    "while {0} and {0} and q.pop():\n    pass",
    "r = k and ({0}, {0})",
    "{0}; r = [{0}, {0}]",
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    call = draw(st.sampled_from(CALLS if draw(st.integers(0, 9)) else UNSURE))
    form = draw(st.sampled_from(FORMS if draw(st.integers(0, 9)) else UNSURE_FORMS)).format(call)
    lines = ["out, r = [], None", "s = f'{m}{n} '" if draw(st.integers(0, 9)) else "s = k", form, "return out, r, q"]
    body = textwrap.indent("\n".join(lines), "    ")
    numbers = st.sampled_from(["0", "1", "7", "-2", "True", "'a'", "None", "2.5", "nan", "-0.0"])
    others = st.sampled_from(["'a'", "'b '", "None", "Loud(3)", "0"])
    calls = draw(st.lists(st.tuples(numbers, numbers, others), min_size=1, max_size=3))
    return Program(
        f"{BEFORE}def run(m, n, k, q):\n{body}\n", tuple(f"run({', '.join(one)}, [1, 0, 2])" for one in calls)
    )


def test_a_kept_value_is_the_one_made_again() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_kept_value_is_the_one_made_again_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
