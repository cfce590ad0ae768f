import math
import random
import sys
from pathlib import Path

import pytest

from profiling.measure.processes import Processes
from profiling.measure.sensitivity import Noise, detectable, measure_noise, power, smallest_gain
from profiling.model import Interpreter


def _gaussian(spread: float, count: int = 25) -> Noise:
    rng = random.Random(11)
    return Noise(values=tuple(rng.gauss(0, spread) for _ in range(count)), elapsed_s=10.0, body_s=0.5)


def test_the_spread_is_that_of_the_values_with_an_interval_around_it() -> None:
    found = _gaussian(0.02, count=200).spread
    assert found.low < found.median < found.high
    assert found.median == pytest.approx(0.02, rel=0.15)
    assert found.low <= 0.02 <= found.high


def test_one_wild_pair_hardly_moves_the_spread() -> None:
    calm = _gaussian(0.02)
    wild = Noise(values=(*calm.values, 0.9), elapsed_s=10.0, body_s=0.5)
    assert wild.spread.median < 1.5 * calm.spread.median


def test_the_same_noise_gives_the_same_figures() -> None:
    assert _gaussian(0.02).spread == _gaussian(0.02).spread
    assert power(_gaussian(0.02).values, 0.03, 9) == power(_gaussian(0.02).values, 0.03, 9)


def test_a_gain_that_counts_as_detectable_is_found_by_nine_measurements_of_ten_and_a_third_of_it_is_not() -> None:
    values = _gaussian(0.02).values
    gain = smallest_gain(values, 30)
    assert power(values, gain, 30) >= 0.9
    assert power(values, gain / 3, 30) < 0.5


@pytest.mark.parametrize(("quieter", "louder"), [(0.01, 0.03), (0.03, 0.08)])
def test_more_noise_hides_larger_gains(quieter: float, louder: float) -> None:
    assert smallest_gain(_gaussian(quieter).values, 20) < smallest_gain(_gaussian(louder).values, 20)


def test_more_pairs_show_smaller_gains() -> None:
    values = _gaussian(0.02).values
    assert smallest_gain(values, 25) < smallest_gain(values, 12) < smallest_gain(values, 8)


def test_six_pairs_show_no_gain_however_large() -> None:
    assert math.isinf(smallest_gain([0.001] * 6, 6))


def test_a_minute_of_a_long_workload_holds_fewer_pairs_and_shows_larger_gains_only() -> None:
    short = detectable(_gaussian(0.01), workload_s=0.5, minutes=1.0, most_pairs=30)
    long = detectable(_gaussian(0.01), workload_s=2.5, minutes=1.0, most_pairs=30)
    endless = detectable(_gaussian(0.01), workload_s=30.0, minutes=1.0, most_pairs=30)

    assert (short.pairs, long.pairs, endless.pairs) == (30, 11, 0)
    assert short.low <= short.gain <= short.high < long.high
    assert math.isinf(endless.gain)


def test_where_others_work_too_a_minute_holds_fewer_pairs() -> None:
    calm = _gaussian(0.01)
    crowded = Noise(values=calm.values, elapsed_s=26 * 3 * 1.05, body_s=0.5)  # three times what the pairs ask for

    assert calm.stretch == 1.0
    assert crowded.stretch == pytest.approx(3.0)
    assert detectable(crowded, workload_s=0.5, minutes=1.0, most_pairs=30).pairs == 19


def test_programs_that_are_always_equal_have_no_spread_and_show_the_smallest_gains() -> None:
    still = Noise(values=(0.0,) * 10, elapsed_s=1.0, body_s=0.1)
    assert still.spread.median == 0.0
    assert detectable(still, workload_s=0.5, minutes=1.0, most_pairs=30).gain < 0.01


@pytest.mark.slow
def test_this_machine_is_measured_by_pairs_of_identical_programs(tmp_path: Path) -> None:
    told: list[int] = []
    interpreter = Interpreter(executable=sys.executable, version=(3, 11, 0))
    found = measure_noise(tmp_path, interpreter, seconds=5.0, processes=Processes(), on_pair=told.append)

    assert told == list(range(1, len(found.values) + 1))
    assert len(found.values) >= 1
    assert all(abs(x) < 1 for x in found.values)
    assert found.body_s > 0
