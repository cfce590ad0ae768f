"""Generated functions with values for nobody: made later or not at all, nothing shows it."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.sunk_work import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

VALUES = (
    'f"{a!r} of {b}"',
    'f"{a} and {sorted}"',
    '"%s %r" % (a, b)',
    "repr(b)",
    "str(a) + repr(b)",
    "[repr(a), b]",
    '"{} {}".format(a, b)',
    "{'a': str(a), 'b': [b]}",
    'f"{own}"',
    "list(own)",
)
BETWEEN = (
    "n = 1",
    "n = len(own)",
    "if a == 1:\n    return a",
    "if not b:\n    own.append(9)\n    return own",
    "if a in (2, 'x') and not b:\n    raise ValueError(a)",
    "if isinstance(b, list):\n    b.append(4)\n    print('left')\n    return b",
    "own_too = own\nif a is None: return own_too",
    "if b is a:\n    n = 3\nelse:\n    n = 4",
    "assert a != 3",
)
HOSTILE = (
    "own.append(1)\nif a == 1:\n    return a",
    "own += 'xy'\nif a == 1:\n    return a",
    "a = 5\nif b:\n    return a",
    "if change(b):\n    return a",
    "if (a := 7) and b == 1:\n    return b",
    "if a == 1:\n    return lambda: v",
    "print('before')\nfor x in own:\n    n = x",
    "if 1 in iter(own):\n    return 1",
    "if own[0] == a:\n    return 1",
    "x, y = a\nif x:\n    return y",
    "if next(steps) > 1:\n    return 1",
)
USES = (
    "return v",
    "if b:\n    print(v)\nreturn n",
    "if a == 2:\n    return n\nelse:\n    print(v, v)\nreturn own",
    "if b:\n    if a == 'x':\n        return v\n    print('b')\nreturn a",
    "if not a:\n    return v\nelif b:\n    return 2\nelse:\n    return own",
    "if not a:\n    return 1\nelif b:\n    return v\nreturn own",
    "try:\n    print(v)\nfinally:\n    own.append(v)\nreturn own",
    "for i in range(2):\n    print(v)",
    "while not b:\n    b = v\nreturn b",
    "if b:\n    own.append(0)\n    print(v)\nreturn own",
)
LOOPED = "for a in (a, 1, None):\n"
ARGUMENTS = st.sampled_from(
    ["0", "1", "2", "3", "'x'", "''", "None", "[]", "[1, 2]", "{}", "(1,)", "1.5", "Own(1)", "Own([])", "count(3)"]
)
BEFORE = """\
from itertools import count


class Own:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other

    def __hash__(self):
        return 1

    def __bool__(self):
        return bool(self.n)

    def __repr__(self):
        return f"Own({self.n})"


def change(b):
    b.append(1) if isinstance(b, list) else None
    return b


"""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    between = draw(st.lists(st.sampled_from(BETWEEN), max_size=3))
    if draw(st.integers(0, 5)) == 5:
        between.insert(draw(st.integers(0, len(between))), draw(st.sampled_from(HOSTILE)))
    use, value = draw(st.sampled_from(USES)), draw(st.sampled_from(VALUES))
    parts = [f"v = {value}", *between, use]
    if draw(st.integers(0, 3)) == 3:
        looped = textwrap.indent("\n".join(parts).replace("return a", "continue"), "    ")
        parts = [f"{LOOPED}{looped}", "return own"]
    body = textwrap.indent("\n".join(["own, n, steps = [3, 4], 0, iter((1, 2))", *parts]), "    ")
    calls = draw(st.lists(st.tuples(ARGUMENTS, ARGUMENTS), min_size=1, max_size=4))
    return Program(f"{BEFORE}def run(a, b):\n{body}\n", tuple(f"run({a}, {b})" for a, b in calls))


def test_a_value_made_where_it_is_used_does_what_one_made_before_did() -> None:
    assert differential(RECIPE, programs(), cases=20).applied


@pytest.mark.slow
def test_a_value_made_where_it_is_used_does_what_one_made_before_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
