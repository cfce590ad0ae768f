"""Generated comparisons with True and False: asking the value itself gives the same."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.truth_test import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BOOLS = (
    "a is b",
    "(a in [1, None])",
    "flag",
    "not a",
    "bool(a)",
    "isinstance(a, int)",
    "flags[0]",
    "(flag & (a is None))",
    "(flag and a is b)",
    "str(b).startswith('N')",
    "(True if a else False)",
    "(3 if a else flag)",
)
HOSTILE = ("a", "len(str(a))", "(a or flag)", "odd", "(a, b)[0]", "a == b", "mixed[0]", "None", "2", "(flag + flag)")
TESTS = ("{} == False", "{} == True", "{} != False", "{} != True", "False == {}", "True != {}", "not {} == True")
USES = (
    "if {}:\n    out.append(1)",
    "out.append({})",
    "out.append(b if {} else a)",
    "out += [x for x in (1, 2) if {}]",
    "out.append(({}) + 1)",
    "while {}:\n    out.append(2)\n    break",
    "out.append(a and {} or b)",
    'out.append(f"""{{{}}}""")',
    "out.append((lambda: {})())",
)
VALUES = ("0", "1", "2", "True", "False", "None", "''", "[]", "1.0", "nan", "Loud()")
BEFORE = """\
nan = float("nan")


class Loud:
    def __eq__(self, other):
        print("eq", other)
        return "odd"

    def __bool__(self):
        print("bool")
        return True

    def __repr__(self):
        return "Loud()"


"""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    lines = ["out = []", "flag = b is None", "flags = [flag, True]", "odd = flag", "mixed = [True]"]
    lines += draw(st.sampled_from([[], ["flag = not flag"], ["odd = a", "mixed.append(a)"]]))
    for _ in range(draw(st.integers(1, 2))):
        value = draw(st.sampled_from(HOSTILE if draw(st.integers(0, 4)) == 4 else BOOLS))
        test = draw(st.sampled_from(TESTS)).format(f"({value})")
        lines.append(draw(st.sampled_from(USES)).format(test))
    body = textwrap.indent("\n".join([*lines, "return out"]), "    ")
    calls = draw(st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(VALUES)), min_size=1, max_size=3))
    return Program(f"{BEFORE}def run(a, b):\n{body}\n", tuple(f"run({a}, {b})" for a, b in calls))


def test_asking_a_bool_itself_does_what_comparing_it_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_asking_a_bool_itself_does_what_comparing_it_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
