import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.growth import GrowthPoint
from profiling.scaling.noise import Noise, observe_runs, observe_samples

COSTS = st.dictionaries(
    st.floats(1, 1e6), st.lists(st.floats(1e-4, 1e3), min_size=1, max_size=8), min_size=1, max_size=6
)


def test_identical_runs_are_as_sure_as_caches_and_clocks_let_them_be() -> None:
    costs = {1.0: [2.0, 2.0, 2.0], 2.0: [4.0, 4.0, 4.0]}
    noise = Noise.of(costs)
    assert noise.degrees == 4
    assert [each.cost for each in observe_runs(costs, noise, 0.0005)] == [2.0, 4.0]
    assert [each.error for each in observe_runs(costs, noise, 0.0005)] == pytest.approx([0.01, 0.01], rel=0.01)


def test_one_outlier_does_not_move_the_cost_but_widens_its_error() -> None:
    steady, shaken = {1.0: [1.0, 1.01, 0.99, 1.0, 1.0]}, {1.0: [1.0, 1.01, 0.99, 1.0, 2.0]}
    (one,), (other,) = (observe_runs(each, Noise.of(each), 0.0) for each in (steady, shaken))
    assert other.cost == one.cost
    assert other.error > 3 * one.error


def test_a_size_with_few_runs_borrows_the_spread_of_the_others() -> None:
    noise = Noise.of({1.0: [1.0, 1.1, 0.9, 1.05], 2.0: [2.0]})
    assert noise.variances[2.0] > 0.001


def test_short_runs_are_less_sure_than_long_ones() -> None:
    costs = {1.0: [0.002, 0.002, 0.002], 2.0: [2.0, 2.0, 2.0]}
    short, long = observe_runs(costs, Noise.of(costs), 0.0005)
    assert short.error > 10 * long.error


@given(COSTS)
def test_errors_are_finite_and_never_zero(costs: dict[float, list[float]]) -> None:
    for each in observe_runs(costs, Noise.of(costs), 0.0001):
        assert 0 < each.error < math.inf
        assert min(costs[each.size]) <= each.cost <= max(costs[each.size])


@given(samples=st.integers(1, 10_000), share=st.floats(0, 1), passes=st.integers(1, 12))
def test_more_samples_make_a_function_surer(samples: int, share: float, passes: int) -> None:
    noise = Noise(variances={1.0: 0.001}, degrees=4)
    few, many = (
        observe_samples(GrowthPoint(size=1.0, cpu_s=1.0, samples=count, share=share), passes, noise).error
        for count in (samples, 4 * samples)
    )
    assert many < few


def test_a_function_that_is_a_small_part_errs_by_the_root_of_its_samples() -> None:
    point = GrowthPoint(size=1.0, cpu_s=1.0, samples=100, share=0.0)
    error = observe_samples(point, 1, Noise(variances={}, degrees=4)).error
    assert error == pytest.approx(0.1, rel=0.02)
