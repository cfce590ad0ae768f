from dataclasses import replace
from typing import Any

import pytest

from agents.model import Edit, Patch
from orchestrator.approvals.applying import (
    answered_command,
    answered_commit,
    answered_experiment,
    answered_worker,
)
from orchestrator.approvals.edited_diff import BadEdit
from orchestrator.approvals.question import Answer, Decision
from orchestrator.approvals.questions import about_commit, about_experiment, assignment_text
from orchestrator.draft import Draft
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from orchestrator.recorder import message_of
from orchestrator.state import Assignment
from profiling.model import Command
from tests.fakes.experiments import draft

BASE = {"a.py": "x = 1\ny = 2\n", "tests/test_a.py": "x = 1\ny = 2\n"}
APPROVED = Answer(decision=Decision.APPROVE)


def edited(text: str) -> Answer:
    return Answer(decision=Decision.EDIT, text=text)


def rejected(why: str) -> Answer:
    return Answer(decision=Decision.REJECT, reason=why)


def proposed() -> Draft:
    patch = Patch(edits=(Edit(file="a.py", start=6, old="y = 2\n", new="y = 3\n"),))
    plain = draft()
    return replace(plain, proposal=replace(plain.proposal, patch=patch), diff=patch.diff(BASE))


def take(answer: Answer, *, tried: tuple[str, ...] = (), asked: Draft | None = None) -> Draft:
    return answered_experiment(asked or proposed(), answer, BASE.__getitem__, source_paths=("a.py",), tried=tried)


def test_an_approved_fix_is_tried_as_it_is() -> None:
    assert take(APPROVED) == proposed()


def test_a_rejected_fix_fails_with_the_person_s_reason() -> None:
    found = take(rejected("too\n clever"))
    assert (found.failed, found.failure) == (Reason.REJECTED, "rejected by a person: too clever")


def test_an_edited_fix_is_the_person_s_under_a_key_of_its_own() -> None:
    found = take(edited(proposed().diff.replace("+y = 3", "+y = 4")))
    assert found.proposal.patch.apply(BASE) == {"a.py": "x = 1\ny = 4\n"}
    assert found.proposal.source == "person:test"
    assert found.key != proposed().proposal.content_key(found.base_tree)
    assert found.diff == proposed().diff.replace("+y = 3", "+y = 4")


def test_an_edit_taken_twice_is_the_same_edit() -> None:
    answer = edited(proposed().diff.replace("+y = 3", "+y = 4"))
    assert take(answer, asked=take(answer)) == take(answer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (proposed().diff.replace("a.py", "tests/test_a.py"), "judges the change"),
        (proposed().diff.replace("+y = 3", "+y = ("), "can't be taken"),
        (proposed().diff.replace("-y = 2", "-y = 9"), "nowhere"),
        ("nothing of use", "changes nothing"),
    ],
)
def test_an_edit_is_held_to_the_rules_of_any_fix(text: str, said: str) -> None:
    with pytest.raises(BadEdit, match=said):
        take(edited(text))


def test_an_edit_that_was_tried_already_is_not_tried_again() -> None:
    answer = edited(proposed().diff.replace("+y = 3", "+y = 4"))
    with pytest.raises(BadEdit, match="tried already"):
        take(answer, tried=(take(answer).key,))


def decided() -> Draft:
    verdict = Verdict(
        status=Status.KEEP,
        reason=Reason.IMPROVED,
        level=Level.WORKLOAD,
        net_effect=0.5,
        improved=(),
        regressed=(),
        explanation="2.0x",
    )
    return replace(proposed(), verdict=verdict)


def test_a_commit_that_is_rejected_is_a_discard_for_that_reason() -> None:
    found = answered_commit(decided(), rejected("later")).verdict
    assert found is not None
    assert (found.status, found.reason, found.explanation) == (
        Status.DISCARD,
        Reason.REJECTED,
        "rejected by a person: later",
    )


def test_the_person_s_message_stands_and_the_trailer_is_ours_alone() -> None:
    words = "perf: mine\n\nA body.\n\nRatchet-Experiment: 0123456789abcdef\n"
    found = message_of(answered_commit(decided(), edited(words)))
    assert found == f"perf: mine\n\nA body.\n\nRatchet-Experiment: {decided().key}\n"


def test_the_message_is_asked_about_without_its_trailer() -> None:
    asked = about_commit(decided(), message_of(decided()), worker="")
    assert asked.body
    assert "Ratchet-Experiment" not in asked.body


@pytest.mark.parametrize("words", ["Ratchet-Experiment: 01\n", "x" * 201])
def test_a_message_needs_a_subject_that_can_be_read(words: str) -> None:
    with pytest.raises(BadEdit):
        answered_commit(decided(), edited(words))


def test_a_command_is_run_as_found_as_edited_or_not_at_all() -> None:
    found = Command(argv=("python", "bench.py"), timeout_s=7.0)
    assert answered_command(found, APPROVED) == found
    assert answered_command(found, rejected("no")) is None
    assert answered_command(found, edited("A=1 python other.py\n")) == Command(
        argv=("python", "other.py"), env=(("A", "1"),), timeout_s=7.0
    )
    with pytest.raises(BadEdit, match="needs a shell"):
        answered_command(found, edited("python bench.py && rm x"))


def assignment() -> Assignment:
    targets: list[Any] = [{"qualname": name, "place_digest": name} for name in ("f", "g")]
    return {
        "worker": "cpu-1",
        "agent": "cpu",
        "dispatch": 1,
        "stream": "s",
        "targets": targets,
        "avoid": ["a.py: mine"],
        "notes": [],
        "findings": {},
    }


def test_what_a_worker_is_told_can_be_edited_and_its_targets_left_out() -> None:
    text = assignment_text(assignment()).replace('"f",', "").replace('"notes": []', '"notes": ["be quick"]')
    found = answered_worker(assignment(), edited(text))
    assert found is not None
    assert [one["qualname"] for one in found["targets"]] == ["g"]
    assert (found["notes"], found["avoid"]) == (["be quick"], ["a.py: mine"])


@pytest.mark.parametrize(
    "text",
    ["{}", "[", '{"targets": ["h"], "avoid": [], "notes": []}', assignment_text({**assignment(), "targets": []})],
)
def test_an_assignment_of_another_shape_or_with_other_targets_is_refused(text: str) -> None:
    with pytest.raises(BadEdit):
        answered_worker(assignment(), edited(text))


def test_a_fix_is_asked_about_with_its_diff_and_why() -> None:
    asked = about_experiment(proposed(), worker="cpu-1")
    assert asked.body == proposed().diff
    assert (asked.experiment, asked.worker) == (proposed().number, "cpu-1")
    assert any(line.startswith("target: ") for line in asked.details)
