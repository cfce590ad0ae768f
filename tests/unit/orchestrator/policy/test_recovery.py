from typing import Any

import pytest

from orchestrator.policy.ranking import rank
from orchestrator.policy.recovery import Recovery, StuckState, way_out
from profiling.model import Domain
from profiling.target import InteractionKind

STEPS = list(Recovery)


@pytest.fixture
def state(make: Any) -> StuckState:
    """Six targets, each the favourite of one way; the first is what the ranking prefers."""
    multi = (Domain.CPU, Domain.MEMORY)
    targets = [
        make.target("ranked", uncertain=True, domains=multi),
        make.target("certain"),
        make.target("joined", interactions=(InteractionKind.DEEPCOPY,), uncertain=True),
        make.target("won", uncertain=True),
        make.target("large", uncertain=True),
        make.target("likely", uncertain=True),
    ]
    candidates = [
        make.candidate("ranked", source="recipe:failed", expected_share=0.2),
        make.candidate("certain", source="recipe:failed", expected_share=0.02),
        make.candidate("joined", source="recipe:failed"),
        make.candidate("won", source="recipe:won", expected_share=0.01),
        make.candidate("large", source="recipe:failed", expected_share=0.9),
        make.candidate("likely", source="recipe:failed", expected_share=0.001, confidence=0.99),
    ]
    failed = [make.attempt(f"old{index}", source="recipe:failed") for index in range(5)]
    attempts = [make.attempt("early", source="recipe:won", status="keep"), *failed]
    history = [make.kept(), *[make.past(interactions=("allocation_gc",))] * 5]
    return StuckState(open_targets=rank(targets, candidates, attempts), attempts=attempts, history=history, streak=5)


@pytest.mark.parametrize(
    ("step", "chosen"),
    [
        (Recovery.FRESH_PROFILE, "certain"),
        (Recovery.PATTERNS, "won"),
        (Recovery.COMBINE_WINS, "won"),
        (Recovery.OPPOSITE, "ranked"),
        (Recovery.INTERACTIONS, "joined"),
        (Recovery.GOAL, "large"),
        (Recovery.FAILURE_MODES, "likely"),
    ],
)
def test_each_way_chooses_by_something_else(state: StuckState, step: Recovery, chosen: str) -> None:
    out = way_out(state, STEPS.index(step))
    assert out is not None
    assert (out.step, out.position, out.chosen.target.key.qualname) == (step, STEPS.index(step), chosen)


def test_ways_that_find_no_target_are_passed_over(make: Any) -> None:
    ranked = rank([make.target()], [make.candidate()], [])
    state = StuckState(open_targets=ranked, attempts=[make.attempt("g")], history=[make.past()] * 5, streak=5)
    out = way_out(state, STEPS.index(Recovery.PATTERNS))
    assert out is not None
    assert out.step is Recovery.GOAL


def test_after_the_last_way_there_is_none(state: StuckState) -> None:
    assert way_out(state, len(STEPS)) is None
