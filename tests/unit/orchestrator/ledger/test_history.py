import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.history import History, lesson_of, together, told_by
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.ranking import Tally
from orchestrator.policy.verdict import Status

REGEX = "recipe:regex-hoist"


def with_source(record: ExperimentRecord, key: str, source: str, status: Status) -> ExperimentRecord:
    return replace(
        record,
        key=key,
        proposal=replace(record.proposal, source=source),
        verdict=replace(record.verdict, status=status),
    )


@pytest.fixture
def told() -> list[str]:
    return []


def history(tmp_path: Path, told: list[str], repository: str = "this") -> History:
    return History(path=tmp_path / "state" / "history.db", repository=repository, warn=told.append)


def test_what_other_repositories_kept_is_counted_and_ones_own_is_not(
    tmp_path: Path, told: list[str], record: ExperimentRecord
) -> None:
    kept = with_source(record, "a", REGEX, Status.KEEP)
    discarded = with_source(record, "b", REGEX, Status.DISCARD)
    history(tmp_path, told, "other").add([kept, discarded])
    history(tmp_path, told).add([kept])
    assert history(tmp_path, told).elsewhere() == {REGEX: Tally(kept=1, tried=2)}
    assert history(tmp_path, told, "other").elsewhere() == {REGEX: Tally(kept=1, tried=1)}
    assert told == []


def test_an_experiment_noted_twice_counts_once(tmp_path: Path, told: list[str], record: ExperimentRecord) -> None:
    for _ in range(2):
        history(tmp_path, told, "other").add([with_source(record, "a", REGEX, Status.KEEP)])
    assert history(tmp_path, told).elsewhere() == {REGEX: Tally(kept=1, tried=1)}


def test_reading_a_history_that_is_not_there_makes_none(tmp_path: Path, told: list[str]) -> None:
    assert history(tmp_path, told).elsewhere() == {}
    assert not list(tmp_path.iterdir())
    assert told == []


def test_a_damaged_history_is_said_left_as_it_is_and_ignored(
    tmp_path: Path, told: list[str], record: ExperimentRecord
) -> None:
    damaged = history(tmp_path, told)
    damaged.path.parent.mkdir()
    damaged.path.write_bytes(b"no database at all " * 100)
    assert damaged.elsewhere() == {}
    damaged.add([record])
    assert damaged.path.read_bytes().startswith(b"no database at all ")
    assert [str(damaged.path) in text and "ignored" in text for text in told] == [True, True]


def test_a_history_of_another_version_or_form_is_ignored(
    tmp_path: Path, told: list[str], record: ExperimentRecord
) -> None:
    newer = history(tmp_path, told)
    newer.add([record])
    with sqlite3.connect(newer.path) as database:
        database.execute("PRAGMA user_version = 9")
    database.close()
    assert newer.elsewhere() == {}
    assert "version 9" in told[0]
    newer.path.unlink()
    with sqlite3.connect(newer.path) as database:
        database.execute("CREATE TABLE outcomes (something TEXT)")
    database.close()
    assert newer.elsewhere() == {}
    assert len(told) == 2


def test_rows_that_can_not_be_are_left_out(tmp_path: Path, told: list[str], record: ExperimentRecord) -> None:
    found = history(tmp_path, told, "other")
    found.add([with_source(record, "a", REGEX, Status.KEEP)])
    with sqlite3.connect(found.path) as database:
        database.execute("INSERT INTO outcomes VALUES ('x', 'b', 'recipe:odd', 7)")
        database.execute("INSERT INTO outcomes VALUES ('x', 'c', x'00', 'many')")
    database.close()
    assert history(tmp_path, told).elsewhere() == {REGEX: Tally(kept=1, tried=1)}


def test_a_folder_that_refuses_is_said_and_ignored(tmp_path: Path, told: list[str], record: ExperimentRecord) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    history(tmp_path, told).add([record])
    assert "can't be written" in told[0]


def test_the_database_lies_with_the_persons_state_and_knows_a_checkout_by_a_digest(
    tmp_path: Path, told: list[str]
) -> None:
    found = History.of_person(tmp_path / "repo", {"XDG_STATE_HOME": str(tmp_path)}, told.append)
    assert found.path == tmp_path / "ratchet" / "history.db"
    assert len(found.repository) == 64
    assert History.of_person(tmp_path, {"XDG_STATE_HOME": "relative"}, told.append).path.is_relative_to(Path.home())


def test_lessons_count_only_where_the_record_is_gone(record: ExperimentRecord) -> None:
    here = with_source(record, "a", REGEX, Status.KEEP)
    gone = with_source(record, "b", "recipe:lazy-import", Status.DISCARD)
    lessons = [lesson_of(here), lesson_of(gone), "keep: never touch the cache (somebody said)", "recipe:x, y"]
    assert told_by(lessons, [here]) == {"recipe:lazy-import": Tally(kept=0, tried=1)}
    assert told_by(lessons, []) == {"recipe:lazy-import": Tally(kept=0, tried=1), REGEX: Tally(kept=1, tried=1)}


def test_tallies_add_up() -> None:
    one, other = {"a": Tally(kept=1, tried=2)}, {"a": Tally(kept=0, tried=1), "b": Tally(kept=1, tried=1)}
    assert together(one, other) == {"a": Tally(kept=1, tried=3), "b": Tally(kept=1, tried=1)}
