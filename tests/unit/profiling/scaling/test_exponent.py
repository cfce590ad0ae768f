import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.growth import GrowthPoint
from profiling.scaling.curve import Observation
from profiling.scaling.exponent import Fit, Untold, fit_function, fit_whole, student
from profiling.scaling.noise import Noise, observe_runs, observe_samples

SIZES = (1000.0, 2000.0, 4000.0, 8000.0)
RUNS = 5
TRIES = 40


def power(exponent: float) -> Callable[[float], float]:
    return lambda size: (size / SIZES[-1]) ** exponent


def n_log_n(size: float) -> float:
    return size * math.log(size) / (SIZES[-1] * math.log(SIZES[-1]))


def whole(rng: random.Random, cost: Callable[[float], float], fixed: float, noise: float) -> Fit | Untold:
    costs = {size: [(fixed + cost(size)) * math.exp(rng.gauss(0, noise)) for _ in range(RUNS)] for size in SIZES}
    seen = Noise.of(costs)
    return fit_whole(observe_runs(costs, seen, 0.0001), seen.degrees)


def poisson(rng: random.Random, mean: float) -> int:
    count, passed = 0, rng.expovariate(1.0)
    while passed < mean:
        count, passed = count + 1, passed + rng.expovariate(1.0)
    return count


def function(rng: random.Random, cost: Callable[[float], float], noise: float) -> Fit | Untold:
    """A function with 40 samples at the smallest size, a small part of its program, in 3 runs of the time pass."""
    plain = {size: [math.exp(rng.gauss(0, noise)) for _ in range(RUNS)] for size in SIZES}
    seen = Noise.of(plain)
    observations = []
    for size in SIZES:
        speed = sum(math.exp(rng.gauss(0, noise)) for _ in range(3)) / 3
        samples = max(1, poisson(rng, 40 * cost(size) / cost(SIZES[0])))
        point = GrowthPoint(size=size, cpu_s=samples * 0.001 * speed, samples=samples, share=0.02)
        observations.append(observe_samples(point, 3, seen))
    return fit_function(observations, seen.degrees)


def exact(exponent: float, *, fixed: float = 0.0, unit: float = 1.0, error: float = 0.02) -> list[Observation]:
    return [Observation(size=size * unit, cost=fixed + power(exponent)(size), error=error) for size in SIZES]


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize(("fixed", "noise"), [(0.0, 0.01), (0.0, 0.07), (0.1, 0.03), (0.4, 0.03)])
def test_the_interval_of_a_whole_workload_holds_the_true_exponent(exponent: float, fixed: float, noise: float) -> None:
    rng = random.Random(f"{exponent} {fixed} {noise}")
    fits = [whole(rng, power(exponent), fixed, noise) for _ in range(TRIES)]
    told = [fit.exponent for fit in fits if isinstance(fit, Fit)]
    assert len(told) >= 0.9 * TRIES
    assert sum(each.low <= exponent <= each.high for each in told) >= 0.93 * len(told)


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("noise", [0.01, 0.07])
def test_the_interval_of_a_sampled_function_holds_the_true_exponent(exponent: float, noise: float) -> None:
    rng = random.Random(f"{exponent} {noise}")
    fits = [function(rng, power(exponent), noise) for _ in range(2 * TRIES)]
    told = [fit.exponent for fit in fits if isinstance(fit, Fit)]
    assert len(told) >= 0.9 * 2 * TRIES
    assert sum(each.low <= exponent <= each.high for each in told) >= 0.93 * len(told)


@pytest.mark.parametrize("noise", [0.01, 0.04, 0.07])
def test_n_log_n_is_neither_quadratic_nor_steep(noise: float) -> None:
    rng = random.Random(f"n log n {noise}")
    fits = [whole(rng, n_log_n, 0.02, noise) for _ in range(TRIES)]
    told = [fit.exponent for fit in fits if isinstance(fit, Fit)]
    assert len(told) == TRIES
    assert sum(each.low <= 1.2 and each.high >= 1.0 and each.high < 1.9 for each in told) >= 0.93 * TRIES
    assert not any(each.is_steep for each in told)


@pytest.mark.parametrize("noise", [0.01, 0.07])
def test_a_whole_that_does_not_grow_gets_no_exponent_and_is_called_flat(noise: float) -> None:
    rng = random.Random(f"constant {noise}")
    fits = [whole(rng, power(0.0), 0.0, noise) for _ in range(TRIES)]
    assert sum(isinstance(fit, Untold) and fit.is_flat for fit in fits) >= 0.93 * TRIES


def test_a_fixed_cost_does_not_flatten_the_exponent() -> None:
    fit = fit_whole(exact(2.0, fixed=1.0, error=0.01), 16)
    assert isinstance(fit, Fit)
    assert fit.exponent.value == pytest.approx(2.0, abs=0.01)
    assert fit.exponent.is_steep
    assert fit.fixed.low < 1.0 < fit.fixed.high


def test_a_function_with_a_visible_fixed_part_is_fitted_beside_it() -> None:
    fit = fit_function(exact(2.0, fixed=0.5), 16)
    assert isinstance(fit, Fit)
    assert fit.exponent.low < 2.0 < fit.exponent.high
    assert fit.fixed.value == pytest.approx(0.5, rel=0.05)


def test_a_function_without_one_is_fitted_by_the_power_alone() -> None:
    fit = fit_function(exact(2.1, error=0.001), 16)
    assert isinstance(fit, Fit)
    assert fit.fixed.value == 0
    assert fit.exponent.value == pytest.approx(2.1, abs=1e-3)


