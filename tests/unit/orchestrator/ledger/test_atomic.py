from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import NotWritable, RecordsDamaged
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.damaged import load_record, read_record


@given(text=st.text())
def test_a_text_is_read_with_the_line_ends_it_was_written_with(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "record.md"
    write_text(path, text)

    assert read_record(path) == text


def test_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    write_text(tmp_path / "a.md", "one")
    write_text(tmp_path / "a.md", "two")

    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    assert (tmp_path / "a.md").read_text() == "two"


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep")
    (tmp_path / "a.md").symlink_to("precious")

    write_text(tmp_path / "a.md", "new")

    assert (tmp_path / "precious").read_text() == "keep"
    assert not (tmp_path / "a.md").is_symlink()


def test_a_name_that_is_not_unicode_is_written_as_an_escape(tmp_path: Path) -> None:
    write_text(tmp_path / "a.md", "caf\udce9")

    assert (tmp_path / "a.md").read_text() == "caf\\udce9"


def test_a_write_that_fails_leaves_the_old_text_and_no_rest(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()

    with pytest.raises(NotWritable, match=r"a\.md can't be written") as caught:
        write_text(tmp_path / "a.md", "text")

    assert "make " in caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    with pytest.raises(NotWritable):
        write_text(tmp_path / "nowhere" / "a.md", "text")


def test_a_record_that_is_no_file_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(RecordsDamaged, match="is not an ordinary file"):
        read_record(tmp_path)


def test_a_missing_record_is_none_and_is_not_parsed(tmp_path: Path) -> None:
    assert read_record(tmp_path / "none") is None
    assert load_record(tmp_path / "none", int) is None


def test_what_the_parser_says_is_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "it's.md").write_text("abc")

    with pytest.raises(RecordsDamaged, match=r"it's\.md: invalid literal for int") as caught:
        load_record(tmp_path / "it's.md", int)

    assert "mv '" in caught.value.hint
