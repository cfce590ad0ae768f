"""Generated collections of distinct elements: a set beside the list, or the keys of a dict, find the same."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.unique_list import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

LOOPS = (
    "q = []\nfor x in items:\n    if x not in q:\n        q.append(x)",
    "q = []  # kept\nfor x in items:\n    if x not in q:  # new\n        q.append(x)\n        print(x)",
    "q = [None]\nfor x in items:\n    if x in q:\n        continue\n    q.append(x)",
    "q = list(items[:1])\nfor i, x in enumerate(items):\n    if i and x not in q and len(q) < 4:\n        q.append(x)",
    "q = []\nfor x in items:\n    y = str(x)\n    if y not in q:\n        q.append(y)\n    out.append(list(q))",
    "q = []\nfor x in items:\n    q.append(x)\n    out.append((x in q, 'a' in q, len(q), q[-1], q.count(x)))",
    "q = []\nfor x in items:\n    if not any(y in q for y in (x, 1)):\n        q.append(x)",
    "q = []\nwhile len(q) < len(items):\n    x = items[len(q)]\n    if x in q:\n        break\n    q.append(x)",
    "n, q = 0, []\nfor x in items:\n    if x not in q:\n        n += 1\n        q.append(x)\nout.append(n)",
)
AFTERWARDS = ("q.append(5)", "out.append(q)", "q.clear()\nout.append(1 in q)", "q = None", "pass", "q.pop()")
HOSTILE = (
    "for x in items:\n    if x not in q:\n        q.append(x)\n    if len(q) > 2:\n        q.pop(0)",
    "r = q\nfor x in items:\n    if x not in q:\n        r.append(x)",
    "for x in items:\n    if x not in q:\n        q.insert(0, x)",
    "for x in items:\n    if [x] not in q:\n        q.append([x])",
    "look = [lambda: 1 in q for x in items]\nout.append([f() for f in look])",
    "g = (x in q for x in items)\nq.clear()\nout.append(list(g))",
)
ODD = """\
nan = float("nan")


class Odd:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == getattr(other, "value", other)

    def __repr__(self):
        return f"Odd({self.value})"


class Word(str):
    pass


"""
SCALARS = ("1", "2", "''", "'a'", "'b'", "True", "None", "1.0", "-0.0", "nan", "b'a'")
OTHERS = ("[1]", "Odd(1)", "Odd('a')", "Word('a')", "{}", "(1, nan)", "[]")
lists = st.lists(st.sampled_from(SCALARS), max_size=6) | st.lists(st.sampled_from(SCALARS + OTHERS), max_size=6)
values = lists.map(lambda parts: f"[{', '.join(parts)}]")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    parts = [draw(st.sampled_from(LOOPS)), *draw(st.lists(st.sampled_from(AFTERWARDS), max_size=1))]
    if draw(st.integers(0, 3)) == 3:
        parts.insert(1, draw(st.sampled_from(HOSTILE)))
    if draw(st.integers(0, 3)) == 3:
        parts = ["for _ in range(2):", *(textwrap.indent(part, "    ") for part in parts)]
    body = "\n".join(["out = []", *parts, "return out, q" if parts[0][:5] != "for _" else "return out"])
    given = draw(st.lists(values, min_size=1, max_size=3))
    source = f"{ODD}def run(items):\n{textwrap.indent(body, '    ')}\n"
    return Program(source, tuple(f"run({one})" for one in given))


def test_a_set_beside_a_list_finds_what_the_list_held() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_set_beside_a_list_finds_what_the_list_held_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
