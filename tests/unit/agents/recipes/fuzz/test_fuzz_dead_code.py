"""Generated loops that compute for nobody, and nearly so: leaving them out shows nowhere."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.dead_code import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

STARTS = ("n = k = 0", "n = 0\nk = 1", "k = True\nn = -2", "n = len(str(a))\nk = 3")
HOSTILE_STARTS = ("n = 0", "n = k = u = a", "n, k = 0, a")
ITERABLES = (
    "range(5)",
    "range(a)",
    "range(a * 2, 7)",
    "range(1, a, b)",
    "range(len([1, 2]))",
    "range(Index(a))",
    "own",
)
STEPS = (
    "n += 1",
    "n += i",
    "n = n * 2 - i",
    "if i % 3 == 1:\n    n += k\nelse:\n    k = -n",
    "if n > 5 or not i:\n    break\nn += 2",
    "for j in range(3):\n    n += i * j",
    "for j in range(i):\n    if j == 2:\n        continue\n    n = k // 2 & j",
    "n = k if n < i else i",
    "n ^= i == k",
    "t = 'text'\nn += 1",
)
HOSTILE = (
    "n += a",
    "n += 1 // i",
    "print(n)\nn += 1",
    "n += i\nout.append(n)",
    "n = out",
    "n = u + 1",
    "for j in range(b):\n    n += j",
    "n = i if a else k",
    "if i == 2:\n    return n\nn += 1",
    "n %= i",
    "n += len(b)",
    "try:\n    n += 1\nfinally:\n    out.append(3)",
)
ENDS = ("", "print(a)", "for i in out:\n    print(i)", "out += [i for i in range(2)]", "n = 3", "k = 0\nprint('k')")
HOSTILE_ENDS = ("out.append(n)", "print(i)", "n += 1", "out.append(lambda: n)", "out.append(sorted(locals()))", "del n")
VALUES = ("0", "3", "True", "-1", "2.5", "'a'", "None", "Index(3)", "[1]")
BEFORE = """\
class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        print("index", self.n)
        return self.n

    def __mul__(self, other):
        print("mul", other)
        return Index(self.n * other)

    def __repr__(self):
        return f"Index({self.n})"


"""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    is_hostile = draw(st.integers(0, 5)) == 5
    start = draw(st.sampled_from(STARTS + HOSTILE_STARTS if is_hostile else STARTS))
    steps = draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=2))
    ends = draw(st.lists(st.sampled_from(ENDS), max_size=2))
    if is_hostile:
        where = draw(st.booleans())
        (steps if where else ends).append(draw(st.sampled_from(HOSTILE if where else HOSTILE_ENDS)))
    loop = [f"for i in {draw(st.sampled_from(ITERABLES))}:", textwrap.indent("\n".join(steps), "    ")]
    parts = "\n".join([start, *loop])
    if draw(st.integers(0, 3)) == 3:
        parts = f"for _ in range(2):\n{textwrap.indent(parts, '    ')}"
    body = "\n".join(part for part in ("out = []", "own = [4, 5]", parts, *ends, "return out") if part)
    calls = draw(st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES)), min_size=1, max_size=3))
    source = f"{BEFORE}def run(a, b):\n{textwrap.indent(body, '    ')}\n"
    return Program(source, tuple(f"run({a}, {b})" for a, b in calls))


def test_leaving_loops_out_shows_nowhere() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_leaving_loops_out_shows_nowhere_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
