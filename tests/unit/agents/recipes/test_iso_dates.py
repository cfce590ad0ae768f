"""Dates in ISO format are read directly; formats, classes and names that mean something else keep strptime."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.iso_dates import RECIPE
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, rewritten, sites_of

PROGRAM = "from datetime import date, datetime\n\n\ndef f(x):\n    return {use}\n"
PLAIN = 'datetime.strptime(x, "%Y-%m-%d")'


@pytest.mark.parametrize(
    "use",
    [
        'datetime.strptime(x, "%Y-%m-%d %Z")',
        'datetime.strptime(x, "%y-%m-%d")',
        'date.strptime(x, "%Y-%m-%d")',
        'datetime.strptime(*x, "%Y-%m-%d")',
        'x.strptime(x, "%Y-%m-%d")',
    ],
)
def test_another_format_or_class_stays(use):
    assert sites_of(RECIPE, PROGRAM.format(use=use)) == []


@pytest.mark.parametrize("more", ["_iso_date = 1\n", "def len(x):\n    return 10\n", "from app import *\n"])
def test_a_module_in_which_a_name_is_taken_stays(more):
    assert sites_of(RECIPE, PROGRAM.format(use=PLAIN) + more) == []


def test_a_class_that_a_test_replaces_stays():
    readers = {"test_app.py": "from unittest import mock\nmock.patch('app.datetime')\n"}
    assert sites_of(RECIPE, PROGRAM.format(use=PLAIN), readers=readers) == []


def test_a_second_place_uses_the_function_of_the_first():
    text = PROGRAM.format(use=f"{PLAIN}, {PLAIN}")
    once = rewritten(RECIPE, text)
    twice = rewritten(RECIPE, once)

    assert twice.endswith("    return _iso_date(x), _iso_date(x)\n")
    assert twice.count("def _iso_date") == 1
    assert rewritten(RECIPE, twice) is None


def test_many_texts_of_full_width_are_chosen():
    site = sites_of(RECIPE, PROGRAM.format(use=PLAIN))[0]
    called = expression_facts(site.requests[0].id, evaluations=10_000, types={"datetime.datetime": 10_000})
    text = expression_facts(site.requests[1].id, evaluations=10_000, types={"str": 10_000}, max_len=10)
    hot = profile_of({site.key: 0.5})

    chosen = RECIPE.choose(site, hot, facts_of(called, text))
    assert isinstance(chosen, Choice)
    assert 0 < chosen.expected_share <= 0.5
    short = expression_facts(site.requests[1].id, types={"str": 10_000}, max_len=8)
    assert "up to 8" in reason_of(RECIPE.choose(site, hot, facts_of(called, short)))
    assert "fewer than" in reason_of(RECIPE.choose(site, hot, facts_of()))
    assert "not sampled" in reason_of(RECIPE.choose(site, profile_of(), facts_of(called, text)))
