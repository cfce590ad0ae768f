"""Generated coroutines: results that are gathered are those awaited one after the other, in their order."""

import pytest
from hypothesis import strategies as st

from agents.recipes.gathered_awaits import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

CALLED = (
    "await asyncio.sleep(0)\n    return {x}, n",
    "await asyncio.sleep(0.0005 if n == 1 else 0)\n    return [n]",
    "return [n, {x}]",
    "if n == {x}:\n        await asyncio.sleep(0)\n    return None",
    "found = {{n}}\n    await asyncio.sleep(0)\n    found.add({x})\n    return len(found)",
)
SHARED = (
    "KEPT.append(n)\n    KEPT[0] = n\n    await asyncio.sleep(0)\n    return len(KEPT)",
    "global TOTAL\n    TOTAL += 1\n    await asyncio.sleep(0)\n    return TOTAL",
    "async with LOCK:\n        return n",
)
CALLERS = (
    "found = [await one(n) for n in given]\n    return found, type(found)",
    "return [await one(n, {x}) for n in given]",
    "found = [await one(n=n) for n in reversed(given)]\n    found.append(given)\n    return found",
    "n = 5\n    found = [await one(n) for n in given]\n    return found, n",
    "if given:\n        return [await one(item) for item in given]\n    return None",
)
REFUSED = (
    "return [await one(n) for n in given if n]",
    "return [(await one(n), n) for n in given]",
    "return sum([len(str(await one(n))) for n in given])",
    "return [await one(given) for n in given]",
    "try:\n        found = [await one(n) for n in given]\n    except TypeError:\n        return 0\n    return found",
    "return [await one(m) for n in given for m in (n, n)]",
)
HEAD = """\
import asyncio

KEPT = []
TOTAL = 0


class LOCK:
    async def __aenter__(self):
        pass

    async def __aexit__(self, *raised):
        pass


LOCK = LOCK()


async def one(n, more=None):
    {called}


async def run(given):
    {caller}
"""
VALUES = ("0", "1", "'a'", "None", "-1.5")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    chosen = draw(st.integers(0, 5))
    x = draw(st.sampled_from(VALUES))
    called = draw(st.sampled_from(SHARED if chosen == 4 else CALLED)).format(x=x)
    caller = draw(st.sampled_from(REFUSED if chosen == 5 else CALLERS)).format(x=x)
    given = draw(st.lists(st.lists(st.integers(-1, 14), max_size=14), min_size=1, max_size=3))
    calls = tuple(f"run({one!r})" for one in given)
    return Program(HEAD.format(called=called, caller=caller), calls)


def test_gathered_results_are_those_awaited_in_turn() -> None:
    assert differential(RECIPE, programs(), cases=20).applied


@pytest.mark.slow
def test_gathered_results_are_those_awaited_in_turn_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
