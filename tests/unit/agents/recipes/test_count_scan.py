"""Counts are looked up only where the list stays as it is while they are asked for."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.count_scan import RECIPE
from profiling.facts import ContainerFacts, ExpressionFacts, Facts
from tests.fakes.recipe_programs import (
    FILE,
    expression_facts,
    profile_of,
    project_of,
    reason_of,
    rewritten,
    sites_of,
)

LOOP = """\
def run(q, other):
    out = []
    for x in q:
        out.append(q.count(x))
    return out
"""


def seen(site: Site, length: int, scans: int, **kinds: int) -> Facts:
    listed, counted = (request.id for request in site.requests)
    fact = ContainerFacts(id=listed, made=10, followed=False, max_size=length, sizes={length: 10}, element_types=kinds)
    scanned: ExpressionFacts = expression_facts(counted, evaluations=scans)
    return Facts(containers={listed: fact}, expressions={counted: scanned})


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("q.count(x)", "q.count(other)", "not an element"),
        ("q.count(x)", "q.count(x, 1)", "counted in a part"),
        ("q.count(x)", "other.count(x)", "another list"),
        ("q.count(x)", "q.count(x))\n        out.append(q", "the list is handed on"),
        ("q.count(x)", "q.count(x))\n        other(q.count(x)", "a function that may change the list"),
        ("q.count(x)", "q.count(x))\n        q.append(0", "the list grows"),
        ("q.count(x)", "q.count(x))\n        q = (1, 2", "another list under the same name"),
        ("q.count(x)", "q.count(x))\n        x = (other", "the element is bound anew"),
        ("q.count(x)", "lambda: q.count(x)", "counted later"),
        ("q.count(x)", "q.count(x) for _ in out", "counted later"),
        ("q.count(x)", "(yield q.count(x))", "others run in between"),
        ("for x in q:", "for x in q[1:]:", "a copy of another length"),
        ("for x in q:", "for x in set(q, other):", "no set of the list"),
        ("for x in q:", "for x, y in q:", "parts of an element"),
        ("run(q, other)", "run(q, set)", "set is another function"),
        ("def run(q, other):", "q = [1]\n\n\ndef run(other):", "a list of the module"),
        ("    out = []", "    out = other", "what is appended to may be the list"),
        ("    return out", "    return out, locals()", "names are looked at"),
        ("def run", "_q_count = 3\n\n\ndef run", "the name is taken"),
    ],
)
def test_a_list_that_may_change_or_elements_of_others_are_refused(old, new, because):
    assert old in LOOP
    assert rewritten(RECIPE, LOOP) is not None
    assert rewritten(RECIPE, LOOP.replace(old, new)) is None, because


def test_a_comprehension_is_counted_for_where_its_statement_does_nothing_before():
    whole = "def run(q, f):\n    return {x: q.count(x) for x in set(q)}\n"
    assert "return {x: _q_count(x) for x in set(q)}" in str(rewritten(RECIPE, whole))
    assert rewritten(RECIPE, whole.replace("return ", "return f(), ")) is None


def test_the_facts_choose_long_lists_of_plain_values():
    (site,) = sites_of(RECIPE, LOOP)
    profile, project = profile_of({site.key: 0.5}), project_of(LOOP)

    choice = RECIPE.choose(site, profile, seen(site, 10_000, 100_000, str=64, int=1))
    assert isinstance(choice, Choice)
    text = RECIPE.rewrite(site, choice, project.modules[FILE], project).apply({FILE: LOOP})[FILE]

    assert 0.2 < choice.expected_share <= 0.5
    assert "<= {int, str}" in text


def test_the_facts_veto_short_lists_other_elements_and_few_scans():
    (site,) = sites_of(RECIPE, LOOP)
    profile = profile_of({site.key: 0.5})

    assert "31 elements" in reason_of(RECIPE.choose(site, profile, seen(site, 31, 310, int=1)))
    assert "of type Row" in reason_of(RECIPE.choose(site, profile, seen(site, 99, 990, Row=1)))
    assert "0 scans" in reason_of(RECIPE.choose(site, profile, seen(site, 99, 0, int=1)))
    assert "no list was counted" in reason_of(RECIPE.choose(site, profile, Facts()))
