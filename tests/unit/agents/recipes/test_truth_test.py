"""A comparison with True or False goes only where the other side is a bool for sure."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.truth_test import RECIPE
from profiling.facts import Facts
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    rewritten,
    sites_of,
)

TEXT = "def run(a, b):\n    return (a is b) == False\n"


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(a is b) == False", "not (a is b)"),
        ("True != bool(a)", "not bool(a)"),
        ("bool(a) == True", "bool(a)"),
        ("(False != bool(a)) + 1", "(bool(a)) + 1"),
        ("(a is\n        b) == True", "(a is\n        b)"),
    ],
)
def test_a_comparison_becomes_the_value_or_its_negation(old, new):
    assert rewritten(RECIPE, TEXT.replace("(a is b) == False", old)) == TEXT.replace("(a is b) == False", new)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("a == False", "a parameter may be anything"),
        ("(a == b) == False", "a comparison may give anything"),
        ("(a or True) == True", "it gives a"),
        ("(1 if a else True) == True", "it may be a number"),
        ("len(a) == False", "a number"),
        ("(a is b) is False", "no comparison"),
        ("(a is b) < True", "another comparison"),
        ("(a is b) == 0", "not written as a bool"),
        ("(a is b) == True == a", "a chain"),
        ("((a is b)  # why\n        == True)", "a comment is in the way"),
        ("all(a) + 1 == True", "a number"),
    ],
)
def test_what_may_be_no_bool_is_refused(text, because):
    assert rewritten(RECIPE, TEXT.replace("(a is b) == False", text)) is None, because


def test_a_local_that_is_once_bound_to_something_else_is_refused():
    text = "def run(a):\n    found = False\n    for x in a:\n        found = True\n    return found == True\n"
    assert rewritten(RECIPE, text) == text.replace("found == True", "found")
    assert rewritten(RECIPE, text.replace("found = True", "found = x")) is None
    assert rewritten(RECIPE, text.replace("(a)", "(a, bool)").replace("found = True", "found = bool(x)")) is None


def test_the_facts_choose_what_is_compared_often():
    (site,) = sites_of(RECIPE, TEXT)
    profile = profile_of({site.key: 0.5})
    often, seldom = (expression_facts(site.requests[0].id, evaluations=count) for count in (10**7, 999))

    assert isinstance(RECIPE.choose(site, profile, facts_of(often)), Choice)
    assert "999 times" in reason_of(RECIPE.choose(site, profile, facts_of(seldom)))
    assert "0 times" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "was not seen running" in reason_of(RECIPE.choose(site, profile_of(), facts_of(often)))
