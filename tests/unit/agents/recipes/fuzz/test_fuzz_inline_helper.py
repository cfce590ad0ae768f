"""Generated small functions and their callers: the expression in the call's place gives the same."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.inline_helper import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BEFORE = """\
LIMIT = 3
TABLE = {1: "one", "a": [1]}
nan = float("nan")


class Loud:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        print("eq", self.n)
        return self.n == other

    def __lt__(self, other):
        print("lt", self.n)
        return NotImplemented

    def __add__(self, other):
        print("add", self.n)
        return Loud(self.n + 1)

    def __repr__(self):
        return f"Loud({self.n})"


"""
EXPRESSIONS = (
    "a",
    "a + b",
    "a - 1",
    "-a",
    "not a",
    "a < LIMIT",
    "a == b or a is None",
    "a if b else LIMIT",
    "b and a",
    "a * LIMIT + b",
    "a, b",
    "TABLE.get(a, b)",
    "TABLE[a]",
    "isinstance(a, int)",
    "a.real",
    "str(a).strip()",
    "a in (1, b)",
    "'text'",
    "a[0]",
    "max(a, b)",
)
UNSURE = ("print(a)", "helper(b, a)", "locals()", "[a for a in b]", "(lambda: a)()", "LIMIT[a]", "f'{a}'", "b(a)", "c")
LOOPS = (
    "for x in q:\n    out.append({0})",
    "for x in q:\n    if {0}:\n        out.append(x)",
    "out = [{0} for x in q]",
    "out = [x for x in q if {0}]",
    "out = {{0: {0} for x in q}}",
    "out = list(2 * {0} for x in q)",
    "n = 0\nwhile n < len(q):\n    x = q[n]\n    n += 1\n    k = {0}\n    out.append(k)",
    "for x in q:\n    out += [{0}, -{0}]",
    "for x in q:\n    out.append(({0}) + 1)\nelse:\n    x = 2\n    out.append({0})",
    "for x in q:\n    out.append(not {0} == k)",
)
UNSURE_LOOPS = (
    "x = k\nout = {0}",
    "for x in {0}:\n    out.append(x)",
    "for x in q:\n    out.append(lambda: {0})\nout = [f() for f in out]",
    "LIMIT = 1\nfor x in q:\n    out.append({0})",
    'for x in q:\n    out.append(f"""{{{0}}}""")',
    "out = [helper(y, y) for y in q]\nhelper = print",
)
ARGUMENTS = ("x", "k", "1", "'a'", "None", "x", "2.5", "-1")
UNSURE_ARGUMENTS = ("x + 1", "LIMIT", "q.pop()", "*[x]", "out", "unbound")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    expression = draw(st.sampled_from(EXPRESSIONS if draw(st.integers(0, 9)) else UNSURE))
    helper = f"def helper(a, b):\n    return {expression}\n\n\n"
    given = [draw(st.sampled_from(ARGUMENTS if draw(st.integers(0, 15)) else UNSURE_ARGUMENTS)) for _ in "ab"]
    loop = draw(st.sampled_from(LOOPS if draw(st.integers(0, 9)) else UNSURE_LOOPS))
    body = "\n".join(["out = []", loop.format(f"helper({', '.join(given)})"), "return out"])
    run = f"def run(q, k):\n{textwrap.indent(body, '    ')}\n    unbound = 1\n"
    values = st.sampled_from(
        ["0", "1", "3", "None", "nan", "'a'", "Loud(0)", "Loud(1)", "[1]", "(1, 2)", "-0.0", "'12'"]
    )
    lists = draw(st.lists(st.lists(values, max_size=4), min_size=1, max_size=3))
    return Program(BEFORE + helper + run, tuple(f"run([{', '.join(one)}], {draw(values)})" for one in lists))


def test_the_expression_gives_what_the_call_gave() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_the_expression_gives_what_the_call_gave_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
