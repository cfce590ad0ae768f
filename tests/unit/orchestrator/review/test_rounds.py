from dataclasses import replace
from typing import Any

from agents.model import Finding
from orchestrator.plain import finding_from_json
from orchestrator.policy.review import Fate, Investigation
from orchestrator.policy.verdict import Reason, Status
from orchestrator.review.rounds import review_round
from orchestrator.state import SessionState
from tests.unit.orchestrator.review.conftest import Branch

SETUP: Any = None


def reviewed(branch: Branch, **state: object) -> SessionState:
    return review_round(branch.services, SETUP, {**branch.state, **state})  # type: ignore[typeddict-item]


def test_an_approval_undoes_nothing_and_notes_what_was_reviewed(branch: Branch) -> None:
    update = reviewed(branch)
    assert (update["reviewed"], update["repairs"], branch.reverted) == ([1, 2], [], [])
    assert branch.report.rounds[0].verdict == "approve"
    assert branch.said == ["approve"]


def test_nothing_new_is_not_reviewed_again(branch: Branch) -> None:
    assert reviewed(branch, reviewed_commit="head") == {}
    assert branch.report.rounds == ()


def test_the_keep_that_wrote_the_lines_is_undone_and_named_for_being_made_anew(
    branch: Branch, finding: Finding
) -> None:
    branch.found, branch.blamed = (finding,), {finding.claim: "c1"}
    update = reviewed(branch)
    assert branch.reverted == ["c1"]
    assert update["head_commit"] == update["reviewed_commit"] == "without c1"
    (repair,) = update["repairs"]
    assert (repair["number"], finding_from_json(repair["findings"][0])) == (1, finding)
    amended = branch.records_by_number[1]
    assert (amended.verdict.status, amended.verdict.reason) == (Status.DISCARD, Reason.REVIEW_FAILED)
    assert amended.verdict.explanation == "kept, then undone: the cache has no bound"
    assert branch.records_by_number[2].verdict.status is Status.KEEP


def test_lines_that_nobody_wrote_are_the_newest_keep_s_of_that_file(branch: Branch, finding: Finding) -> None:
    branch.found = (finding,)
    reviewed(branch)
    assert branch.reverted == ["c2"]


def test_a_keep_that_others_build_on_takes_them_along_and_they_are_tried_again(
    branch: Branch, finding: Finding
) -> None:
    branch.found, branch.blamed, branch.built_on = (finding,), {finding.claim: "c1"}, {"c1": ("c2",)}
    update = reviewed(branch)
    assert branch.reverted == ["c2", "c1"]
    assert (update["again"], [one["number"] for one in update["repairs"]]) == ([2], [1])
    assert branch.records_by_number[2].verdict.reason is Reason.MERGE_CONFLICT


def test_what_can_not_be_undone_stands_and_its_finding_stays_unanswered(branch: Branch, finding: Finding) -> None:
    branch.found, branch.blamed, branch.built_on = (finding,), {finding.claim: "c1"}, {"c1": ("somebody's",)}
    update = reviewed(branch)
    assert (branch.report.rounds[0].refused, update["repairs"]) == ((1,), [])
    assert branch.report.unanswered(1) == (finding,)
    assert branch.records_by_number[1].verdict.status is Status.KEEP


def test_a_claim_without_a_check_is_looked_into_once_a_keep(branch: Branch, finding: Finding) -> None:
    claims = [replace(finding, check="", severity="low", claim=text) for text in ("loses one", "loses two")]
    branch.found, branch.blamed = tuple(claims), dict.fromkeys(("loses one", "loses two"), "c1")
    reviewed(branch)
    assert (branch.looked, branch.reverted) == ([1], [])
    assert [one.fate for one in branch.report.rounds[0].answered] == [Fate.NOT_CONFIRMED] * 2
    branch.looks = {1: Investigation(failed=("tests: 1 fails",))}
    reviewed(branch)
    assert branch.reverted == ["c1"]


def test_a_difference_on_fresh_inputs_is_a_finding_of_ours(branch: Branch) -> None:
    branch.fresh = {2: Investigation(failed=("fresh inputs: f(7) differs",))}
    update = reviewed(branch)
    assert branch.reverted == ["c2"]
    (given,) = update["repairs"][0]["findings"]
    assert given["check"] == "fresh inputs"
    assert "f(7) differs" in str(given["claim"])


def test_a_review_that_was_killed_after_undoing_finds_what_it_undid(branch: Branch, finding: Finding) -> None:
    branch.found, branch.blamed = (finding,), {finding.claim: "c1"}
    first = reviewed(branch)
    again = reviewed(branch)
    assert branch.reverted == ["c1"]
    assert again == first
    assert len(branch.report.rounds) == 1


def test_without_a_rechecker_a_review_rests_on_the_diff(branch: Branch, finding: Finding) -> None:
    branch.found = (replace(finding, check=""),)
    services = branch.services
    services.rechecker = None
    review_round(services, SETUP, branch.state)
    assert branch.reverted == ["c2"]
    assert "nothing could be looked at again" in branch.report.rounds[0].answered[0].why
