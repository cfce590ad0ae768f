from dataclasses import replace

import pytest

from agents.model import Finding
from orchestrator.policy.review import Fate, Investigation, answer, is_open, overweight

CLAIM = Finding(
    severity="high", file="m.py", lines=(3, 4), confidence=0.9, claim="f loses an element", recommendation="keep it"
)
HELD = Investigation(held=("tests: 9 run, none worse than before",))


def test_what_a_check_of_ours_shows_is_confirmed_without_a_further_look() -> None:
    shown = replace(CLAIM, check="unbounded cache", severity="low")
    answered = answer(shown, 3, None)
    assert not is_open(shown)
    assert (answered.fate, answered.experiment) == (Fate.CONFIRMED, 3)
    assert "unbounded cache" in answered.why


def test_a_claim_is_confirmed_by_what_fails_when_it_is_looked_into() -> None:
    seen = Investigation(held=HELD.held, failed=("fresh inputs: f([2, 1]) differs",))
    answered = answer(replace(CLAIM, severity="low"), 3, seen)
    assert is_open(CLAIM)
    assert (answered.fate, answered.why) == (Fate.CONFIRMED, "fresh inputs: f([2, 1]) differs")


@pytest.mark.parametrize(
    ("severity", "fate"), [("high", Fate.NOT_DISPROVED), ("medium", Fate.NOT_CONFIRMED), ("low", Fate.NOT_CONFIRMED)]
)
def test_where_all_holds_a_grave_claim_still_undoes_and_a_lesser_one_is_noted(severity: str, fate: Fate) -> None:
    answered = answer(replace(CLAIM, severity=severity), 3, HELD)
    assert answered.fate is fate
    assert HELD.held[0] in answered.why
    assert fate.undoes is (severity == "high")


@pytest.mark.parametrize("check", ["", "order"])
def test_below_the_bar_a_finding_is_judged_and_undoes_nothing(check: str) -> None:
    answered = answer(replace(CLAIM, confidence=0.69, check=check), 3, None)
    assert answered.fate is Fate.JUDGED
    assert not answered.fate.undoes
    assert "69%" in answered.why


def test_lines_that_the_session_did_not_write_undo_nothing() -> None:
    assert not answer(replace(CLAIM, check="swallowed exception"), 0, None).fate.undoes


def test_a_long_change_for_a_small_gain_is_noted_and_a_short_one_or_a_large_gain_is_not() -> None:
    long = "--- a/m.py\n+++ b/m.py\n" + "+    x = 1\n" * 40 + "-    y = 2\n"
    found = overweight("m.py", long, 0.01)
    assert found is not None
    assert found.claim == "39 more lines to save 1.0% of the workload"
    assert found.confidence < 0.7
    assert overweight("m.py", long, 0.3) is None
    assert overweight("m.py", "+x = 1\n" * 10, 0.0) is None
