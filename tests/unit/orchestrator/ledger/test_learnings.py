from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import RecordsDamaged
from orchestrator.ledger.learnings import append, parse, read


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "learnings.md"


def test_lessons_are_said_once_however_they_are_spelled(path: Path) -> None:
    assert append(path, "Session s1", ["Slots do not help here.", "slots  do not help here", "Second"]) == (
        "Slots do not help here.",
        "Second",
    )
    assert append(path, "Session s2", ["SLOTS do not\nhelp here", "Third"]) == ("Third",)

    assert read(path) == ("Slots do not help here.", "Second", "Third")
    assert path.read_text() == (
        "# Learnings\n\n## Session s1\n\n- Slots do not help here.\n- Second\n\n## Session s2\n\n- Third\n"
    )


def test_a_heading_that_is_there_is_used_again(path: Path) -> None:
    append(path, "s1", ["one"])
    append(path, "s2", ["two"])
    append(path, "s1", ["three"])

    assert path.read_text() == "# Learnings\n\n## s1\n\n- one\n- three\n\n## s2\n\n- two\n"


def test_what_a_person_wrote_stays(path: Path) -> None:
    text = "Notes of mine\n\n* kept as it is\n  with a second line\n"
    path.write_text(text)

    assert append(path, "s1", ["Kept as it is", "new"]) == ("new",)
    assert path.read_text() == f"{text}\n## s1\n\n- new\n"


def test_nothing_new_writes_nothing(path: Path) -> None:
    assert append(path, "s1", []) == ()
    assert append(path, "s1", ["", " \n"]) == ()
    assert not path.exists()
    assert read(path) == ()


@given(lessons=st.lists(st.text(max_size=30), max_size=6), heading=st.text(max_size=10))
def test_every_lesson_can_be_read_back_and_is_not_added_again(
    lessons: list[str], heading: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "learnings.md"
    path.unlink(missing_ok=True)
    added = append(path, heading, lessons)

    assert read(path) == added
    assert append(path, "another", lessons) == ()
    assert all(len(lesson.splitlines()) == 1 for lesson in added)


def test_bullets_of_any_mark_are_lessons_and_other_lines_are_not() -> None:
    assert parse("# T\n- a\n* b\n+ c \ntext - d\n-e\n") == ("a", "b", "c")


def test_a_file_that_is_no_text_is_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"- one\n\xff")

    with pytest.raises(RecordsDamaged, match="line 2: byte 0xff"):
        append(path, "s1", ["two"])
    assert path.read_bytes() == b"- one\n\xff"
