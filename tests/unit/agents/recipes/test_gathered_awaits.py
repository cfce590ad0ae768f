"""Coroutines are gathered where each is given its own element alone and nothing is shared; a person has to agree."""

from dataclasses import replace

import pytest

from agents.recipes._base import Choice
from agents.recipes.gathered_awaits import RECIPE
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    sites_of,
)

PROGRAM = "import asyncio\n\n\n{called}\n\n\nasync def run(given, lock):\n    {use}\n"
CALLED = "async def one(n, more=1):\n    await asyncio.sleep(0)\n    return n"
USE = "return [await one(n) for n in given]"


def of(*, called: str = CALLED, use: str = USE) -> str:
    return PROGRAM.format(called=called, use=use)


def test_the_examples_hold_and_a_person_has_to_agree():
    assert_examples_hold(RECIPE)
    assert RECIPE.card.needs_approval


@pytest.mark.parametrize(
    "use",
    [
        "return [await one(n, given) for n in given]",
        "return [await one(lock) for n in given]",
        "return [await one(len(n)) for n in given]",
        "return [await one(n) async for n in given]",
        "return [await one(a) for a, b in given]",
        "return {await one(n) for n in given}",
        "return [await one(n) for n in given][0]",
        "for n in given: await one(n)",
        "one = given; return [await one(n) for n in given]",
        "at_once = 1; return [await one(n) for n in given]",
    ],
)
def test_what_shares_an_argument_or_is_no_plain_list_stays(use):
    assert len(sites_of(RECIPE, of())) == 1
    assert sites_of(RECIPE, of(use=use)) == []


@pytest.mark.parametrize(
    "body",
    ["global n; n = 1", "n.x = 1", "n[0] = 1", "del n[0]", "async with n: pass", "with n: pass", "n.x += 1"],
)
def test_a_coroutine_that_holds_or_changes_something_stays(body):
    name = "async def one(x):" if body.startswith("global") else "async def one(n):"
    assert sites_of(RECIPE, of(called=f"{name}\n    {body}")) == []


@pytest.mark.parametrize("called", ["@given\n" + CALLED, "def one(n):\n    return n", CALLED + "\n\n\none = print"])
def test_what_is_not_surely_a_coroutine_of_the_module_stays(called):
    assert sites_of(RECIPE, of(called=called)) == []


def test_a_coroutine_that_a_test_replaces_stays():
    readers = {"test_app.py": "from unittest import mock\nmock.patch('app.one')\n"}
    assert sites_of(RECIPE, of(), readers=readers) == []


def test_it_is_chosen_in_a_run_that_waits():
    site = sites_of(RECIPE, of())[0]
    seen = facts_of(expression_facts(site.requests[0].id, evaluations=10, total_len=50))
    busy = profile_of()
    waiting = replace(busy, time_pass=replace(busy.time_pass, cpu_s=0.5 * busy.time_pass.wall_s))

    chosen = RECIPE.choose(site, waiting, seen)
    assert isinstance(chosen, Choice)
    assert chosen.expected_share == pytest.approx(0.5 * 0.8)
    assert "waited for 0%" in reason_of(RECIPE.choose(site, busy, seen))
    assert "0.0 coroutines" in reason_of(RECIPE.choose(site, waiting, facts_of()))
