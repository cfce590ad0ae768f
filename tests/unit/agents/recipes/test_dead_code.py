"""A loop is left out only where it ends, can't fail, shows nothing and is read by nobody."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.dead_code import RECIPE
from profiling.facts import Facts, LoopFacts
from tests.fakes.recipe_programs import assert_examples_hold, facts_of, profile_of, reason_of, rewritten, sites_of

LOOP = """\
def run(a):
    n = 0
    k = 1
    for i in range(9):
        n += k
    return a
"""


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("n += k", "n += a", "an unknown value"),
        ("n += k", "n += 1 // i", "it may divide by zero"),
        ("n += k", "n = 1 << n", "it may need all memory"),
        ("n += k", "n += m", "an unbound name"),
        ("n += k", "n += 1\n        a.n = n", "an attribute is stored"),
        ("n += k", "n += 1\n        a[0] = n", "an element is stored"),
        ("n += k", "n += 1\n        yield", "it hands over control"),
        ("n += k", "n += 1\n        return", "it leaves the function"),
        ("n += k", "n += 1\n        while n:\n            n -= 1", "it may not end"),
        ("n += k", "n += 1\n        for j in range(a):\n            n += j", "a range inside may raise in any turn"),
        ("n += k", "n += 1\n        print(n)", "output"),
        ("n += k", "n += 1\n    else:\n        n = 2", "an else"),
        ("n += k", "pass", "nothing is computed"),
        ("    n = 0\n", "    if a:\n        n = 0\n", "the local may be unbound"),
        ("n = 0", "n = a", "an unknown value to begin with"),
        ("return a", "return a, n", "read later"),
        ("return a", "return a, i", "read later"),
        ("return a", "return lambda: n", "read by a closure"),
        ("return a", "return vars()", "read by name"),
        ("return a", "del n", "deleted later"),
        ("    n = 0", "    global n\n    n = 0", "a global"),
        ("range(9)", "a", "stepping through anything"),
        ("range(9)", "range(*a)", "unknown arguments"),
        ("def run(a)", "def run(a, range)", "another range"),
        ("for i in", "for a.i in", "a target that is no name"),
    ],
)
def test_a_loop_that_may_do_something_stays(old, new, because):
    assert old in LOOP
    assert rewritten(RECIPE, LOOP.replace(old, new)) is None, because


def test_the_first_values_go_with_the_loop_where_nobody_else_reads_them():
    assert rewritten(RECIPE, LOOP) == "def run(a):\n    k = 1\n    return a\n"
    kept = LOOP.replace("return a", "return k")
    assert rewritten(RECIPE, kept) == "def run(a):\n    k = 1\n    return k\n"
    again = LOOP.replace("return a", "n = 2\n    return n")
    assert rewritten(RECIPE, again) is None


def test_a_block_is_not_left_empty_and_a_range_that_may_raise_is_still_made():
    alone = "def run(a):\n    n = 0\n    for i in range(9):\n        n += i\n"
    assert rewritten(RECIPE, alone) == "def run(a):\n    pass\n"
    assert rewritten(RECIPE, alone.replace("9", "a.b(), 3")) == "def run(a):\n    range(a.b(), 3)\n"


def test_a_loop_that_is_read_by_its_own_kind_alone_is_left_out_whatever_other_loops_are_called():
    text = LOOP.replace("return a", "for i in a:\n        print(i)\n    return [n for n in a]")
    assert (
        rewritten(RECIPE, text)
        == "def run(a):\n    k = 1\n    for i in a:\n        print(i)\n    return [n for n in a]\n"
    )


def test_the_facts_choose_loops_that_turn_often():
    (site,) = sites_of(RECIPE, LOOP)
    profile = profile_of({site.key: 0.5})
    often = LoopFacts(id=site.requests[0].id, entries=1, trips=10**7, max_trips=10**7)
    seldom = LoopFacts(id=site.requests[0].id, entries=1, trips=99, max_trips=99)

    choice = RECIPE.choose(site, profile, facts_of(often))

    assert isinstance(choice, Choice)
    assert 0.05 < choice.expected_share <= 0.5
    assert "99 turns" in reason_of(RECIPE.choose(site, profile, facts_of(seldom)))
    assert "0 turns" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "was not seen running" in reason_of(RECIPE.choose(site, profile_of(), facts_of(often)))
