from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.model import Edit, Patch
from orchestrator.approvals.edited_diff import BadEdit, patch_of

lines = st.lists(st.sampled_from(["a", "b", "", "+c", "-d", " e", "@@ f", "g\r", "# --- h"]), max_size=12)


def text(of: list[str], *, ends: bool) -> str:
    return "\n".join(of) + ("\n" if of and ends else "")


@given(lines, lines, st.booleans(), st.booleans())
def test_a_diff_that_nobody_edited_is_the_same_change(
    old: list[str], new: list[str], old_ends: bool, new_ends: bool
) -> None:
    before, after = text(old, ends=old_ends), text(new, ends=new_ends)
    whole = Patch(edits=(Edit(file="a.py", start=0, old=before, new=after),))
    diff = whole.diff({"a.py": before})
    if before == after:
        with pytest.raises(BadEdit, match="changes nothing"):
            patch_of(diff, lambda _: before)
    else:
        assert patch_of(diff, lambda _: before).apply({"a.py": before}) == {"a.py": after}


BASE = "def f():\n    x = 1\n    y = 2\n    return x + y\n"
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1,4 +1,4 @@\n def f():\n     x = 1\n-    y = 2\n+    y = 3\n     return x + y\n"


def test_lines_may_be_added_without_mending_the_counts_of_the_hunk() -> None:
    edited = DIFF.replace("+    y = 3\n", "+    y = 3\n+    y += 1\n")
    changed = patch_of(edited, lambda _: BASE).apply({"a.py": BASE})["a.py"]
    assert changed == BASE.replace("y = 2\n", "y = 3\n    y += 1\n")


def test_a_hunk_whose_place_moved_is_found_where_it_stands_once() -> None:
    moved = "# first\n\n" + BASE
    assert patch_of(DIFF, lambda _: moved).apply({"a.py": moved})["a.py"] == moved.replace("y = 2", "y = 3")


@pytest.mark.parametrize(
    ("diff", "said"),
    [
        ("", "changes nothing"),
        ("looks good to me", "changes nothing"),
        (DIFF.replace("x = 1", "x = 9"), "nowhere"),
        (DIFF.replace("-    y = 2\n+    y = 3\n", "     y = 2\n"), "changes nothing"),
        (DIFF.replace("+    y", "*    y"), "begins with"),
        ("@@ -1 +1 @@\n-a\n+b\n", "before the name of its file"),
        (DIFF + DIFF.partition("+++ b/a.py\n")[2], "same lines"),
    ],
)
def test_what_can_not_be_taken_is_refused_with_the_reason(diff: str, said: str) -> None:
    with pytest.raises(BadEdit, match=said):
        patch_of(diff, lambda _: BASE)


@given(st.text(alphabet=st.sampled_from(list("+- @\na1,/b")), max_size=80))
def test_no_text_raises_anything_else(diff: str) -> None:
    with suppress(BadEdit):
        assert patch_of(diff, lambda _: BASE).edits
