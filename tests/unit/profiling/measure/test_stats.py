import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.comparison import Decision
from profiling.measure.stats import Estimate, Evidence, Test, advance, decide, estimate, gather, pairs_still_needed

RATIOS = st.lists(st.floats(-2, 2, allow_nan=False), max_size=30)
TIMES = st.lists(st.tuples(st.floats(1e-4, 1e3), st.floats(1e-4, 1e3)), max_size=30)


@given(RATIOS)
def test_swapping_the_sides_turns_a_gain_into_none(values: list[float]) -> None:
    forward, backward = gather(Test(), values), gather(Test(), [-x for x in values])

    if decide(forward) is Decision.IMPROVED:
        assert decide(backward) is Decision.NOT_IMPROVED
    assert backward.squares == pytest.approx(forward.squares)
    assert backward.estimated_gain == pytest.approx(1 - 1 / (1 - forward.estimated_gain))


@given(RATIOS.filter(bool))
def test_swapping_the_sides_mirrors_the_interval(values: list[float]) -> None:
    forward, backward = estimate(values), estimate([-x for x in values])

    assert (backward.low, backward.median, backward.high) == pytest.approx(
        (-forward.high, -forward.median, -forward.low)
    )
    assert backward.coverage == forward.coverage


@given(TIMES, st.floats(1e-3, 1e3))
def test_the_unit_of_the_values_does_not_matter(times: list[tuple[float, float]], unit: float) -> None:
    plain = gather(Test(), [math.log(base / change) for base, change in times])
    scaled = gather(Test(), [math.log((base * unit) / (change * unit)) for base, change in times])

    assert scaled.gain == pytest.approx(plain.gain, abs=1e-6)
    assert scaled.no_gain == pytest.approx(plain.no_gain, abs=1e-6)
    assert scaled.estimated_gain == pytest.approx(plain.estimated_gain, abs=1e-9)


@given(RATIOS.filter(bool), st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter_to_what_is_estimated(values: list[float], rng: random.Random) -> None:
    shuffled = rng.sample(values, len(values))

    assert estimate(shuffled) == estimate(values)
    assert gather(Test(), shuffled).estimated_gain == gather(Test(), values).estimated_gain


def test_the_order_of_pairs_matters_to_the_evidence_because_a_bet_knows_the_past_only() -> None:
    values = [0.05] * 6 + [-0.4]

    late, early = gather(Test(), values), gather(Test(), values[::-1])

    assert early.gain != pytest.approx(late.gain)
    assert early.estimated_gain == late.estimated_gain


@given(RATIOS, st.floats(-5, 5))
def test_no_single_pair_however_wild_takes_more_than_a_few_good_ones_give(values: list[float], x: float) -> None:
    evidence = gather(Test(), values)

    change = advance(evidence, x).gain - evidence.gain

    assert -3.33 <= change <= math.log(2)


@given(st.lists(st.floats(-0.2, 0.2), max_size=12), st.floats(0.0, 0.2), st.floats(0.0, 0.2))
def test_a_larger_gain_in_a_pair_is_never_less_evidence(values: list[float], x: float, more: float) -> None:
    evidence = gather(Test(), values)

    assert advance(evidence, x + more).gain >= advance(evidence, x).gain
    assert advance(evidence, x + more).no_gain <= advance(evidence, x).no_gain


@given(st.lists(st.floats(-0.2, 0.2), max_size=20), st.floats(0.0, 1.0))
def test_the_bet_on_a_pair_depends_on_past_pairs_only(values: list[float], x: float) -> None:
    evidence = gather(Test(), values)

    factors = [math.exp(advance(evidence, sign * x).gain - evidence.gain) for sign in (1, -1)]

    assert statistics.fmean(factors) == pytest.approx(1.0)


def test_nothing_is_decided_before_seven_pairs_for_and_six_against() -> None:
    for_it = [decide(gather(Test(), [0.5] * count)) for count in range(8)]
    against = [decide(gather(Test(), [-0.5] * count)) for count in range(7)]

    assert for_it == [Decision.UNDECIDED] * 7 + [Decision.IMPROVED]
    assert against == [Decision.UNDECIDED] * 6 + [Decision.NOT_IMPROVED]


def test_a_sure_gain_below_three_percent_is_not_kept() -> None:
    evidence = gather(Test(), [0.02] * 30)

    assert evidence.gain > math.log(100)
    assert decide(evidence) is not Decision.IMPROVED


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_a_ratio_that_is_no_number_is_refused(x: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        advance(Evidence(test=Test()), x)


@pytest.mark.parametrize("wrong", [{"alpha": 0.0}, {"beta": 1.0}, {"design_effect": -0.1}])
def test_errors_outside_zero_and_one_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Test(**wrong)


@given(RATIOS.filter(bool))
def test_an_interval_holds_its_median_and_stays_within_the_values(values: list[float]) -> None:
    found = estimate(values)

    assert min(values) <= found.low <= found.median <= found.high <= max(values)
    assert found.count == len(values)
    assert 0 <= found.coverage <= 1
    assert (found.coverage >= 0.95) == (len(values) >= 6)


@pytest.mark.parametrize(("count", "rank"), [(1, 0), (5, 0), (6, 0), (8, 0), (9, 1), (12, 2), (30, 9)])
def test_the_interval_is_that_of_the_sign_test(count: int, rank: int) -> None:
    found = estimate(list(range(count)))

    assert (found.low, found.high) == (rank, count - 1 - rank)


def test_the_interval_covers_the_true_median_as_often_as_it_says() -> None:
    rng = random.Random(7)
    hits = sum(_covers(estimate([rng.gauss(0, 1) for _ in range(9)])) for _ in range(2000))

    assert hits / 2000 >= 0.945


def _covers(found: Estimate) -> bool:
    return found.low <= 0 <= found.high


def test_an_estimate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        estimate([])


def test_the_pairs_still_needed_follow_from_the_evidence_so_far() -> None:
    assert pairs_still_needed(gather(Test(), [0.5] * 4)) == 3
    assert pairs_still_needed(Evidence(test=Test())) is None


@given(RATIOS)
def test_fewer_pairs_are_needed_than_infinitely_many(values: list[float]) -> None:
    needed = pairs_still_needed(gather(Test(), values))

    assert needed is None or needed >= 1
