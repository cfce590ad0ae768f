import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.measure.forecast import Need, eta_s, foresee, need, seconds
from profiling.measure.stats import Evidence, Test, advance, gather

TEST = Test(beta=0.02)


def test_a_forecast_says_the_usual_time_and_the_most() -> None:
    forecast = foresee(TEST, 1.6, most_pairs=30, left_s=1000)

    assert forecast.text == "about 11 s (6 to 12 pairs of 1.6 s), at most 48 s"


def test_a_budget_bounds_the_forecast() -> None:
    forecast = foresee(TEST, 60, most_pairs=30, left_s=250)

    assert (forecast.fewest, forecast.usual, forecast.most_likely, forecast.most) == (4, 4, 4, 4)
    assert forecast.text == "about 4.0 min (4 pairs of 60 s), at most 4.0 min"


def test_pairs_that_are_run_whatever_the_time_are_foreseen() -> None:
    assert foresee(TEST, 60, most_pairs=30, left_s=-5, fewest_pairs=5).most == 5
    assert foresee(TEST, 60, most_pairs=3, left_s=250, fewest_pairs=5).most == 3


@given(st.floats(0.001, 600), st.integers(1, 100), st.floats(-5, 1e4))
def test_a_forecast_keeps_its_own_order_and_is_never_without_a_pair(pair_s: float, most: int, left_s: float) -> None:
    forecast = foresee(TEST, pair_s, most_pairs=most, left_s=left_s)

    assert 1 <= forecast.fewest <= forecast.usual <= forecast.most_likely <= forecast.most <= most
    assert forecast.likely_s <= pair_s * forecast.most


@given(
    st.floats(0.02, 0.6),
    st.lists(st.floats(0.75, 1.3), min_size=10, max_size=10),
    st.integers(1, 8),
    st.booleans(),
)
def test_when_the_evidence_grows_linearly_the_need_is_right_within_a_factor_of_two(
    step: float, steps: list[float], pairs: int, improves: bool
) -> None:
    bound = -math.log(TEST.alpha if improves else TEST.beta)
    grown = list(itertools.accumulate(step * steps[n % 10] for n in range(1000)))
    reached = grown[pairs - 1]
    if reached >= bound:
        return
    really = next(n for n, sum_ in enumerate(grown, start=1) if sum_ >= bound) - pairs
    gain, no_gain = (reached, -1.0) if improves else (-1.0, reached)
    evidence = Evidence(test=TEST, gain=gain, no_gain=no_gain, values=(0.05 if improves else 0.0,) * pairs)

    said = need(evidence, 2.0)

    assert said is not None
    assert really / 2 - 1 <= said.pairs <= 2 * really + 1
    assert said.seconds == 2.0 * said.pairs


def test_evidence_that_leans_neither_way_has_no_need_that_could_be_told() -> None:
    assert need(gather(TEST, []), 1.0) is None
    assert need(gather(TEST, [0.3, -0.3, 0.3, -0.3]), 1.0) is None


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (Need(pairs=12, seconds=150), "needs about 2.5 more minutes (about 12 more pairs)"),
        (Need(pairs=1, seconds=0.5), "needs about 0.5 more seconds (about 1 more pair)"),
    ],
)
def test_a_need_is_said_in_time_and_pairs(wanted: Need, text: str) -> None:
    assert wanted.text == text


def test_what_is_left_shrinks_with_every_pair_and_never_exceeds_the_bounds() -> None:
    forecast, evidence, left = foresee(TEST, 1.0, most_pairs=30, left_s=100), gather(TEST, []), []
    for pairs in range(1, 7):
        evidence = advance(evidence, 0.12)
        left.append(eta_s(evidence, forecast, pairs=pairs, pair_s=1.0))

    assert left == sorted(left, reverse=True)
    assert left[0] == 6
    assert eta_s(evidence, foresee(TEST, 1.0, most_pairs=6, left_s=100), pairs=6, pair_s=1.0) == 0
    assert eta_s(None, forecast, pairs=9, pair_s=2.0) == 6.0


@pytest.mark.parametrize(("value", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (48.4, "48 s"), (210, "3.5 min")])
def test_seconds_are_said_as_people_do(value: float, text: str) -> None:
    assert seconds(value) == text
