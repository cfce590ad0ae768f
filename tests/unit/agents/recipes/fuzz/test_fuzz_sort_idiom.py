"""Generated sorting loops, right and nearly right ones: `list.sort` leaves what they left."""

import pytest
from hypothesis import strategies as st

from agents.model import Patch
from agents.recipes._base import Choice, Site
from agents.recipes.project import Module, Project
from agents.recipes.sort_idiom import RECIPE, SortIdiom
from tests.fakes.recipe_fuzzing import Program, differential

KINDS = tuple((name, 1) for name in ("bool", "float", "int", "str"))


class ForAllKinds(SortIdiom):
    """The recipe where lists of every kind were seen; of loops that are not stable, lists of one kind alone."""

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        del choice
        kinds = KINDS if site.node_path.startswith("stable") else (("int", 1), ("str", 1))
        return RECIPE.rewrite(site, Choice(expected_share=0.1, evidence="", parameters=kinds), module, project)


SWEEPS = (
    ("range(len(a))", "range(len(a) - 1)", "j"),
    ("range(len(a))", "range(0, len(a) - i - 1)", "j"),
    ("range(n - 1)", "range(n - 1 - i)", "j"),
    ("range(1, n)", "range(n - i)", "j"),
    ("range(0, n - 1)", "range(1, n - i)", "j - 1"),
    ("range(n)", "range(1, n)", "j - 1"),
    ("range(n - 1, 0, -1)", "range(i)", "j"),
    ("range(len(a), 0, -1)", "range(i - 1)", "j"),
    ("range(n + 1)", "range(n - (i + 1))", "j"),
)
NEARLY = (
    ("range(len(a) - 2)", "range(len(a) - 1)", "j"),
    ("range(len(a))", "range(len(a))", "j"),
    ("range(1, n)", "range(n - i - 1)", "j"),
    ("range(n)", "range(n - 2)", "j"),
    ("range(n - 1, 1, -1)", "range(i)", "j"),
    ("range(2, n)", "range(1, n)", "j - 1"),
    ("range(n)", "range(n - 2 * i)", "j"),
)
SWAPS = (
    "a[{l}], a[{h}] = a[{h}], a[{l}]",
    "a[{h}], a[{l}] = a[{l}], a[{h}]",
    "t = a[{l}]\na[{l}] = a[{h}]\na[{h}] = t",
    "t = a[{h}]\na[{h}] = a[{l}]\na[{l}] = t",
)
NEARLY_SWAPS = ("a[{l}], a[{h}] = a[{l}], a[{h}]", "t = a[{l}]\na[{l}] = a[{h}]\na[{h}] = 0", "i = a[{l}]\na[{l}] = i")
TESTS = ("a[{l}] > a[{h}]", "a[{h}] < a[{l}]", "a[{l}] < a[{h}]", "a[{h}] > a[{l}]")
NEARLY_TESTS = ("a[{l}] >= a[{h}]", "a[{l}] > a[0]", "not a[{l}] < a[{h}]")
OTHERS = (
    (
        "for i in range(1, len(a)):\n    k = a[i]\n    j = i - 1\n    while j >= 0 and a[j] > k:\n"
        "        a[j + 1] = a[j]\n        j -= 1\n    a[j + 1] = k"
    ),
    (
        "for i in range(n):\n    k = a[i]\n    j = i\n    while j > 0 and k > a[j - 1]:\n"
        "        a[j] = a[j - 1]\n        j = j - 1\n    a[j] = k"
    ),
    (
        "for i in range(n):\n    m = i\n    for j in range(i + 1, n):\n        if a[j] < a[m]:\n            m = j\n"
        "    a[i], a[m] = a[m], a[i]"
    ),
    (
        "for i in range(n - 1):\n    m = i\n    for j in range(i, n):\n        if a[m] < a[j]:\n            m = j\n"
        "    if m != i:\n        t = a[i]\n        a[i] = a[m]\n        a[m] = t"
    ),
    (
        "for i in range(len(a)):\n    for j in range(i + 1, len(a)):\n        if a[i] > a[j]:\n"
        "            a[i], a[j] = a[j], a[i]"
    ),
    (
        "for i in range(1, n):\n    k = a[i]\n    j = i - 1\n    while j > 0 and a[j] > k:\n"
        "        a[j + 1] = a[j]\n        j -= 1\n    a[j + 1] = k"
    ),
    (
        "for i in range(2, n):\n    k = a[i]\n    j = i - 1\n    while j >= 0 and a[j] > k:\n"
        "        a[j + 1] = a[j]\n        j -= 1\n    a[j + 1] = k"
    ),
)
ENDS = ("return a", "print(a)", "return a, n", "for i in a:\n    print(i)\nreturn a", "i = 3\nreturn i, a")
NEARLY_ENDS = ("return i", "return a, lambda: j", "print(locals())")
LISTS = st.one_of(
    st.lists(st.integers(-3, 3), max_size=6),
    st.lists(st.sampled_from([0.0, -0.0, 1.5, float("inf"), float("nan"), 2, True]), max_size=6),
    st.lists(st.sampled_from(["", "a", "b", "ab"]), max_size=6),
    st.lists(st.sampled_from([1, "a", None, (1, 2)]), max_size=4),
)
BEFORE = """\
nan, inf = float("nan"), float("inf")


class Loud:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        print("lt", self.n, other.n)
        return self.n < other.n

    def __gt__(self, other):
        print("gt", self.n, other.n)
        return self.n > other.n

    def __repr__(self):
        return f"Loud({self.n})"


class Own(list):
    pass


"""


def indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.splitlines())


@st.composite
def bubbles(draw: st.DrawFn, *, nearly: int) -> str:
    outer, inner, low = draw(st.sampled_from(NEARLY if nearly == 1 else SWEEPS))
    test = draw(st.sampled_from(NEARLY_TESTS if nearly == 2 else TESTS))
    swap = draw(st.sampled_from(NEARLY_SWAPS if nearly == 3 else SWAPS))
    places = {"l": low, "h": "j + 1" if low == "j" else "j"}
    flag = draw(st.sampled_from(["", "", "f", "f", "t" if nearly == 4 else "f"]))
    moved = swap + (f"\n{flag} = True" if flag else "")
    lines = [f"for i in {outer}:", *([f"    {flag} = False"] if flag else []), f"    for j in {inner}:"]
    lines += [f"        if {test}:".format(**places), indented(moved.format(**places), 12)]
    lines += [f"    if not {flag}:\n        break"] if flag else []
    return "\n".join(lines)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    nearly = draw(st.integers(1, 5)) if draw(st.integers(0, 3)) == 3 else 0
    sorting = draw(bubbles(nearly=nearly) | st.sampled_from(OTHERS[:5] if not nearly else OTHERS))
    ending = draw(st.sampled_from(NEARLY_ENDS if nearly == 5 else ENDS))
    between = draw(st.sampled_from(["", "", "", "a = a[:-1]"])) if nearly else ""
    body = "\n".join(part for part in ("n = len(a)", between, sorting, ending) if part)
    given = draw(st.lists(LISTS, min_size=1, max_size=3))
    calls = [f"run({one!r})" for one in given]
    calls += draw(st.sampled_from([[], ["run(Own([2, 1]))"], ["run([Loud(2), Loud(1), Loud(1)])"], ["run((2, 1))"]]))
    return Program(f"{BEFORE}def run(a):\n{indented(body, 4)}\n", tuple(calls))


def test_sorting_does_what_the_loops_did() -> None:
    assert differential(ForAllKinds(), programs(), cases=16).applied


@pytest.mark.slow
def test_sorting_does_what_the_loops_did_in_thousands_of_programs() -> None:
    tally = differential(ForAllKinds(), programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
