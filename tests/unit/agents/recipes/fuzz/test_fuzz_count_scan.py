"""Generated loops that count what they step through: counting once gives the same."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.model import Patch
from agents.recipes._base import Choice, Site
from agents.recipes.count_scan import RECIPE, CountScan
from agents.recipes.project import Module, Project
from tests.fakes.recipe_fuzzing import Program, differential


class ForAllKinds(CountScan):
    """The recipe where elements of all kinds were seen."""

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        del choice
        kinds = tuple((name, 1) for name in ("bool", "bytes", "float", "int", "str"))
        return RECIPE.rewrite(site, Choice(expected_share=0.1, evidence="", parameters=kinds), module, project)


BODIES = (
    "d[x] = q.count(x)",
    "if q.count(x) > 1:\n    out.append(x)",
    "if x not in d:\n    d[x] = q.count(x)\n    print(x)",
    "n = q.count(x)\nout.append((x, n / len(q)))",
    "out.append(q.count(x) + q.count(x))\nif q.count(x) == 2:\n    break",
    "for y in (1, 2):\n    out.append(y * q.count(x))",
    "out.append(x + q.count(x))",
)
WHOLE = (
    "d = {x: q.count(x) for x in q}",
    "d = {x: q.count(x) for x in set(q)}",
    "out = [x for x in q if q.count(x) > 1]",
    "out = {x for x in q if q.count(x) == 1}",
    "return [(q.count(x), y) for x in q for y in (x, 0)]",
)
HOSTILE = (
    "for x in q:\n    if q.count(x) > 1:\n        q.remove(x)",
    "for x in q:\n    q = q[:]\n    out.append(q.count(x))",
    "for x in q:\n    x = 1\n    out.append(q.count(x))",
    "for x in q:\n    change(q)\n    out.append(q.count(x))",
    "out = list(q.count(x) for x in q)",
    "out = [q.count(y) for x in q for y in [x, None]]",
    "for x in q[:]:\n    out.append(q.count(x))",
    "r = q\nfor x in q:\n    out.append(q.count(x))\n    r += (x,) if len(q) < 9 else ()",
    "for x in q:\n    q[0] = x\n    out.append(q.count(x))",
    "out = [f() for f in [lambda: q.count(x) for x in q]]",
)
VALUES = st.sampled_from([0, 1, True, 1.0, -0.0, float("nan"), "a", "b", b"a", "ab"])
LISTS = st.one_of(
    st.lists(st.integers(0, 3), max_size=7),
    st.lists(VALUES, max_size=7),
    st.lists(VALUES, max_size=5).map(tuple),
    st.text("ab", max_size=5),
    st.lists(st.sampled_from([None, (1,), [2], 1]), max_size=4),
).map(repr)
ODD = ("{1: 2}", "[Loud(1), Loud(2), Loud(1)]", "Own([1, 1])", "None", "[nan, nan]", "range(3)", "[]", "{1, 2}")
BEFORE = """\
nan = float("nan")


class Loud:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        print("eq", self.n)
        return self.n == other.n

    def __hash__(self):
        return 1

    def __repr__(self):
        return f"Loud({self.n})"


class Own(list):
    def count(self, x):
        print("counted", x)
        return 7


def change(q):
    q.append(1) if isinstance(q, list) and len(q) < 9 else None


"""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    if draw(st.integers(0, 4)) == 4:
        counting = draw(st.sampled_from(HOSTILE))
    elif draw(st.booleans()):
        counting = draw(st.sampled_from(WHOLE))
    else:
        head = draw(st.sampled_from(["for x in q:", "for x in set(q):"]))
        counting = f"{head}\n{textwrap.indent(draw(st.sampled_from(BODIES)), '    ')}"
    body = textwrap.indent("\n".join(["out, d = [], {}", counting, "return out, d"]), "    ")
    calls = draw(st.lists(LISTS | st.sampled_from(ODD), min_size=1, max_size=3))
    if "set(q)" in counting:  # the place of a NaN in a set is its address: two runs of one program differ
        calls = [one.replace("nan", "2.5") for one in calls]
    return Program(f"{BEFORE}def run(q):\n{body}\n", tuple(f"run({one})" for one in calls))


def test_counting_once_does_what_counting_each_did() -> None:
    assert differential(ForAllKinds(), programs(), cases=16).applied


@pytest.mark.slow
def test_counting_once_does_what_counting_each_did_in_thousands_of_programs() -> None:
    tally = differential(ForAllKinds(), programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
