from typing import Any

import pytest

from profiling.model import Dimension
from profiling.target import InteractionKind

BUSY: dict[str, Any] = {"loop_cpu_s": 2.0, "loop_longest_s": 0.25, "loop_others_waited_s": 1.5}


def test_computing_long_while_others_are_ready_is_an_interaction(make: Any) -> None:
    found = make.only(make.profile(make.function("handle", **BUSY)))
    assert (found.kind, found.key) == (InteractionKind.CPU_STARVATION, make.key("handle"))
    assert [(one.dimension, one.value, one.text) for one in found.evidence] == [
        (Dimension.CPU_S, 2.0, "it computes 2 s on the event loop (20% of the CPU)"),
        (Dimension.LOOP_BLOCK_S, 1.5, "up to 0.25 s at once, and other callbacks were ready for 1.5 s of it"),
    ]


@pytest.mark.parametrize(
    "weak",
    [
        {"loop_longest_s": 0.049},
        {"loop_others_waited_s": 0.0},
        {"loop_others_waited_s": 0.0049},
        {"loop_cpu_s": 0.09},
        {"loop_blocked_s": 2.1},
    ],
)
def test_short_lonely_or_waiting_callbacks_starve_nobody_of_cpu(make: Any, weak: dict[str, Any]) -> None:
    found = make.found(make.profile(make.function("handle", **{**BUSY, **weak})))
    assert InteractionKind.CPU_STARVATION not in {one.kind for one in found}


def test_fifty_milliseconds_at_once_are_long(make: Any) -> None:
    assert len(make.found(make.profile(make.function("handle", **{**BUSY, "loop_longest_s": 0.05})))) == 1
