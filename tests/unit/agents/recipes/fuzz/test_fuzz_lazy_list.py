"""Generated lists that are stepped through: a generator in their place changes nothing."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.lazy_list import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

ELEMENTS = (
    "i",
    "(i, n)",
    "[i, items]",
    "i + 1",
    "-i % 7",
    "i if i > 1 else n",
    "i in (1, 2)",
    "[[0, i] for _ in range(2)]",
)
LOUD = ("items[i]", "i // n", "items.pop()", "next(it)", "print(i)", "str(n)", "i + n")
STEPS = (
    "for i in range(4)",
    "for i in range(n) if i != 1",
    "for j in range(n) for i in range(j)",
    "for j in range(3) for i in range(n)",
    "for i, j in zip(range(3), 'abc')",
    "for j, i in enumerate(range(n))",
    "for i in [1, 2, 3]",
    "for j in 'ab cd'.split() for i in range(len(j))",
    "for i in reversed(range(4)) if not i > 2",
)
CHANGING = ("for i in items", "for i in own", "for j in items for i in range(j)")
USES = (
    "for x in {}:\n    out.append(x)\n    items.append(0) if len(items) < 9 else None",
    "for x in {}:\n    print(x)\n    if x == 1:\n        break",
    "for k, x in enumerate({}):\n    out.append((k, x))",
    "for x, y in zip({}, seen()):\n    out.append((x, y))",
    "out.append(any({}))",
    "out.append(all({}))",
    "out.append([x for x in {}])",
    "rows = {}\nprint(n)\nfor x in rows:\n    out.append(x)",
    "rows = {}\nfor x in rows:\n    out.append(x)\n    own.append(x)",
    "rows = list({})\nfor x in rows:\n    out.append(x)",
)
NUMBERS = (
    "out.append(sum([len(x) if isinstance(x, str) else 1 for x in items]))",
    "out.append(max([len(str(x)) for x in items]))",
)
LOOPS = "rows = []\n{}\n{}rows.append({})\n{}for x in rows:\n    print(x)"
OTHER_USES = (
    "out.append({})",
    "rows = {}\nout.append(len(rows))",
    "rows = {}\nfor k in 'ab':\n    for x in rows:\n        out.append(x)",
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    is_mild = draw(st.integers(0, 3)) > 0
    element = draw(st.sampled_from(ELEMENTS if is_mild else (*ELEMENTS, *LOUD)))
    steps = draw(st.sampled_from(STEPS if is_mild else (*STEPS, *CHANGING)))
    comprehension = f"[{element} {steps}]"
    kind = draw(st.integers(0, 9))
    if kind == 0:
        part = draw(st.sampled_from(NUMBERS))
    elif kind == 1:
        between = draw(st.sampled_from(["", "print(n)\n"]))
        part = LOOPS.format(*draw(st.sampled_from(NESTS)), element, between)
    else:
        part = draw(st.sampled_from(USES if is_mild else (*USES, *OTHER_USES))).replace("{}", comprehension)
    body = "\n".join(["out, own, it = [], [1, 2], iter(items)", part, "return out"])
    given = draw(
        st.lists(
            st.tuples(st.lists(st.integers(0, 3), max_size=4), st.sampled_from([0, 1, 3, -1, "x", None])),
            min_size=1,
            max_size=3,
        )
    )
    source = f"{HEAD}def run(items, n):\n{textwrap.indent(body, '    ')}\n"
    return Program(source, tuple(f"run({items!r}, {n!r})" for items, n in given))


HEAD = "def seen():\n    print('seen')\n    yield from range(9)\n\n\n"
NESTS = (
    ("for i in range(n):", "    "),
    ("for j in range(3):\n    for i in range(n):\n        if i != j:", "            "),
    ("for i in items:", "    "),
)


def test_a_generator_gives_what_the_list_held() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_generator_gives_what_the_list_held_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
