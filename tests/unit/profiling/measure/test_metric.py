import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.measure.metric import Calibration, choose
from profiling.model import Dimension


def run(cpu_s: float, wall_s: float, **more: object) -> Calibration:
    return Calibration(**{"queueing_known": True, "cpu_s": cpu_s, "wall_s": wall_s, **more})  # type: ignore[arg-type]


def test_cpu_time_of_work_that_computes_is_decided_on_cpu_time() -> None:
    assert choose(Dimension.CPU_S, (run(0.95, 1.0),)).dimension is Dimension.CPU_S


def test_cpu_time_of_work_that_waits_is_decided_on_wall_time_and_that_is_said() -> None:
    chosen = choose(Dimension.CPU_S, (run(0.4, 1.0),))

    assert chosen.dimension is Dimension.WALL_S
    assert "in only 40% of its time: wall time decides" in chosen.notes[0]


def test_a_first_run_that_waited_for_the_disk_is_outvoted_by_a_second_one() -> None:
    assert choose(Dimension.CPU_S, (run(0.5, 1.0), run(0.5, 0.51))).dimension is Dimension.CPU_S
    assert choose(Dimension.CPU_S, (run(0.5, 0.51), run(0.5, 1.0))).dimension is Dimension.CPU_S


def test_a_wait_of_milliseconds_is_not_what_a_program_is_about() -> None:
    assert choose(Dimension.CPU_S, (run(0.002, 0.006),)).dimension is Dimension.CPU_S


@given(st.sampled_from([each for each in Dimension if each is not Dimension.CPU_S]), st.floats(0, 10), st.floats(0, 10))
def test_a_target_that_is_not_cpu_time_stays_what_it_is(target: Dimension, cpu_s: float, wall_s: float) -> None:
    assert choose(target, (run(cpu_s, wall_s),)).dimension is target


@given(st.floats(0.001, 10), st.floats(0.001, 10), st.sampled_from([0.5, 2.0, 8.0]))
def test_only_the_share_of_cpu_counts_once_the_wait_is_long_enough(cpu_s: float, wall_s: float, factor: float) -> None:
    small, large = run(cpu_s + 1, wall_s + 1), run((cpu_s + 1) * factor, (wall_s + 1) * factor)

    alike = choose(Dimension.CPU_S, (small,)).dimension is choose(Dimension.CPU_S, (large,)).dimension
    assert alike or abs(wall_s - cpu_s) < 0.02


def test_where_queueing_is_not_known_wall_time_is_said_to_be_the_clocks() -> None:
    chosen = choose(Dimension.WALL_S, (run(0.4, 1.0, queueing_known=False),))

    assert any("as the clock shows it" in note for note in chosen.notes)


@pytest.mark.parametrize("more", [{"threads_cpu_s": 0.5}, {"processes": 3}])
def test_work_spread_over_threads_or_processes_is_said(more: dict[str, object]) -> None:
    assert any(
        "look at wall_s and cpu_s together" in note for note in choose(Dimension.CPU_S, (run(1, 1, **more),)).notes
    )
    assert not choose(Dimension.PEAK_MIB, (run(1, 1, **more),)).notes
