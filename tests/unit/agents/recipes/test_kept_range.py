"""A range is made once only where nothing changes what it is made of, and nothing raises any earlier."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.kept_range import RECIPE
from profiling.facts import Facts, LoopFacts
from tests.fakes.recipe_programs import assert_examples_hold, facts_of, profile_of, reason_of, rewritten, sites_of

TEXT = """\
def run(items, n):
    size = len(items)
    for item in items:
        for i in range(n):
            print(item, i, size)
"""


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("old", "made", "used"),
    [
        ("range(n)", "range(n) if type(n) is int else None", "_turns or range(n)"),
        ("range(size)", "range(size)", "_turns"),
        ("range(-3, size, -1)", "range(-3, size, -1)", "_turns"),
        ("range(size, n)", "range(size, n) if type(n) is int else None", "_turns or range(size, n)"),
        (
            "range(items, n)",
            "range(items, n) if type(items) is int and type(n) is int else None",
            "_turns or range(items, n)",
        ),
    ],
)
def test_what_may_be_no_int_is_handed_to_range_where_it_was(old, made, used):
    after = TEXT.replace("range(n)", used).replace("    for item", f"    _turns = {made}\n    for item")
    assert rewritten(RECIPE, TEXT.replace("range(n)", old)) == after


def test_it_leaves_every_loop_that_keeps_its_arguments():
    text = "def run(m, k):\n    for a in m:\n        while a:\n            for b in range(k):\n                a -= b\n"
    after = text.replace("    for a", "    _turns = range(k) if type(k) is int else None\n    for a")
    assert rewritten(RECIPE, text) == after.replace("in range(k)", "in _turns or range(k)")
    changed = text.replace("        while", "        k += 1\n        while")
    inner = rewritten(RECIPE, changed)
    assert inner is not None
    assert "        _turns = range(k) if type(k) is int else None\n        while a" in inner


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("        for i", "        n -= 1\n        for i", "it is counted down"),
        ("for item", "for n", "it is what the loop gives"),
        ("for i in", "for n in", "the loop over the range binds it"),
        ("range(n)", "range(0, n, size)", "a step may be 0"),
        ("range(n)", "range(0, n, 0)", "a step is 0"),
        ("range(n)", "range(1.5)", "no int"),
        ("range(n)", "range(*n)", "what is given is not seen"),
        ("range(n)", "range(len(items))", "a call"),
        ("range(n)", "range(later)", "a global may change"),
        ("(items, n)", "(items, n, range)", "another range"),
        ("(items, n)", "(items, n, type)", "another type"),
        ("print(item, i, size)", "print(locals())", "all names are read"),
        ("print(item, i, size)", "(lambda: [n := 2])()\n        del n", "it is unbound"),
        (
            "    for item",
            "    def more():\n        nonlocal n\n        n += 1\n    for item",
            "an inner function counts",
        ),
        ("range(n)", "range(  # up\n            n)", "a comment is in the way"),
        ("    size = len(items)\n", "    if items:\n        n2 = 3\n", ""),
        ("        for i in range(n)", "        for i in [n]", "no range"),
    ],
)
def test_where_the_range_could_differ_nothing_is_done(old, new, because):
    text = TEXT.replace(old, new)
    assert text != TEXT
    assert (rewritten(RECIPE, text) is None) is bool(because), because


def test_a_name_that_may_have_no_value_before_the_loop_is_not_asked_there():
    text = TEXT.replace("    size = len(items)\n", "    if items:\n        size = 3\n").replace(
        "range(n)", "range(size)"
    )
    assert rewritten(RECIPE, text) is None


def test_the_facts_choose_where_many_ranges_are_made():
    (site,) = sites_of(RECIPE, TEXT)
    profile = profile_of({site.key: 0.5})
    inner, outer = (request.id for request in site.requests)

    def seen(made, entries, empty=0):
        trips = {0: empty, 3: made - empty}
        turns = LoopFacts(id=inner, entries=made, trips=3 * made, max_trips=3, entries_by_trips=trips)
        return facts_of(turns, LoopFacts(id=outer, entries=entries, trips=made, max_trips=made))

    assert isinstance(RECIPE.choose(site, profile, seen(10**6, 1)), Choice)
    assert "999 ranges" in reason_of(RECIPE.choose(site, profile, seen(999, 1)))
    assert "1000 entries" in reason_of(RECIPE.choose(site, profile, seen(3999, 1000)))
    assert "400000 of 1000000" in reason_of(RECIPE.choose(site, profile, seen(10**6, 1, empty=600_000)))
    assert "nothing to gain" in reason_of(RECIPE.choose(site, profile_of(), seen(10**6, 1)))
    assert "0 ranges" in reason_of(RECIPE.choose(site, profile, Facts()))
