from typing import Any

import pytest

from profiling.growth import Exponent, FunctionGrowth, Growth, GrowthPoint
from profiling.model import Dimension
from profiling.target import InteractionKind

SIZES = (1, 2, 4, 8)


def grown(make: Any, power: float = 2.0, *, low: float | None = None, **changes: Any) -> Growth:
    points = tuple(GrowthPoint(size=size, cpu_s=0.01 * size**power, samples=40) for size in SIZES)
    lowest = power - 0.1 if low is None else low
    exponent = Exponent(value=power, low=lowest, high=power + 0.1)
    plain: dict[str, Any] = {"key": make.key("pairs"), "points": points, "exponent": exponent}
    whole = tuple(GrowthPoint(size=size, cpu_s=1.0 * size, samples=3) for size in SIZES)
    return Growth(
        template="bench.py {n}", points=whole, exponent=None, functions=(FunctionGrowth(**{**plain, **changes}),)
    )


def test_cost_that_surely_grows_faster_than_its_input_is_an_interaction(make: Any) -> None:
    found = make.only(make.profile(), growth=grown(make))
    assert (found.kind, found.key) == (InteractionKind.ALGORITHM_SIZE, make.key("pairs"))
    assert [(one.dimension, one.text) for one in found.evidence] == [
        (Dimension.CPU_S, "it takes 0.01 s at size 1 and 0.64 s at size 8 (up to 8% of the CPU)"),
        (
            Dimension.THROUGHPUT,
            "its cost grows with the size to the power 2.0 [1.9, 2.1]: twice the data costs 4.0 times as much",
        ),
    ]


def test_nothing_is_said_without_a_scaling_test(make: Any) -> None:
    assert make.found(make.profile(make.function("pairs", cpu_self_s=5.0))) == ()


@pytest.mark.parametrize(("power", "low"), [(1.0, 0.9), (1.15, 1.05), (2.0, 1.3), (3.0, 0.5)])
def test_linear_and_uncertain_growth_is_none(make: Any, power: float, low: float) -> None:
    assert make.found(make.profile(), growth=grown(make, power, low=low)) == ()


def test_too_few_points_or_samples_are_none(make: Any) -> None:
    points = grown(make).functions[0].points
    assert make.found(make.profile(), growth=grown(make, points=points[:2])) == ()
    few = (*points[:3], GrowthPoint(size=8, cpu_s=0.64, samples=29))
    assert make.found(make.profile(), growth=grown(make, points=few)) == ()
    assert make.found(make.profile(), growth=grown(make, exponent=None)) == ()


def test_it_must_matter_now_or_at_the_largest_size(make: Any) -> None:
    small = tuple(GrowthPoint(size=size, cpu_s=0.001 * size**2, samples=40) for size in SIZES)
    assert make.found(make.profile(), growth=grown(make, points=small)) == ()
    now = make.profile(make.function("pairs", cpu_self_s=0.1))
    assert len(make.found(now, growth=grown(make, points=small))) == 1
