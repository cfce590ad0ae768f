"""A coroutine's blocking call is awaited where nothing is held over it; a person has to agree."""

from dataclasses import replace

import pytest

from agents.recipes._base import Choice
from agents.recipes.blocking_call import RECIPE
from profiling.facts import Facts
from profiling.profile import FunctionProfile
from tests.fakes.recipe_programs import assert_examples_hold, profile_of, reason_of, rewritten, sites_of

HEAD = "import asyncio\nimport shutil\nimport time\n\n\n"
PROGRAM = HEAD + "async def f(x):\n    {use}\n"


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("use", "after"),
    [
        ("time.sleep(1)", "await asyncio.sleep(1)"),
        ("time.sleep(x)", "await asyncio.to_thread(time.sleep, x)"),
        ("time.sleep(-1)", "await asyncio.to_thread(time.sleep, -1)"),
        ("time.sleep(0)", "await asyncio.to_thread(time.sleep, 0)"),
        ("return shutil.rmtree(x, **{})", "return await asyncio.to_thread(shutil.rmtree, x, **{})"),
        ("return shutil.copy(x, x) + x", "return (await asyncio.to_thread(shutil.copy, x, x)) + x"),
    ],
)
def test_the_call_is_awaited_with_the_arguments_it_had(use, after):
    assert rewritten(RECIPE, PROGRAM.format(use=use)) == PROGRAM.format(use=after)


@pytest.mark.parametrize(
    "use",
    [
        "await asyncio.to_thread(time.sleep, 1)",
        "global g; time.sleep(1)",
        "x.n += 1; time.sleep(1)",
        "x.table[1] = x.table; time.sleep(1)",
        "return (time.sleep(n) for n in x)",
        "print(time.monotonic())",
    ],
)
def test_what_does_not_block_or_may_be_seen_half_done_stays(use):
    assert sites_of(RECIPE, PROGRAM.format(use=use)) == []


@pytest.mark.parametrize(
    "block", ["async with x:", "with x:", "try:\n        pass\n    except:", "try:\n        pass\n    finally:"]
)
def test_what_is_held_or_cleaned_up_stays(block):
    assert sites_of(RECIPE, f"{HEAD}async def f(x):\n    {block}\n        time.sleep(1)\n") == []


def test_a_wait_after_a_failed_try_is_awaited_too():
    text = (
        f"{HEAD}async def f(x):\n    try:\n        x()\n    except Exception:\n        time.sleep(1)\n        raise\n"
    )
    assert rewritten(RECIPE, text) == text.replace("time.sleep(1)", "await asyncio.sleep(1)")


def test_a_sleep_that_a_test_replaces_stays():
    readers = {"test_app.py": "def test(monkeypatch):\n    monkeypatch.setattr('app.time.sleep', print)\n"}
    assert sites_of(RECIPE, PROGRAM.format(use="time.sleep(1)"), readers=readers) == []


def test_it_is_chosen_when_others_waited_for_the_loop_and_a_person_has_to_agree():
    site = sites_of(RECIPE, PROGRAM.format(use="time.sleep(1)"))[0]

    def choice(blocked_s: float, others_s: float):
        seen = FunctionProfile(key=site.key, loop_blocked_s=blocked_s, loop_others_waited_s=others_s)
        other = FunctionProfile(key=replace(site.key, qualname="g"), loop_cpu_s=1.0)
        return RECIPE.choose(site, replace(profile_of(), functions=(seen, other)), Facts())

    assert RECIPE.card.needs_approval
    chosen = choice(1.0, 0.5)
    assert isinstance(chosen, Choice)
    assert chosen.expected_share == 0.25
    assert "less than" in reason_of(choice(1.0, 0.0))
    assert "less than" in reason_of(RECIPE.choose(site, profile_of(), Facts()))
