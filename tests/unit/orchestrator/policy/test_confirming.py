import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.confirming import is_near, is_open, strength
from profiling.comparison import Decision
from tests.fakes.experiments import measured


@pytest.mark.parametrize(
    ("ratio", "width", "near"),
    [(0.94, 0.04, True), (0.96, 0.0, True), (0.70, 0.1, False), (0.93, 0.02, False), (0.99, 0.0, False)],
)
def test_a_gain_is_near_the_threshold_when_its_interval_holds_less_than_the_gain_sought(
    ratio: float, width: float, near: bool
) -> None:
    assert is_near(measured(ratio, width=width)) is near


def test_only_a_gain_near_the_threshold_is_measured_again_and_only_while_it_is_found_again() -> None:
    near, none, far = measured(0.96), measured(0.99), measured(0.5)
    assert is_open([near])
    assert is_open([near, far])
    assert not is_open([near, none])
    assert not is_open([far])
    assert not is_open([none])


ratios = st.floats(0.2, 1.5)


@given(st.lists(ratios, min_size=1, max_size=3))
def test_the_weakest_of_several_is_one_without_a_gain_or_else_the_smallest(found: list[float]) -> None:
    several = [measured(ratio) for ratio in found]
    weakest = min(several, key=strength)
    if any(one.decision is not Decision.IMPROVED for one in several):
        assert weakest.decision is not Decision.IMPROVED
    else:
        assert weakest.comparisons[weakest.target].ratio == max(found)
