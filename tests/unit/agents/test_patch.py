from hypothesis import given
from hypothesis import strategies as st

from agents.model import Edit, Patch

EDIT = Edit(file="a.py", start=4, old="x = 1", new="x = 2")


def moved(*edits: Edit, text: str) -> Patch | None:
    return Patch(edits=edits).moved({"a.py": text})


def test_an_edit_moves_to_where_its_text_stands_now() -> None:
    patch = moved(EDIT, text="# one line more\n\nx = 1\n")
    assert patch is not None
    assert patch.apply({"a.py": "# one line more\n\nx = 1\n"}) == {"a.py": "# one line more\n\nx = 2\n"}


def test_where_the_text_is_gone_or_stands_twice_elsewhere_the_patch_can_not_be_moved() -> None:
    assert moved(EDIT, text="y = 1\n") is None
    assert moved(EDIT, text="x = 1\nx = 1\n") is None
    assert moved(Edit(file="a.py", start=0, old="", new="z\n"), text="x = 1\n") is None


def test_an_edit_whose_text_still_stands_at_its_place_stays_there() -> None:
    patch = moved(EDIT, text="abc\nx = 1\nx = 1\n")
    assert patch is not None
    assert patch.edits == (EDIT,)


@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20), st.text("cd", min_size=1, max_size=5))
def test_a_moved_patch_changes_its_text_and_nothing_else(before: str, after: str, old: str) -> None:
    edit = Edit(file="a.py", start=3, old=old, new="e")
    patch = moved(edit, text=f"{before}{old}{after}")
    assert patch is not None
    assert patch.apply({"a.py": f"{before}{old}{after}"}) == {"a.py": f"{before}e{after}"}
