"""Generated probes: a set beside the list finds what the list held."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.set_membership import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

BUILDS = (
    "x = list(items)",
    "x = [v for v in items]",
    "x = []\nfor v in items:\n    x.append(v)",
    "x = [1, 'a']\nx.extend(items)",
    "x = list(items)\nif len(x) > 2:\n    x.pop()\nelse:\n    x.reverse()",
)
PROBES = (
    "out.append([w for w in wanted if w in x])",
    "for w in wanted:\n    if w not in x:\n        out.append(w)",
    "for w in wanted:\n    out.append((w in x, x[:1], x.count(w)))",
    "i = 0\nwhile i < len(wanted):\n    print(wanted[i] in x)\n    i += 1",
    "out.append(any(w in x for w in wanted))",
)
AFTERWARDS = ("x.append(5)", "out.append(x)", "x.clear()\nout.append(1 in x)", "pass")
HOSTILE = (
    "for w in wanted:\n    if w not in x:\n        x.append(w)\n    out.append(w)",
    "y = x\nfor w in wanted:\n    out.append(w in x)\n    y.append(w)",
    "for w in wanted:\n    out.append([w] in x)",
    "change = lambda: x.append('a')\nfor w in wanted:\n    out.append(w in x)\n    change()",
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
    parts = [draw(st.sampled_from(BUILDS)), *draw(st.lists(st.sampled_from(PROBES), min_size=1, max_size=3))]
    if draw(st.integers(0, 3)) == 0:
        parts.insert(draw(st.integers(1, len(parts))), draw(st.sampled_from(HOSTILE)))
    body = "\n".join(["out = []", *parts, draw(st.sampled_from(AFTERWARDS)), "return out"])
    pairs = draw(st.lists(st.tuples(values, values), min_size=1, max_size=3))
    source = f"{ODD}def run(items, wanted):\n{textwrap.indent(body, '    ')}\n"
    return Program(source, tuple(f"run({items}, {wanted})" for items, wanted in pairs))


def test_a_set_finds_what_the_list_held() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_set_finds_what_the_list_held_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
