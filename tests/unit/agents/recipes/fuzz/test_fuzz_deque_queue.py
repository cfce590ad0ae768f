"""Generated queues: a deque in the place of the list changes nothing."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.deque_queue import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BUILDS = ("q = list(items)", "q = [items]", "q = []\nq.extend(items)", "q: list = [0, *items]", "q, n = list(items), 1")
LOOPS = (
    "while q:\n    out.append(q.pop(0))",
    "while len(q) > 0:\n    out.append(q.pop(0))\n    out.append(len(q))",
    "while q:\n    x = q.pop(0)\n    if isinstance(x, list):\n        q.extend(x)\n    else:\n        print(x)",
    "while q:\n    out.append(q.pop(0))\n    if q and out[-1] == 1:\n        out.append(q.pop())",
    "for x in items:\n    q.insert(0, x)\n    if len(q) > 2:\n        out.append(q.pop())",
    "while q:\n    x = q.pop()\n    for y in x if isinstance(x, list) else ():\n        q.insert(0, y)\n    print(x)",
    "q.insert(0, (1, 2))\nout.append(q.pop())\nq.insert(0, x := len(q))\nout.append(x)",
    "while q:\n    out.append(x := q.pop(0))\n    if not isinstance(x, str) and x in q:\n        q.append('again')",
)
READS = (
    "for x in q:\n    out.append(x)",
    "out.append([x for x in q])",
    "out.append((len(q), bool(q)))",
    "out.append(1 in q)",
)
HOSTILE = (
    "return q",
    "out.append(q[:1])",
    "out.append(q)",
    "out.append(q == [])",
    "q.pop(0)",
    "q.insert(1, 2)",
    "for x in q:\n    q.insert(0, 1)\n    if len(q) > 9:\n        break",
    "for x in q:\n    q.pop(0)",
)

values = st.recursive(
    st.integers(0, 3) | st.sampled_from(["a", None, -0.0, float("nan")]), lambda inner: st.lists(inner, max_size=3)
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    parts = [draw(st.sampled_from(BUILDS)), *draw(st.lists(st.sampled_from(READS), max_size=2))]
    parts += [draw(st.sampled_from(LOOPS)), *draw(st.lists(st.sampled_from(READS), max_size=1))]
    if draw(st.integers(0, 3)) == 0:
        parts.insert(draw(st.integers(1, len(parts))), draw(st.sampled_from(HOSTILE)))
    body = "\n".join(["out = []", *parts, "return out"])
    items = draw(st.lists(st.lists(values, max_size=4), min_size=1, max_size=3))
    source = f"nan = float('nan')\n\n\ndef run(items):\n{textwrap.indent(body, '    ')}\n"
    return Program(source, tuple(f"run({one!r})" for one in items))


def test_a_deque_does_what_the_list_did() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_deque_does_what_the_list_did_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
