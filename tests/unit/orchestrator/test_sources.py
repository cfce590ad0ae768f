from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.model import Edit, Patch, PatchMismatch
from orchestrator.sources import apply_patch, read_source


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\n",
        b"x = 1\r\ny = 2\r\n",
        b"\xef\xbb\xbfx = 1\n",
        "# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1"),
        "x = 'äöü → ∞'\n".encode(),
        b"x = 1",
    ],
)
def test_only_what_is_edited_changes_whatever_the_encoding_and_the_line_ends(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "m.py"
    path.write_bytes(data)
    path.chmod(0o755)
    start = read_source(path).text.index("x = ")
    apply_patch(Patch(edits=(Edit(file="m.py", start=start, old="x", new="zz"),)), tmp_path)
    assert path.read_bytes() == data.replace(b"x = ", b"zz = ", 1)
    assert path.stat().st_mode & 0o777 == 0o755


def test_a_patch_for_another_text_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("a = 1\n")
    with pytest.raises(PatchMismatch, match=r"m\.py"):
        apply_patch(Patch(edits=(Edit(file="m.py", start=0, old="b", new="c"),)), tmp_path)
    assert path.read_text() == "a = 1\n"


def test_a_file_that_lies_about_its_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_bytes(b"# coding: ascii\nx = '\xff'\n")
    with pytest.raises((UnicodeDecodeError, SyntaxError)):
        read_source(tmp_path / "m.py")


texts = st.text(alphabet="ab\n ", min_size=1, max_size=30)


@given(texts, st.data())
def test_edits_apply_in_any_order_and_refuse_to_overlap(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    first = Edit(file="f", start=0, old=text[:cut], new="<1>")
    second = Edit(file="f", start=cut, old=text[cut:], new="<2>")
    for edits in ((first, second), (second, first)):
        if cut and cut < len(text):
            assert Patch(edits=edits).apply({"f": text}) == {"f": "<1><2>"}
    if cut > 1:
        overlapping = Edit(file="f", start=cut - 1, old=text[cut - 1 :], new="")
        with pytest.raises(PatchMismatch):
            Patch(edits=(first, overlapping)).apply({"f": text})
