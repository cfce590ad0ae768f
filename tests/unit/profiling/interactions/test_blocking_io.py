from pathlib import Path
from typing import Any

import pytest

from profiling.model import Dimension
from profiling.profile import Profile, Wait
from profiling.target import InteractionKind

HELD: dict[str, Any] = {"loop_blocked_s": 0.4, "loop_longest_s": 0.1, "loop_others_waited_s": 0.3}
WAIT = Wait(line=9, library=None, seconds=0.4, on_loop=0.4)
SOURCE = """\
import time


class Client:
    pass


async def handle(client):
    await client.get(time.time())
    time.sleep(0.1)
"""


def blocked(make: Any, **changes: Any) -> Profile:
    return make.profile(make.function("handle", **{**HELD, "waits": (WAIT,), **changes}))


def test_a_coroutine_that_waits_while_others_are_ready_is_an_interaction(make: Any) -> None:
    found = make.only(blocked(make))
    assert (found.kind, found.key) == (InteractionKind.BLOCKING_IO, make.key("handle"))
    held, waited = found.evidence
    assert (held.dimension, waited.dimension) == (Dimension.LOOP_BLOCK_S, Dimension.WALL_S)
    assert held.text == (
        "it held the event loop for 0.4 s without computing, up to 0.1 s at once,"
        " and others were ready for 0.3 s of that"
    )
    assert waited.text == "it waits without await for 0.4 s at line 9"
    assert found.evidence[0].value == 0.4


@pytest.mark.parametrize(
    "weak",
    [
        {"loop_blocked_s": 0.0049},
        {"loop_others_waited_s": 0.0049},
        {"loop_others_waited_s": 0.0},
        {"waits": ()},
        {"waits": (Wait(line=9, library=None, seconds=0.4, on_loop=0.0),)},
    ],
)
def test_brief_lonely_or_unlocated_waits_are_no_interaction(make: Any, weak: dict[str, Any]) -> None:
    assert make.found(blocked(make, **weak)) == ()


def test_the_threshold_is_five_milliseconds(make: Any) -> None:
    assert len(make.found(blocked(make, loop_blocked_s=0.005, loop_others_waited_s=0.005))) == 1


def test_the_source_names_the_call_that_is_not_awaited(make: Any, tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_text(SOURCE)
    sleeping = Wait(line=10, library=None, seconds=0.4, on_loop=0.4)
    assert "at line 10: time.sleep" in make.only(blocked(make, waits=(sleeping,)), root=tmp_path).evidence[1].text
    awaiting = make.only(blocked(make), root=tmp_path).evidence[1].text
    assert "at line 9: time.time" in awaiting
    assert "client.get" not in awaiting


def test_without_source_the_library_is_named(make: Any) -> None:
    through = Wait(line=9, library="requests", seconds=0.4, on_loop=0.4)
    assert "at line 9: a call into requests" in make.only(blocked(make, waits=(through,))).evidence[1].text


def test_a_wait_in_a_function_that_a_coroutine_calls_is_the_coroutines(make: Any) -> None:
    load = make.function("load", waits=(Wait(line=3, library=None, seconds=0.4, on_loop=0.4),))
    inner = make.function("inner", loop_cpu_s=0.001)
    called = make.stack("main", "handle", "load", waited_s=0.4)
    profiled = make.profile(make.function("handle", **HELD), load, inner, stacks=(called,))
    assert "at line 3 in load (pkg/a.py)" in make.only(profiled).evidence[1].text
    between = make.stack("main", "handle", "inner", "load", waited_s=0.4)
    assert make.found(make.profile(make.function("handle", **HELD), load, inner, stacks=(between,))) == ()
    idle = make.stack("main", "handle", "load", waited_s=0.0)
    assert make.found(make.profile(make.function("handle", **HELD), load, inner, stacks=(idle,))) == ()
