from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.model import Edit, Patch
from orchestrator.policy.tried import Present, Trial, Tried, sort_out
from orchestrator.policy.verdict import Reason, Status
from profiling.model import Dimension, Domain, FunctionKey
from tests.fakes import experiments

NOW = Present(session="now", continues="cut", workload="python bench.py")
KEPT = {Reason.IMPROVED, Reason.COMPOUND, Reason.TRADEOFF, Reason.UNEXPECTED_GAIN}
MEASURED = [Reason.NO_IMPROVEMENT, Reason.BELOW_THRESHOLD, Reason.IMMATERIAL, Reason.REGRESSION, Reason.CRASH]
OF_THE_CODE = [Reason.TESTS_FAILED, Reason.BEHAVIOUR_CHANGED, Reason.SYNTAX_ERROR, Reason.GUARD_FAILED]
REASONS = st.sampled_from(sorted(set(Reason) - KEPT - {Reason.MERGE_CONFLICT}))


@dataclass(frozen=True)
class Code:
    """What stands: which commits are in the history, and in which ones the function reads as it does now."""

    history: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()
    readable: bool = True

    def contains(self, commit: str) -> bool:
        return commit in self.history

    def reads_as_in(self, target: FunctionKey, commits: Sequence[str]) -> bool | None:
        return any(one in self.same for one in commits) if self.readable and commits else None


def trial(reason: Reason = Reason.NO_IMPROVEMENT, **changes: Any) -> Trial:
    plain = Trial(
        key="k",
        content="k",
        number=1,
        session="before",
        source="recipe:x",
        target=FunctionKey(file="a.py", first_line=1, qualname="f"),
        place_digest="p",
        summary="ask a set",
        status=Status.KEEP if reason in KEPT else Status.DISCARD,
        reason=reason,
        explanation="why",
        dimension=Dimension.CPU_S,
        domain=Domain.CPU,
        interactions=(),
        gain=0.0,
        base_commit="base",
        commit="made" if reason in KEPT else "",
        workload="python bench.py",
    )
    return replace(plain, **changes)


def counts(one: Trial, code: Code, *others: Trial) -> bool:
    return one in sort_out((one, *others), code, NOW).counting


AS_THEN = Code(history=frozenset({"base"}), same=frozenset({"base"}))


@given(reason=REASONS, code=st.sampled_from([Code(), AS_THEN, Code(readable=False)]), workload=st.text())
def test_in_its_own_session_whatever_was_tried_is_tried(reason: Reason, code: Code, workload: str) -> None:
    assert counts(trial(reason, session="now", workload=workload), code)
    assert counts(trial(reason, session="cut", workload=workload), code)


@pytest.mark.parametrize("session", ["now", "cut", "before"])
def test_what_only_did_not_fit_beside_another_change_was_not_tried(session: str) -> None:
    assert not counts(trial(Reason.MERGE_CONFLICT, session=session), AS_THEN)


@pytest.mark.parametrize("session", ["before", "cut"])
def test_a_keep_counts_only_while_its_commit_is_in_the_history(session: str) -> None:
    keep = trial(Reason.IMPROVED, session=session)
    assert counts(keep, Code(history=frozenset({"made"})))
    assert not counts(keep, AS_THEN)
    assert not counts(replace(keep, commit=""), Code(history=frozenset({""})))


def test_what_a_worker_of_this_session_kept_counts_before_it_is_merged() -> None:
    assert counts(trial(Reason.IMPROVED, session="now"), Code())


def test_what_was_undecided_may_be_tried_again_in_a_later_session() -> None:
    assert not counts(trial(Reason.UNDECIDED), AS_THEN)


@pytest.mark.parametrize("reason", MEASURED)
def test_what_was_measured_counts_for_its_workload_alone(reason: Reason) -> None:
    assert counts(trial(reason), AS_THEN)
    assert counts(trial(reason, workload=""), AS_THEN)
    assert not counts(trial(reason, workload="python other.py"), AS_THEN)


@pytest.mark.parametrize("reason", OF_THE_CODE)
def test_what_the_code_does_not_allow_counts_for_every_workload(reason: Reason) -> None:
    assert counts(trial(reason, workload="python other.py"), AS_THEN)


@given(reason=REASONS)
def test_a_discard_does_not_count_once_its_function_reads_otherwise(reason: Reason) -> None:
    assert not counts(trial(reason), Code())


def test_a_discard_still_counts_where_its_own_session_changed_the_function() -> None:
    keep = trial(Reason.IMPROVED, key="2", place_digest="q")
    left_by_it = Code(history=frozenset({"made"}), same=frozenset({"made"}))
    assert counts(trial(), left_by_it, keep)
    assert not counts(trial(), left_by_it, replace(keep, session="another"))


def test_what_can_not_be_compared_any_more_counts_as_tried() -> None:
    assert counts(trial(), Code(readable=False))


@given(reasons=st.lists(REASONS), code=st.sampled_from([Code(), AS_THEN]))
def test_nothing_is_lost_and_the_order_stays(reasons: list[Reason], code: Code) -> None:
    trials = [trial(reason, key=str(number)) for number, reason in enumerate(reasons)]
    found = sort_out(trials, code, NOW)
    assert sorted((*found.counting, *found.passed_over), key=lambda one: int(one.key)) == trials
    assert [one for one in trials if one in found.counting] == list(found.counting)


FIX = replace(
    experiments.draft().proposal,
    source="recipe:x",
    summary="ask a set",
    patch=Patch(edits=(Edit(file="a.py", start=0, old="x", new="y"),)),
)


def test_a_fix_that_counts_as_tried_is_known_by_its_content_whatever_its_key() -> None:
    content = FIX.content_key("tree")
    assert Tried(counting=(trial(content=content),)).has(FIX, "tree")
    assert not Tried(counting=(trial(content=content),)).has(FIX, "another tree")
    assert not Tried(passed_over=(trial(content=content),)).has(FIX, "tree")


def test_a_row_alone_tells_a_fix_by_function_and_summary() -> None:
    row = trial(source="", place_digest="")
    assert Tried(counting=(row,)).has(FIX, "any tree")
    assert not Tried(counting=(trial(),)).has(FIX, "any tree")
    assert not Tried(counting=(replace(row, summary="ask a dict"),)).has(FIX, "any tree")


@given(earlier=st.integers(0, 4))
def test_an_experiment_with_a_fix_of_an_earlier_one_gets_a_key_of_its_own(earlier: int) -> None:
    passed_over: tuple[Trial, ...] = ()
    for number in range(earlier):
        key = Tried(passed_over=passed_over).key_for(FIX, "tree", f"session {number}")
        passed_over += (trial(Reason.UNDECIDED, key=key),)
    found = Tried(passed_over=passed_over).key_for(FIX, "tree", "now")
    assert found not in {one.key for one in passed_over}
    assert found == Tried(passed_over=passed_over).key_for(FIX, "tree", "now")
    assert len({one.key for one in passed_over}) == earlier
    assert (found == FIX.content_key("tree")) == (earlier == 0)


@pytest.mark.parametrize("reason", [Reason.BEHAVIOUR_CHANGED, Reason.GAMING_SUSPECTED])
def test_a_proposer_is_not_told_of_inputs_that_are_held_back(reason: Reason) -> None:
    assert trial(reason).attempt.explanation == ""
    assert trial().attempt.explanation == "why"
