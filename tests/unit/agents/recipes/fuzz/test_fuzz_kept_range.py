"""Generated nested loops: a range made once before them gives the same turns, and raises where it did."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.kept_range import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

RANGES = (
    "range(n)",
    "range(n)",
    "range(1, n)",
    "range(k, n)",
    "range(k)",
    "range(n, k, -2)",
    "range(3)",
    "range(m, n)",
)
HOSTILE = ("range(0, n, k)", "range(x)", "range(len(a))", "range(late)", "reversed(range(n))", "range(n, 5, 0)")
OUTER = ("for x in a:", "for x in a:", "while k < 4:\n    k += 2", "for m in range(2):", "for x in a if n else []:")
BEFORE = ("", "", "n -= 1", "k = n", "if x:\n    late = 2", "m = 1", "n = x")
BODIES = ("out.append((i, x))", "yield i", "n = i", "out.append(late)", "late = i", "break", "del k")
VALUES = ("0", "1", "3", "True", "None", "2.0", "'2'", "Loud()", "10 ** 30")
ITEMS = ("[]", "[1, 2]", "(0, True)", "'ab'", "[None]")
PRELUDE = """\
class Loud:
    def __index__(self):
        print("index")
        return 2

    def __repr__(self):
        return "Loud()"


"""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    likely = draw(st.integers(0, 4)) > 0
    made = draw(st.sampled_from(RANGES if likely else HOSTILE))
    inner = f"for i in {made}:\n{textwrap.indent(draw(st.sampled_from(BODIES[:2] if likely else BODIES)), '    ')}\n"
    inner += "    if i > 4:\n        break"
    before = draw(st.sampled_from(BEFORE[:2] if likely else BEFORE))
    loop = (
        f"{draw(st.sampled_from(OUTER))}\n{textwrap.indent(f'{before}{chr(10) if before else str()}{inner}', '    ')}"
    )
    if draw(st.integers(0, 3)) == 3:
        loop = f"for y in a:\n{textwrap.indent(loop, '    ')}"
    lines = ["out = []", "x = k = 1", "m = len(a)", loop, "return out"]
    body = textwrap.indent("\n".join(lines), "    ")
    calls = draw(st.lists(st.tuples(st.sampled_from(ITEMS), st.sampled_from(VALUES)), min_size=1, max_size=3))
    return Program(f"{PRELUDE}def run(a, n):\n{body}\n", tuple(f"run({a}, {n})" for a, n in calls))


def test_a_range_made_once_gives_the_same_turns() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_range_made_once_gives_the_same_turns_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
