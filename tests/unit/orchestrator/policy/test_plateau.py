from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.plateau import choose, flat_dimensions
from orchestrator.policy.recovery import Recovery
from orchestrator.policy.situation import Bounds, Experiment, Finish, FinishReason, Pivot, Recover
from orchestrator.policy.verdict import Reason
from profiling.model import Dimension, Domain
from profiling.target import InteractionKind

MEMORY = {"dimension": Dimension.PEAK_MIB, "domain": Domain.MEMORY}


def open_situation(make: Any, *names: str, **changes: Any) -> Any:
    names = names or ("f",)
    given_ = {
        "targets": tuple(make.target(name) for name in names),
        "candidates": tuple(make.candidate(name) for name in names),
        **changes,
    }
    return make.situation(**given_)


def test_the_best_open_target_is_tried(make: Any) -> None:
    step = choose(open_situation(make, "f", "g"))
    assert isinstance(step, Experiment)
    assert (step.target.key.qualname, step.candidate.place_digest) == ("f", "digest-f")


def test_without_a_licensed_fix_the_session_ends_and_says_what_is_over_the_thresholds(make: Any) -> None:
    step = choose(make.situation(targets=(make.target(),)))
    assert step == Finish(
        reason=FinishReason.NOTHING_LICENSED,
        text="nothing to try: 1 target worth looking at, no licensed fix at any",
    )


def test_a_target_that_may_not_be_touched_is_not_tried(make: Any) -> None:
    step = choose(open_situation(make, targets=(make.target(actionable=False),)))
    assert isinstance(step, Finish)


def test_plateau_is_exhaustion(make: Any) -> None:
    step = choose(open_situation(make, attempts=(make.attempt(),), history=(make.past(),)))
    assert step == Finish(
        reason=FinishReason.PLATEAU,
        text="every licensed fix was tried, 1 target left without one: 1 experiment, 0 kept",
    )


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (Bounds(experiments=3, most_experiments=3, spent_s=0, most_s=60), FinishReason.EXPERIMENTS),
        (Bounds(experiments=0, most_experiments=3, spent_s=60, most_s=60), FinishReason.TIME),
        (
            Bounds(experiments=0, most_experiments=3, spent_s=0, most_s=60, spent_budget="$2.01 of $2.00"),
            FinishReason.BUDGET,
        ),
    ],
)
def test_a_bound_ends_the_session_with_work_left(make: Any, bounds: Bounds, reason: FinishReason) -> None:
    step = choose(open_situation(make, bounds=bounds))
    assert isinstance(step, Finish)
    assert step.reason is reason
    assert step.reason.is_bound
    assert "1 target left to try" in step.text


def test_a_spent_budget_leaves_what_the_model_could_not_be_asked_for(make: Any) -> None:
    bounds = Bounds(experiments=1, most_experiments=3, spent_s=0, most_s=60, spent_budget="$2.01 of $2.00")
    step = choose(open_situation(make, bounds=bounds, attempts=(make.attempt(),), history=(make.past(),)))
    assert isinstance(step, Finish)
    assert step.reason.is_bound
    assert step.text == "$2.01 of $2.00, 0 targets left to try"


def test_a_bound_reached_with_nothing_left_is_a_plateau(make: Any) -> None:
    bounds = Bounds(experiments=3, most_experiments=3, spent_s=0, most_s=60)
    step = choose(open_situation(make, bounds=bounds, attempts=(make.attempt(),), history=(make.past(),)))
    assert isinstance(step, Finish)
    assert not step.reason.is_bound


def test_a_domain_asked_for_is_the_only_one_worked_in(make: Any) -> None:
    candidates = (make.candidate("f"), make.candidate("g", **MEMORY, expected_share=0.01))
    step = choose(open_situation(make, "f", "g", candidates=candidates, domain=Domain.MEMORY))
    assert isinstance(step, Experiment)
    assert step.target.key.qualname == "g"
    nothing = choose(open_situation(make, domain=Domain.ASYNC))
    assert isinstance(nothing, Finish)
    assert "nothing to try in async" in nothing.text


def test_three_discards_in_a_row_make_a_dimension_flat_and_a_keep_ends_that(make: Any) -> None:
    assert flat_dimensions([make.past()] * 2) == frozenset()
    assert flat_dimensions([make.past(), make.kept(**MEMORY), make.past(), make.past()]) == {Dimension.CPU_S}
    assert flat_dimensions([*[make.past()] * 3, make.kept()]) == frozenset()


