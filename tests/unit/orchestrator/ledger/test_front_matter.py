import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.ledger.front_matter import Malformed, join, split

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@given(fields=st.dictionaries(st.text(), VALUES, max_size=5), prose=st.text())
def test_what_is_joined_comes_apart_again(fields: dict[str, object], prose: str) -> None:
    document = split(join(fields, prose))

    assert document.fields == fields
    assert document.prose.replace("\r", "") == prose.replace("\r", "").lstrip("\n")


@given(text=st.text())
def test_any_text_is_taken_apart_or_refused_in_words(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\n", f"---\n{text}"):
        assert _said(whole)


def _said(text: str) -> str:
    try:
        return repr(split(text))
    except Malformed as error:
        return str(error)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected ---, found ''"),
        ("# Title\n", "line 1: expected ---, found '# Title'"),
        ("---\na: 1\n", "the --- line that ends the front matter is missing"),
        ("---\na: 1\nb: [\n---\n", "line 4: expected the node content"),
        ("---\na: 1\n b: 2\n---\n", "line 3: mapping values are not allowed here"),
        ("---\n- 1\n---\n", "is not a list of `name: value`"),
        ("---\n1: 2\n---\n", "is not a list of `name: value`"),
        ("---\na: &x [1]\nb: *x\n---\n", "line 3: aliases are not allowed"),
        ("---\na: !!python/object:os.system x\n---\n", "line 2: could not determine a constructor"),
        ("---\na: \x00\n---\n", "unacceptable character"),
        ("---\na: 2026-13-45\n---\n", "month must be in"),
        ("---\na: " + "[" * 5000 + "\n---\n", "nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(Malformed, match=message.replace("[", r"\[").replace("`", ".")):
        split(text)


def test_a_table_is_written_as_a_person_would() -> None:
    assert join({"targets": "| a |\n| b |"}, "") == "---\ntargets: |-\n  | a |\n  | b |\n---\n\n"


def test_files_of_other_systems_are_read() -> None:
    document = split("\ufeff---\r\na: 1\r\n--- \r\n\r\nProse\r\n")

    assert (document.fields, document.prose) == ({"a": 1}, "Prose\n")


def test_an_empty_front_matter_has_no_fields() -> None:
    assert split("---\n# only a comment\n---\nx").fields == {}
