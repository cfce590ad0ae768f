from types import SimpleNamespace
from typing import Any

from orchestrator.proposer import told_of


def record(number: int, place: str) -> Any:
    return SimpleNamespace(number=number, place_digest=place)


RECORDS = [record(1, "a"), record(2, "b"), record(3, "mine"), record(4, "beside"), record(5, "mine too")]


def assignment(**changes: Any) -> Any:
    return {"targets": [{"place_digest": "mine"}, {"place_digest": "mine too"}], **changes}


def test_a_worker_is_told_what_was_tried_before_it_went_out_and_its_own_so_that_it_stays_the_same() -> None:
    assert [one.number for one in told_of(RECORDS, assignment(known=2))] == [1, 2, 3, 5]
    without_beside = [one for one in RECORDS if one.place_digest != "beside"]
    assert told_of(RECORDS, assignment(known=2)) == told_of(without_beside, assignment(known=2))


def test_the_lead_and_a_worker_of_an_older_session_are_told_everything() -> None:
    assert told_of(RECORDS, None) == RECORDS
    assert told_of(RECORDS, assignment()) == RECORDS