def test_a_flat_dimension_is_left_for_one_with_room(make: Any) -> None:
    candidates = (make.candidate("f", expected_share=0.9), make.candidate("g", **MEMORY, expected_share=0.01))
    step = choose(open_situation(make, "f", "g", candidates=candidates, history=(make.past(),) * 3))
    assert isinstance(step, Pivot)
    assert step.candidate.dimension is Dimension.PEAK_MIB
    assert step.text == "cpu_s flat for 3 experiments or more: on to peak_mib"


def test_a_flat_dimension_with_no_other_left_is_gone_on_with(make: Any) -> None:
    assert isinstance(choose(open_situation(make, history=(make.past(),) * 3)), Experiment)


def test_flat_everywhere_with_only_small_targets_left_is_a_plateau(make: Any) -> None:
    small = make.target(domains=(), cpu_share=0.001)
    step = choose(open_situation(make, targets=(small,), history=(make.past(),) * 3))
    assert isinstance(step, Finish)
    assert step.reason is FinishReason.PLATEAU
    joined = make.target(domains=(), interactions=(InteractionKind.DEEPCOPY,))
    assert isinstance(choose(open_situation(make, targets=(joined,), history=(make.past(),) * 3)), Experiment)


def test_five_discards_in_a_row_take_the_ways_out_in_order_one_at_a_time(make: Any) -> None:
    taken, passed = [], 0
    for streak in (5, 6, 7):
        history = (make.past(),) * streak
        attempts = tuple(make.attempt(f"old{index}") for index in range(streak))
        other = make.candidate("g", source="recipe:other", expected_share=0.01)
        candidates = (make.candidate("f"), other)
        step = choose(
            open_situation(
                make, "f", "g", candidates=candidates, history=history, attempts=attempts, recovery_steps=passed
            )
        )
        assert isinstance(step, Recover)
        taken.append((step.step, step.candidate.source))
        passed = step.recovery_steps
    assert taken == [
        (Recovery.FRESH_PROFILE, "recipe:memo"),
        (Recovery.PATTERNS, "recipe:other"),
        (Recovery.GOAL, "recipe:memo"),  # no win to combine, no target across domains, no interaction
    ]


def test_the_ways_out_start_anew_when_a_session_becomes_stuck_again(make: Any) -> None:
    step = choose(open_situation(make, history=(make.past(),) * 5, recovery_steps=6))
    assert isinstance(step, Recover)
    assert step.step is Recovery.FRESH_PROFILE


def test_three_more_discards_end_a_stuck_session_with_an_analysis(make: Any) -> None:
    failed = make.past(reason=Reason.TESTS_FAILED)
    step = choose(open_situation(make, history=(*[make.past()] * 6, failed, failed)))
    assert isinstance(step, Finish)
    assert step.reason is FinishReason.STUCK
    assert "8 experiments in a row kept nothing (6 no_improvement, 2 tests_failed), 1 target left" in step.text


def test_a_keep_ends_being_stuck(make: Any) -> None:
    assert isinstance(choose(open_situation(make, history=(*[make.past()] * 7, make.kept()))), Experiment)


@given(
    history=st.lists(st.booleans(), max_size=12),
    tried=st.sets(st.sampled_from("abcd")),
    memory=st.sets(st.sampled_from("abcd")),
    experiments=st.integers(0, 12),
    passed=st.integers(0, 9),
)
def test_whatever_is_chosen_is_untried_and_a_session_always_ends(
    make: Any, history: list[bool], tried: set[str], memory: set[str], experiments: int, passed: int
) -> None:
    candidates = tuple(make.candidate(name, **(MEMORY if name in memory else {})) for name in "abcd")
    situation = open_situation(
        make,
        *"abcd",
        candidates=candidates,
        attempts=tuple(make.attempt(name) for name in sorted(tried)),
        history=tuple(make.kept() if is_kept else make.past() for is_kept in history),
        bounds=Bounds(experiments=experiments, most_experiments=10, spent_s=0, most_s=1),
        recovery_steps=passed,
    )
    step = choose(situation)
    if isinstance(step, Finish):
        assert step.text
    else:
        assert step.target.key == step.candidate.key
        assert step.candidate.key.qualname not in tried
        assert experiments < 10
