import pytest

from profiling.comparison import Decision
from profiling.measure import stopping
from profiling.measure.stats import Test, gather

BOUNDS = stopping.Bounds(most_pairs=8, time_budget_s=10.0)


@pytest.mark.parametrize(
    ("count", "elapsed_s", "bound"),
    [
        (8, 1.0, "8 pairs, the most allowed"),
        (3, 9.5, "3 pairs, when the time budget of 10s was spent"),
        (3, 8.5, ""),
    ],
)
def test_a_further_pair_is_kept_back_by_number_or_time(count: int, elapsed_s: float, bound: str) -> None:
    assert BOUNDS.reached(count, elapsed_s, 1.0) == bound


def test_the_pairs_that_a_rule_asks_for_at_least_are_run_whatever_the_time() -> None:
    bounds = stopping.Bounds(most_pairs=8, time_budget_s=10.0, fewest_pairs=5)
    assert bounds.reached(4, 30.0, 5.0) == ""
    assert bounds.reached(5, 30.0, 5.0) == "5 pairs, when the time budget of 10s was spent"
    assert stopping.Bounds(most_pairs=3, time_budget_s=10.0, fewest_pairs=5).reached(3, 1.0, 1.0)


def test_a_decision_is_told_with_its_evidence() -> None:
    gains = gather(Test(), [0.3] * 7)
    nothing = gather(Test(), [0.0] * 7)

    improved = stopping.decided(gains, Decision.IMPROVED)
    assert improved.endswith(":1 against no gain after 7 pairs")
    not_improved = stopping.decided(nothing, Decision.NOT_IMPROVED)
    assert not_improved.endswith(":1 against a gain of 5% or more after 7 pairs")
    assert "more than a million to 1" in stopping.decided(gather(Test(), [0.3] * 30), Decision.IMPROVED)


def test_what_is_undecided_says_what_more_it_takes_or_that_more_is_no_use() -> None:
    leaning = gather(Test(), [0.06, 0.05, 0.06])
    torn = gather(Test(), [0.5, -0.5] * 2)

    assert "3 pairs, the most allowed; needs about" in stopping.undecided(leaning, "3 pairs, the most allowed", 2.0)
    assert stopping.undecided(torn, "4 pairs", 2.0).startswith("undecided after 4 pairs; ")
