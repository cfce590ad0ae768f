"""Generated coroutines: a call that runs in a thread, or a sleep of the loop, gives what the blocking call gave."""

import textwrap

import pytest
from hypothesis import strategies as st

from agents.recipes.blocking_call import RECIPE
from tests.fakes.recipe_fuzzing import Program, differential

PLAIN = (
    "time.sleep(0.00001)\nreturn given",
    "time.sleep(given)\nreturn given",
    "found = time.sleep(1e-6)\nreturn found, given",
    "for n in (0, 1e-6):\n    time.sleep(secs=n) if given is None else time.sleep(n)\n    print(n)",
    "try:\n    time.sleep(given)\nexcept (TypeError, ValueError) as error:\n    return type(error), error.args",
    "return [socket.gethostbyname('127.0.0.1'), given]",
    "a = shutil.copyfile(given, given)\nreturn a",
    "try:\n    shutil.rmtree(given)\nexcept Exception as error:\n    print(type(error))\nfinally:\n    print('done')",
    "return f'{given!r}', shutil.rmtree('/nowhere/at/all', ignore_errors=True, **{})",
    "if time.sleep(*[0]) is None:\n    return print(given)",
)
REFUSED = (
    "with open(__file__ if False else '/dev/null') as file:\n    time.sleep(0.00001)\n    return file.read()",
    "try:\n    time.sleep(0.00001)\nexcept BaseException:\n    return 1",
    "try:\n    return given\nfinally:\n    time.sleep(0)",
    "return [time.sleep(0) for _ in '12']",
    "return (lambda: time.sleep(0))()",
    "def inner():\n    return time.sleep(0)\nreturn inner()",
    "KEPT.total += 1\ntime.sleep(0)\nreturn KEPT.total",
)
HEAD = """\
import asyncio
import shutil
import socket
import time


class KEPT:
    total = 0


async def run(given):
"""
CALLS = ("run(0)", "run(None)", "run(-1)", "run('/nowhere')", "run(1e-6)", "run(float('nan'))")


@st.composite
def programs(draw: st.DrawFn) -> Program:
    body = draw(st.sampled_from(REFUSED if draw(st.integers(0, 4)) == 4 else PLAIN))
    source = f"{HEAD}{textwrap.indent(body, '    ')}\n"
    return Program(source, tuple(draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=4))))


def test_a_call_that_no_longer_holds_the_loop_gives_what_it_gave() -> None:
    assert differential(RECIPE, programs(), cases=16).applied


@pytest.mark.slow
def test_a_call_that_no_longer_holds_the_loop_gives_what_it_gave_in_thousands_of_programs() -> None:
    tally = differential(RECIPE, programs(), cases=2000)
    assert tally.applied >= tally.cases / 2 >= 1000
