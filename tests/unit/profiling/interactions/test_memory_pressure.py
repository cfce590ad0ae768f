from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.facts import Facts
from profiling.interactions import memory_pressure
from profiling.interactions.observed import Observed
from profiling.model import Dimension
from profiling.profile import ConcurrencyPoint, Profile
from profiling.target import InteractionKind

MIB = 1024 * 1024
RISING = ((0, 1.0), (1, 1.0), (10, 6.0), (20, 11.0), (40, 21.0))


def pressed(make: Any, *rows: tuple[int, float], calls: int | None = 40, owned: int = 19) -> Profile:
    handle = make.function("handle", loop_cpu_s=0.1, calls=calls)
    stack = make.stack("run", "handle", "build", peak_owned_bytes=owned * MIB)
    return make.profile(handle, stacks=(stack,), concurrency=make.points(*rows))


def test_a_heap_that_rises_and_falls_with_the_tasks_is_an_interaction(make: Any) -> None:
    found = make.only(pressed(make, *RISING))
    assert (found.kind, found.key) == (InteractionKind.MEMORY_PRESSURE, make.key("handle"))
    assert [(one.dimension, one.text) for one in found.evidence] == [
        (
            Dimension.PEAK_MIB,
            "it owns 19.0 MiB of a heap that rises from 1.0 MiB at 1 task to 21.0 MiB at 40",
        ),
        (Dimension.THROUGHPUT, "about 0.51 MiB a task, so that 1 GiB holds about 2008 at once"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        (),
        ((40, 21.0),),
        ((1, 20.0), (20, 20.5), (40, 21.0)),
        ((20, 1.0), (39, 21.0)),
        ((1, 1.0), (10, 21.0), (20, 11.0), (40, 22.0)),
        ((1, 1.0), (2, 20.0), (20, 20.5), (40, 21.0)),
        ((1, 1.0), (10, 6.0), (20, 21.0), (40, 3.0)),
        ((0, 18.0), (1, 1.0), (10, 6.0), (20, 11.0), (40, 21.0)),
    ],
    ids=[
        "no loop",
        "one level",
        "level",
        "no doubling",
        "falls",
        "one jump",
        "drops with more tasks",
        "kept at the end",
    ],
)
def test_a_heap_that_does_not_go_with_the_tasks_is_none(make: Any, rows: tuple[tuple[int, float], ...]) -> None:
    assert make.found(pressed(make, *rows)) == ()


def test_tasks_that_have_not_begun_hide_nothing(make: Any) -> None:
    staggered = ((0, 1.0), (1, 1.0), (10, 6.0), (34, 19.0), (40, 17.0))
    assert len(make.found(pressed(make, *staggered))) == 1


def test_two_levels_are_enough_only_where_calls_say_that_each_task_allocates(make: Any) -> None:
    two = ((1, 1.0), (40, 21.0))
    assert len(make.found(pressed(make, *two, calls=20))) == 1
    assert make.found(pressed(make, *two, calls=19)) == ()
    assert make.found(pressed(make, *two, calls=None)) == ()
    assert len(make.found(pressed(make, *RISING, calls=None))) == 1


def test_a_module_body_that_runs_the_loop_is_no_coroutine(make: Any) -> None:
    body, handle = make.body(loop_cpu_s=0.1, calls=1), make.function("handle", loop_cpu_s=0.1, calls=40)
    stacks = (
        replace(make.stack("x", peak_owned_bytes=50 * MIB), frames=(body.key,)),
        make.stack("handle", peak_owned_bytes=19 * MIB),
    )
    profiled = make.profile(body, handle, stacks=stacks, concurrency=make.points(*RISING))
    assert make.only(profiled).key == make.key("handle")


def test_a_rise_that_is_no_coroutines_own_is_none(make: Any) -> None:
    assert make.found(pressed(make, *RISING, owned=4)) == ()
    assert len(make.found(pressed(make, *RISING, owned=5))) == 1


@given(
    st.integers(1, 60_000),
    st.integers(0, 200 * MIB),
    st.lists(st.integers(1, 4000), min_size=3, max_size=12, unique=True).map(sorted),
)
def test_bytes_a_task_are_recovered_whatever_lies_below_them(each: int, floor: int, tasks: list[int]) -> None:
    points = [ConcurrencyPoint(tasks=n, heap_bytes=floor + each * n, ticks=1) for n in tasks]
    rise = memory_pressure.fit(points)
    large = each * (tasks[-1] - tasks[0]) >= 2 * MIB and tasks[-1] >= 2 * tasks[0]
    halfway = max((n for n in tasks if 2 * n <= tasks[-1]), default=0)
    if large and tasks[-1] - halfway >= 0.25 * (tasks[-1] - tasks[0]):
        assert rise is not None
        assert rise.per_task == pytest.approx(each)
    elif not large:
        assert rise is None


def test_without_stacks_of_memory_a_coroutines_own_peak_counts(make: Any) -> None:
    handle = make.function("handle", loop_cpu_s=0.1, calls=40, peak_owned_bytes=19 * MIB)
    profiled = make.profile(handle, concurrency=make.points(*RISING))
    observed = Observed(profile=profiled, facts=Facts())
    assert [one.key for one in memory_pressure.find(observed)] == [make.key("handle")]