def test_costs_beside_any_power_are_said_to_bend() -> None:
    costs = [Observation(size=size, cost=cost, error=0.01) for size, cost in zip(SIZES, (1, 2, 9, 18), strict=True)]
    bent, straight = fit_function(costs, 16), fit_function(exact(2.0, error=0.01), 16)
    assert isinstance(bent, Fit)
    assert isinstance(straight, Fit)
    assert (bent.bends, straight.bends) == (True, False)
    assert bent.exponent.high - bent.exponent.low > 5 * (straight.exponent.high - straight.exponent.low)


def test_an_exponential_cost_is_told_as_a_high_power() -> None:
    costs = [Observation(size=size, cost=2.0**size, error=0.03) for size in (16.0, 18.0, 20.0, 22.0)]
    fit = fit_function(costs, 16)
    assert isinstance(fit, Fit)
    assert fit.exponent.low > 10


@pytest.mark.parametrize(
    ("costs", "degrees", "reason"),
    [
        (exact(2.0)[:2], 8, "2 sizes with enough behind them, at least 3 are needed"),
        (exact(2.0), 0, "no size was run twice"),
        (exact(2.0, fixed=30.0), 12, "does not grow by more than its noise: +3% ± 6% from size 1000 to 8000"),
        (exact(9.0, fixed=2.0), 12, "too few sizes stand out of the fixed cost"),
    ],
)
def test_too_little_data_gives_a_reason_and_no_number(costs: list[Observation], degrees: int, reason: str) -> None:
    fit = fit_whole(costs, degrees)
    assert isinstance(fit, Untold)
    assert reason in fit.reason


@settings(deadline=None, max_examples=25)
@given(exponent=st.floats(0.3, 3.5), fixed=st.sampled_from([0.0, 0.2]), unit=st.sampled_from([1e-6, 1e-3, 7.0, 1e9]))
def test_the_unit_of_the_sizes_changes_nothing(exponent: float, fixed: float, unit: float) -> None:
    one, other = fit_whole(exact(exponent, fixed=fixed), 16), fit_whole(exact(exponent, fixed=fixed, unit=unit), 16)
    assert isinstance(one, Fit)
    assert isinstance(other, Fit)
    assert one.exponent.value == pytest.approx(other.exponent.value, abs=1e-3)
    assert one.exponent.low == pytest.approx(other.exponent.low, abs=1e-3)
    assert one.exponent.high == pytest.approx(other.exponent.high, abs=1e-3)
    assert one.projected.value == pytest.approx(other.projected.value, rel=0.01)


@settings(deadline=None, max_examples=25)
@given(exponent=st.floats(0.3, 3.5), unit=st.sampled_from([1e-9, 1e-3, 60.0, 1e12]))
def test_the_unit_of_the_costs_changes_only_the_costs(exponent: float, unit: float) -> None:
    costs = exact(exponent, fixed=0.1)
    scaled = [Observation(size=each.size, cost=each.cost * unit, error=each.error) for each in costs]
    one, other = fit_whole(costs, 16), fit_whole(scaled, 16)
    assert isinstance(one, Fit)
    assert isinstance(other, Fit)
    assert one.exponent.low == pytest.approx(other.exponent.low, abs=1e-3)
    assert one.exponent.high == pytest.approx(other.exponent.high, abs=1e-3)
    assert one.projected.high * unit == pytest.approx(other.projected.high, rel=0.01)


@settings(deadline=None, max_examples=25)
@given(
    exponent=st.floats(-0.5, 3.5),
    error=st.floats(0.005, 0.2),
    more=st.floats(1.05, 3.0),
    jitter=st.lists(st.floats(-1, 1), min_size=4, max_size=4),
)
def test_more_noise_never_narrows_the_interval(exponent: float, error: float, more: float, jitter: list[float]) -> None:
    def fit(each_error: float) -> Fit | Untold:
        costs = [
            Observation(size=each.size, cost=each.cost * math.exp(each_error * shift), error=each_error)
            for each, shift in zip(exact(exponent), jitter, strict=True)
        ]
        return fit_function(costs, 16)

    narrow, wide = fit(error), fit(error * more)
    if isinstance(wide, Untold) or isinstance(narrow, Untold):
        assert isinstance(wide, Untold)
        return
    if narrow.fixed.value == wide.fixed.value == 0:
        assert wide.exponent.high - wide.exponent.low >= (narrow.exponent.high - narrow.exponent.low) * 0.999


@settings(deadline=None, max_examples=25)
@given(exponent=st.floats(0.1, 4), fixed=st.floats(0, 2), error=st.floats(0.005, 0.3), degrees=st.integers(1, 100))
def test_the_estimate_lies_in_its_interval(exponent: float, fixed: float, error: float, degrees: int) -> None:
    fit = fit_whole(exact(exponent, fixed=fixed, error=error), degrees)
    if isinstance(fit, Untold):
        assert fit.reason
        return
    assert fit.exponent.low <= fit.exponent.value <= fit.exponent.high
    assert fit.projected.low <= fit.projected.value <= fit.projected.high
    assert 0 <= fit.fixed.low <= fit.fixed.value <= fit.fixed.high
    assert fit.projected.size == 10 * SIZES[-1]


@pytest.mark.parametrize(
    ("degrees", "point"), [(1, 12.706), (2, 4.303), (10, 2.228), (11, 2.201), (30, 2.042), (120, 1.980)]
)
def test_students_t_is_that_of_the_tables(degrees: int, point: float) -> None:
    assert student(degrees) == pytest.approx(point, abs=3e-3)
