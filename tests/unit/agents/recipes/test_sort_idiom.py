"""Loops make way for `list.sort` only where they surely sort, and for lists that it sorts alike."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.sort_idiom import RECIPE
from profiling.facts import ContainerFacts, Facts
from tests.fakes.recipe_programs import FILE, profile_of, project_of, reason_of, rewritten, sites_of

SWEEPS = """\
def run(q):
    n = len(q)
    for i in range(n):
        for j in range(n - 1):
            if q[j] > q[j + 1]:
                q[j], q[j + 1] = q[j + 1], q[j]
    return q
"""
CHOSEN = """\
def run(q):
    for i in range(len(q)):
        for j in range(i + 1, len(q)):
            if q[i] > q[j]:
                q[i], q[j] = q[j], q[i]
"""


def seen(site: Site, length: int, **kinds: int) -> Facts:
    identity = site.requests[0].id
    fact = ContainerFacts(id=identity, made=1, followed=False, max_size=length, sizes={length: 1}, element_types=kinds)
    return Facts(containers={identity: fact})


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("range(n)", "range(1, n - 1)", "one sweep too few"),
        ("range(n)", "range(n, 0)", "no sweep at all"),
        ("range(n)", "range(0, n, 2)", "half of the sweeps"),
        ("range(n)", "range(10)", "a number of sweeps that may not do"),
        ("range(n - 1)", "range(n - 2)", "the last element stays"),
        ("range(n - 1)", "range(n)", "it raises IndexError"),
        ("range(n - 1)", "range(1, n - 1)", "the first element stays"),
        ("range(n - 1)", "range(n - 2 - i)", "sweeps end too early"),
        ("range(n - 1)", "range(n - i)", "the first sweep raises IndexError"),
        ("range(n - 1)", "range(i)", "sweeps grow"),
        ("q[j] > q[j + 1]", "q[j] >= q[j + 1]", "equal elements change places"),
        ("q[j] > q[j + 1]", "abs(q[j]) > abs(q[j + 1])", "another order"),
        ("q[j] > q[j + 1]", "q[j] > q[j + 2]", "not the neighbours"),
        ("q[j] > q[j + 1]", "q[j] > q[j + 1] and i", "only now and then"),
        ("= q[j + 1], q[j]", "= q[j], q[j + 1]", "nothing is swapped"),
        ("= q[j + 1], q[j]", "= q[j + 1], 0", "an element is lost"),
        ("q[j + 1], q[j]\n", "q[j + 1], q[j]\n                print(j)\n", "every swap shows"),
        ("    for i", "    q = q[1:]\n    for i", "n is no longer the length"),
        ("for j in", "for i in", "both loops share a variable"),
        ("for i in", "for n in", "the length is overwritten"),
        ("    return q", "    return q, i", "a variable is read later"),
        ("    return q", "    return lambda: j", "a variable is read by a closure"),
        ("    return q", "    return locals()", "variables are read by name"),
        ("    return q", "    else:\n        return q", "the loop has an else"),
        ("def run(q):", "def run(range, q):", "range is another function"),
        ("def run(q):", "def run(q, type):", "the test would mean something else"),
        ("def run(q):", "q = [2, 1]\n\n\ndef run():", "a list of the module, which others hold"),
        ("    n = len(q)", "    global j\n    n = len(q)", "a variable is the module's"),
    ],
)
def test_what_may_not_sort_or_may_be_seen_is_refused(old, new, because):
    assert old in SWEEPS
    assert rewritten(RECIPE, SWEEPS) is not None
    assert rewritten(RECIPE, SWEEPS.replace(old, new, 1)) is None, because


def test_a_flag_that_may_stop_too_early_is_refused():
    flagged = SWEEPS.replace("        for j", "        done = True\n        for j").replace(
        "    return q", "        if done:\n            break\n    return q"
    )
    shared = """\
def run(q):
    for i in range(len(q)):
        t = False
        for j in range(len(q) - 1):
            if q[j] > q[j + 1]:
                t = True
                t = q[j]
                q[j] = q[j + 1]
                q[j + 1] = t
        if not t:
            break
"""
    assert rewritten(RECIPE, flagged) is None
    assert rewritten(RECIPE, shared) is None


def test_the_test_is_for_the_kinds_that_were_seen():
    (site,) = sites_of(RECIPE, SWEEPS)
    profile = profile_of({site.key: 0.5})
    project = project_of(SWEEPS)

    choice = RECIPE.choose(site, profile, seen(site, 1000, str=1, bool=2))
    assert isinstance(choice, Choice)
    text = RECIPE.rewrite(site, choice, project.modules[FILE], project).apply({FILE: SWEEPS})[FILE]

    assert "(set(map(type, q)) <= {str} or set(map(type, q)) <= {bool}):\n        q.sort()\n" in text
    assert 0 < choice.expected_share <= 0.5


def test_the_facts_veto_short_lists_and_lists_of_other_things():
    (site,) = sites_of(RECIPE, SWEEPS)
    profile = profile_of({site.key: 0.5})

    assert "at most 7 elements" in reason_of(RECIPE.choose(site, profile, seen(site, 7, int=7)))
    assert "of type Row" in reason_of(RECIPE.choose(site, profile, seen(site, 99, int=7, Row=1)))
    assert "no lists or empty" in reason_of(RECIPE.choose(site, profile, seen(site, 99)))
    assert "sorted nothing" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "was not seen running" in reason_of(RECIPE.choose(site, profile_of(), seen(site, 99, int=1)))


def test_loops_that_change_the_order_of_equal_elements_are_left_alone_for_numbers_that_differ_when_equal():
    (site,) = sites_of(RECIPE, CHOSEN)
    profile = profile_of({site.key: 0.5})

    assert isinstance(RECIPE.choose(site, profile, seen(site, 99, int=9)), Choice)
    assert "order of equal" in reason_of(RECIPE.choose(site, profile, seen(site, 99, int=9, float=1)))


def test_tabs_and_a_missing_last_line_ending_are_kept():
    text = SWEEPS.replace("    ", "\t").replace("\treturn q\n", "")[:-1]
    got = rewritten(RECIPE, text)
    assert got is not None
    assert got.endswith("\n\t\t\t\t\tq[j], q[j + 1] = q[j + 1], q[j]")
    assert "\n\t\tq.sort()\n\telse:\n" in got
