from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.ranking import Tally, can_be_chosen, rank
from profiling.model import Domain

MULTI = (Domain.CPU, Domain.MEMORY)


def names(ranked: Any) -> list[str]:
    return [one.target.key.qualname for one in ranked]


def test_multi_domain_targets_come_before_larger_single_domain_ones(make: Any) -> None:
    ranked = rank(
        [make.target("single"), make.target("multi", domains=MULTI)],
        [make.candidate("single", expected_share=0.9), make.candidate("multi", expected_share=0.05)],
        [],
    )
    assert names(ranked) == ["multi", "single"]


def test_expected_gain_is_share_times_confidence(make: Any) -> None:
    candidates = [
        make.candidate("sure", expected_share=0.2, confidence=0.9),
        make.candidate("large", expected_share=0.3, confidence=0.5),
    ]
    ranked = rank([make.target("large"), make.target("sure")], candidates, [])
    assert names(ranked) == ["sure", "large"]
    assert ranked[0].expected_gain == pytest.approx(0.18)


def test_the_best_fix_of_a_target_counts(make: Any) -> None:
    small, large = make.candidate(place_digest="a"), make.candidate(place_digest="b", expected_share=0.4)
    (ranked,) = rank([make.target()], [small, large], [])
    assert (ranked.best_candidate, ranked.untried) == (large, 2)


def test_the_same_fix_is_not_offered_again_even_when_its_lines_moved(make: Any) -> None:
    moved = make.candidate(key=make.key("f", line=40))
    (ranked,) = rank([make.target(key=make.key("f", line=40))], [moved], [make.attempt()])
    assert (ranked.best_candidate, ranked.untried, ranked.expected_gain) == (None, 0, 0.0)
    assert not can_be_chosen(ranked)


def test_the_same_text_in_another_function_is_another_fix(make: Any) -> None:
    (ranked,) = rank([make.target("g")], [make.candidate("g", place_digest="digest-f")], [make.attempt("f")])
    assert ranked.untried == 1


def test_an_exhausted_place_is_not_offered(make: Any) -> None:
    (ranked,) = rank([make.target()], [make.candidate()], [], exhausted=frozenset({"digest-f"}))
    assert ranked.untried == 0


def test_fully_tried_and_not_actionable_targets_come_last(make: Any) -> None:
    targets = [
        make.target("tried", domains=MULTI),
        make.target("foreign", domains=MULTI, actionable=False),
        make.target("open"),
    ]
    candidates = [make.candidate("tried"), make.candidate("foreign"), make.candidate("open", expected_share=0.001)]
    ranked = rank(targets, candidates, [make.attempt("tried")])
    assert names(ranked)[0] == "open"
    assert [can_be_chosen(one) for one in ranked] == [True, False, False]


def test_a_kind_of_fix_that_failed_here_loses_confidence_and_one_that_held_gains(make: Any) -> None:
    def gain(attempts: list[Any]) -> float:
        (ranked,) = rank([make.target("f")], [make.candidate("f")], attempts)
        return float(ranked.expected_gain)

    failed = [make.attempt(f"other{index}") for index in range(3)]
    held = [make.attempt(f"other{index}", status="keep") for index in range(3)]
    assert gain(failed) < gain([]) < gain(held)


def test_discards_at_the_same_function_lower_the_hope_in_the_next_fix_there(make: Any) -> None:
    candidates = [make.candidate("f", source="recipe:b"), make.candidate("g", source="recipe:b")]
    attempts = [make.attempt("f", source="recipe:c")]
    assert names(rank([make.target("f"), make.target("g")], candidates, attempts)) == ["g", "f"]


def test_ties_are_broken_by_place_whatever_the_order_given(make: Any) -> None:
    targets = [make.target(name) for name in "abc"]
    candidates = [make.candidate(name) for name in "abc"]
    assert names(rank(targets[::-1], candidates[::-1], [])) == ["a", "b", "c"]


@given(share=st.floats(), confidence=st.floats())
def test_expected_gain_is_a_share_whatever_a_proposer_claims(make: Any, share: float, confidence: float) -> None:
    candidate = make.candidate(expected_share=share, confidence=confidence)
    (ranked,) = rank([make.target()], [candidate], [make.attempt("g")])
    assert 0 <= ranked.expected_gain <= 1


@given(kept=st.integers(0, 50), discarded=st.integers(0, 50), confidence=st.floats(0.01, 0.99))
def test_earlier_sessions_move_the_hope_towards_what_they_kept_but_never_past_it(
    make: Any, kept: int, discarded: int, confidence: float
) -> None:
    candidate = make.candidate(source="recipe:x", expected_share=1.0, confidence=confidence)
    earlier = {"recipe:x": Tally(kept=kept, tried=kept + discarded)}
    (ranked,) = rank([make.target()], [candidate], [], earlier=earlier)
    seen = kept / (kept + discarded) if kept + discarded else confidence
    low, high = sorted([confidence, seen])
    assert low - 1e-9 <= ranked.expected_gain <= high + 1e-9
    assert abs(ranked.expected_gain - confidence) <= abs(seen - confidence) / 2 + 1e-9


def test_what_was_kept_in_earlier_sessions_changes_the_order(make: Any) -> None:
    candidates = [make.candidate("f", source="recipe:x"), make.candidate("g", source="recipe:y")]
    targets = [make.target("f"), make.target("g")]
    assert names(rank(targets, candidates, [])) == ["f", "g"]
    earlier = {
        "recipe:x": Tally(kept=0, tried=9),
        "recipe:y": Tally(kept=9, tried=9),
        "recipe:z": Tally(kept=0, tried=0),
    }
    ranked = rank(targets, candidates, [], earlier=earlier)
    assert names(ranked) == ["g", "f"]
    assert ranked == rank(targets, candidates, [], earlier=dict(reversed(earlier.items())))


def test_what_is_to_be_looked_at_first_comes_before_everything_that_can_be_chosen(make: Any) -> None:
    targets = [make.target("multi", domains=MULTI), make.target("ceiling"), make.target("without-a-fix")]
    candidates = [make.candidate("multi", expected_share=0.9), make.candidate("ceiling", expected_share=0.01)]
    first = frozenset({("pkg/a.py", "ceiling"), ("pkg/a.py", "without-a-fix"), ("pkg/b.py", "multi")})
    assert names(rank(targets, candidates, [], look_first=first)) == ["ceiling", "multi", "without-a-fix"]
