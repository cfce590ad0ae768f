from typing import Any

import pytest

from orchestrator.policy.situation import Finish, FinishReason
from orchestrator.repairing import repair
from tests.unit.orchestrator.test_deciding import target as target_at
from tests.unit.orchestrator.test_dispatching import PARSE, WRITE, experiment, record, sent, state, survey

UNDONE: Any = {"number": 7, "findings": [{"claim": "no bound"}]}
NEXT: Any = {"number": 8, "findings": []}


def test_what_a_review_undid_comes_before_the_policy_s_choice_and_is_the_lead_s() -> None:
    of = state(repairs=[UNDONE, NEXT], profiled_tree="t")
    update = repair(of, survey(target_at(PARSE)), [record(7)], experiment(WRITE))
    assert (update["repairs"], update["finish_reason"]) == ([NEXT], "")
    assert update["chosen"]["repair"] == UNDONE
    assert (update["chosen"]["qualname"], update["chosen"]["source"]) == ("parse", "recipe:x")
    seen = survey(target_at(PARSE), target_at(WRITE))
    assert sent(seen, of=of) == []
    assert len(sent(seen)) == 2


def test_it_stays_first_until_its_base_is_profiled() -> None:
    update = repair(state(repairs=[UNDONE]), survey(target_at(PARSE)), [record(7)], experiment(WRITE))
    assert (update["repairs"], update["chosen"]["repair"]) == ([UNDONE], UNDONE)


@pytest.mark.parametrize("reason", list(FinishReason))
def test_it_is_made_anew_when_nothing_else_is_left_but_not_beyond_a_bound(reason: FinishReason) -> None:
    of = state(repairs=[UNDONE], profiled_tree="t")
    update = repair(of, survey(target_at(PARSE)), [record(7)], Finish(reason=reason, text="over"))
    assert (update == {}) is reason.is_bound
    assert ("chosen" in update) is not reason.is_bound


def test_what_has_no_target_any_more_is_forgotten() -> None:
    of = state(repairs=[UNDONE], profiled_tree="t")
    assert repair(of, survey(target_at(WRITE)), [record(7)], experiment(WRITE)) == {"repairs": []}
    assert repair(state(), survey(), [], experiment(WRITE)) == {}
