"""Generated loops over iterators: asking for a mark at the end does what catching StopIteration did."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.iterator_end import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

ITERATORS = ("iter(a)", "iter(a)", "(x for x in a)", "Stops(a)", "zip(a, a)", "iter({1: 2})", "a", "map(deep, a)")
JUMPS = ("break", "continue", "return", "return None", "return out", "return 7", "return x", "pass", "out.append(1)")
LIKELY_JUMPS = JUMPS[:6]
RESTS = ("", "out.append(x)", "out.append(next(it))", "out.append([x, turn])", "yield x", "deep(turn)", "del x")
BEHIND = (
    "",
    "out.append(x)",
    "if turn:\n    out.append((x, turn))",
    "out.append(lambda: x)",
    "out.append([x for _ in a])",
)
BEFORE_TRY = ("", "", "", "if turn > 1:\n    out.append(x)", "x = 0", "it = iter(a)")
AFTER_LOOP = ("", "", "", "out.append(x)", "x = 1")
VALUES = ("[]", "[1]", "[1, 2, 3]", "(None, 0)", "'ab'", "range(5)", "3", "[[1], []]", "None")
PRELUDE = """\
class Stops:
    def __init__(self, values):
        self.values = list(values)

    def __iter__(self):
        return self

    def __next__(self):
        print("asked", len(self.values))
        if not self.values:
            raise StopIteration("no more")
        return self.values.pop()


def deep(value):
    if value == 2:
        raise StopIteration(value)
    return value


"""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    likely = draw(st.integers(0, 4)) > 0
    jump = draw(st.sampled_from(LIKELY_JUMPS if likely else JUMPS))
    rest, behind = draw(st.sampled_from(RESTS)), draw(st.sampled_from(BEHIND[:3] if likely else BEHIND))
    before = draw(st.sampled_from(BEFORE_TRY[:1] if likely else BEFORE_TRY))
    asked = f"try:\n    x = next(it)\n{textwrap.indent(rest, '    ')}\nexcept StopIteration:\n    {jump}\n"
    if draw(st.integers(0, 5)) == 5:
        asked += "else:\n    out.append((x, 'else'))\n"
    turn = "\n".join(part for part in (before, asked, behind) if part)
    header = draw(st.sampled_from(["for turn in range(n):", "for turn in range(n):", "while turn < n:\n    turn += 1"]))
    loop = f"{header}\n{textwrap.indent(turn, '    ')}"
    if draw(st.booleans()):
        loop = f"for it in [it, {draw(st.sampled_from(ITERATORS))}]:\n{textwrap.indent(loop, '    ')}"
    after = draw(st.sampled_from(AFTER_LOOP[:1] if likely else AFTER_LOOP))
    lines = ["out = []", "turn = 0", f"it = {draw(st.sampled_from(ITERATORS))}", loop, after, "return out"]
    body = textwrap.indent("\n".join(line for line in lines if line), "    ")
    calls = draw(st.lists(st.tuples(st.sampled_from(VALUES), st.integers(0, 4)), min_size=1, max_size=3))
    return Program(f"{PRELUDE}def run(a, n):\n{body}\n", tuple(f"run({a}, {n})" for a, n in calls))


def test_a_mark_at_the_end_does_what_catching_the_end_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_mark_at_the_end_does_what_catching_the_end_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
