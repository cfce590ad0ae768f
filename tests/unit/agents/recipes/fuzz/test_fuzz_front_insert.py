"""Generated lists built from their end: appending and reversing gives the same."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.front_insert import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

STARTS = ("q = []", "q = [items]", "q = list()", "q: list = [0]", "q, n = [], 1")
LOOPS = (
    "for x in items:\n    q.insert(0, x)",
    "for x in items:\n    if len(q) < 2:\n        q.insert(0, [x])\n    print(len(q))",
    "for x in items:\n    for y in (x, 1):\n        q.insert(0, y)\n        if not q:\n            print(y)",
    "while len(q) < 3:\n    q.insert(0, len(q))",
    "for x in items:\n    if x == 1:\n        break\n    q.insert(0, x)\nelse:\n    print(len(q))",
    "for x in items:\n    if x == 2:\n        raise ValueError(x)\n    q.insert(0, x)",
    "for x in items:\n    if x == 2:\n        return x\n    q.insert(0, (yield_ := x))",
    "for x in items:\n    try:\n        q.insert(0, 1 // x)\n    except Exception:\n        continue",
)
AFTERWARDS = (
    "q.append(5)",
    "out.append(q)",
    "q.insert(0, 7)",
    "out.append(list(q))",
    "out += q[:2]",
    "q.sort(key=repr)",
)
HOSTILE = (
    "for x in items:\n    q.insert(0, x)\n    out.append(q[0])",
    "for x in items:\n    q.insert(0, x)\n    q.append(x)",
    "for x in items:\n    q.insert(len(q) // 2, x)",
    "r = q\nfor x in items:\n    q.insert(0, x)",
    "try:\n    for x in items:\n        q.insert(0, 1 // x)\nexcept (TypeError, ZeroDivisionError):\n    pass",
    "for x in items:\n    q.insert(0, x)\n    if x == 1:\n        return q",
    "look = lambda: print(q)\nfor x in items:\n    q.insert(0, x)\n    look()",
    "q.insert(0, 3)\nq.insert(0, 4)",
)
values = st.recursive(
    st.integers(0, 3) | st.sampled_from(["a", None, -0.0, float("nan")]), lambda inner: st.lists(inner, max_size=3)
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    parts = [draw(st.sampled_from(STARTS)), draw(st.sampled_from(LOOPS))]
    parts += draw(st.lists(st.sampled_from(AFTERWARDS), max_size=2))
    if draw(st.integers(0, 3)) == 3:
        parts.insert(draw(st.integers(1, len(parts))), draw(st.sampled_from(HOSTILE)))
    if draw(st.integers(0, 3)) == 3:
        parts = ["for _ in range(2):", *(textwrap.indent(part, "    ") for part in parts)]
    body = "\n".join(["out = []", *parts, "return out, q" if parts[0][:3] != "for" else "return out"])
    items = draw(st.lists(st.lists(values, max_size=5), min_size=1, max_size=3))
    source = f"nan = float('nan')\n\n\ndef run(items):\n{textwrap.indent(body, '    ')}\n"
    return Program(source, tuple(f"run({one!r})" for one in items))


def test_appending_and_reversing_does_what_inserting_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_appending_and_reversing_does_what_inserting_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
