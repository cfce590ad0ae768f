import math
import random
import statistics
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.comparison import Decision
from profiling.measure.stats import Estimate, Evidence, Test, advance, decide, estimate, gather, pairs_still_needed

RATIOS = st.lists(st.floats(-2, 2, allow_nan=False), max_size=30)
Noise = Callable[[random.Random], float]

NOISES: dict[str, Noise] = {
    "quiet": lambda rng: rng.gauss(0, 0.017),
    "loud": lambda rng: rng.gauss(0, 0.05),
    "heavy tails": lambda rng: 0.01 * math.tan(math.pi * (rng.random() - 0.5)),
    "two speeds": lambda rng: rng.gauss(0, 0.01) + rng.choice((-0.55, 0, 0, 0, 0, 0, 0, 0.55)),
}


def decide_session(rng: random.Random, noise: Noise, gain: float) -> Decision:
    """Run pairs until decided, at most 30."""
    evidence = Evidence(test=Test())
    for _ in range(30):
        evidence = advance(evidence, noise(rng) - math.log1p(-gain))
        if decide(evidence) is not Decision.UNDECIDED:
            break
    return decide(evidence)


def share_improved(name: str, gain: float, sessions: int) -> float:
    rng = random.Random(20261121)
    found = [decide_session(rng, NOISES[name], gain) for _ in range(sessions)]
    return found.count(Decision.IMPROVED) / sessions


@pytest.mark.parametrize("name", NOISES)
def test_identical_code_is_kept_in_at_most_one_session_of_a_hundred(name: str) -> None:
    assert share_improved(name, 0.0, 1500) <= 0.01


@pytest.mark.parametrize("name", NOISES)
def test_a_loss_is_never_kept(name: str) -> None:
    assert share_improved(name, -0.05, 300) <= 0.01


@pytest.mark.parametrize(
    ("name", "gain", "least"), [("quiet", 0.05, 0.93), ("quiet", 0.10, 0.99), ("loud", 0.10, 0.90)]
)
def test_a_true_gain_is_found(name: str, gain: float, least: float) -> None:
    assert share_improved(name, gain, 400) >= least


@given(RATIOS)
def test_swapping_the_sides_turns_a_gain_into_none(values: list[float]) -> None:
    forward, backward = gather(Test(), values), gather(Test(), [-x for x in values])

    if decide(forward) is Decision.IMPROVED:
        assert decide(backward) is Decision.NOT_IMPROVED
    assert backward.squares == pytest.approx(forward.squares)
    assert backward.estimated_gain == pytest.approx(1 - 1 / (1 - forward.estimated_gain))


@given(RATIOS, st.floats(1e-3, 1e3))
def test_the_unit_of_the_values_does_not_matter(values: list[float], unit: float) -> None:
    pairs = [(math.exp(x), 1.0) for x in values]
    same = [math.log((base * unit) / (change * unit)) for base, change in pairs]

    plain, scaled = gather(Test(), [math.log(base) for base, _ in pairs]), gather(Test(), same)

    assert scaled.gain == pytest.approx(plain.gain, abs=1e-6)
    assert scaled.no_gain == pytest.approx(plain.no_gain, abs=1e-6)


@given(st.lists(st.floats(-0.2, 0.2), max_size=20), st.floats(0.0, 1.0))
def test_the_bet_on_a_pair_depends_on_past_pairs_only(values: list[float], x: float) -> None:
    evidence = gather(Test(), values)

    factors = [math.exp(advance(evidence, sign * x).gain - evidence.gain) for sign in (1, -1)]

    assert statistics.fmean(factors) == pytest.approx(1.0)


def test_nothing_is_decided_before_seven_pairs_for_and_five_against() -> None:
    for_it = [decide(gather(Test(), [0.5] * count)) for count in range(8)]
    against = [decide(gather(Test(), [-0.5] * count)) for count in range(6)]

    assert for_it == [Decision.UNDECIDED] * 7 + [Decision.IMPROVED]
    assert against == [Decision.UNDECIDED] * 5 + [Decision.NOT_IMPROVED]


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
