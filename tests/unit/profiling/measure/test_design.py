import os
import random

import pytest

from profiling.measure.design import Mode, draw, plan_schedule, usable_cores
from profiling.model import Dimension, RunUsage


def usage(wall_s: float, cpu_s: float) -> RunUsage:
    return RunUsage(wall_s=wall_s, cpu_s=cpu_s, max_rss_mib=20.0, exit_code=0)


def test_everything_that_could_favour_a_side_is_drawn_anew_for_each_pair() -> None:
    rng = random.Random(1)
    layouts = [draw(rng, index, (0, 1)) for index in range(200)]

    assert len({layout.seed for layout in layouts}) == 200
    assert all(0 < layout.seed < 2**32 and 0 <= layout.padding < 4096 for layout in layouts)
    assert {layout.core for layout in layouts} == {0, 1}
    assert 60 < sum(layout.base_first for layout in layouts) < 140


def test_the_same_random_state_gives_the_same_layout() -> None:
    assert draw(random.Random(3), 0, (0, 1)) == draw(random.Random(3), 0, (0, 1))


def test_without_cores_to_choose_from_nothing_is_pinned() -> None:
    assert draw(random.Random(1), 0, ()).core is None


def test_a_cpu_bound_command_shares_one_core() -> None:
    schedule = plan_schedule(Dimension.CPU_S, usage(1.0, 0.95), 0.9, cores=(0, 1), most_pairs=30)

    assert (schedule.mode, schedule.cores, schedule.most_pairs, schedule.note) == (Mode.CO_SCHEDULED, (0, 1), 30, "")
    assert schedule.pair_s == pytest.approx(2.05)


def test_wall_time_of_a_parallel_command_is_measured_on_all_cores() -> None:
    schedule = plan_schedule(Dimension.WALL_S, usage(1.0, 1.8), 1.7, cores=(0, 1), most_pairs=30)

    assert (schedule.mode, schedule.cores) == (Mode.ONE_AFTER_ANOTHER, ())
    assert "one after the other" in schedule.note


def test_cpu_time_of_a_parallel_command_still_shares_one_core() -> None:
    schedule = plan_schedule(Dimension.CPU_S, usage(1.0, 1.8), 1.7, cores=(0, 1), most_pairs=30)

    assert schedule.mode is Mode.CO_SCHEDULED
    assert schedule.pair_s == pytest.approx(3.65)


def test_where_nothing_can_be_pinned_the_sides_take_turns() -> None:
    assert plan_schedule(Dimension.CPU_S, usage(1, 1), 1, cores=(), most_pairs=30).mode is Mode.ONE_AFTER_ANOTHER


def test_a_small_body_is_measured_all_the_same_but_said() -> None:
    schedule = plan_schedule(Dimension.CPU_S, usage(0.1, 0.1), 0.02, cores=(0,), most_pairs=30)

    assert schedule.mode is Mode.CO_SCHEDULED
    assert "small (20 ms)" in schedule.note


def test_a_long_command_gets_fewer_pairs() -> None:
    assert plan_schedule(Dimension.CPU_S, usage(20, 20), 20, cores=(0,), most_pairs=30).most_pairs == 12
    assert plan_schedule(Dimension.CPU_S, usage(20, 20), 20, cores=(0,), most_pairs=5).most_pairs == 5


def test_usable_cores_are_those_of_this_process() -> None:
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()

    assert set(usable_cores()) == allowed
