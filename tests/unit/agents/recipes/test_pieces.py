from agents.model import Edit, Patch
from agents.recipes.pieces import Piece, changed_pieces
from agents.recipes.project import parse

TEXT = "import os\n\n\ndef f():\n    return 1\n\n\n@made\ndef g(): pass\nx = 1; y = 2\nz = '''\n'''; w = 3\n"
MODULE = parse(TEXT, "mod.py", "mod")


def pieces(*edits: tuple[str, str]) -> list[Piece]:
    found = [Edit(file="mod.py", start=TEXT.index(old), old=old, new=new) for old, new in edits]
    return list(changed_pieces(MODULE, sorted(found, key=lambda edit: edit.start), ()))


def names(piece: Piece) -> list[str]:
    return [type(one).__name__ for one in piece.statements]


def test_only_what_an_edit_lies_in_is_read_again() -> None:
    (one,) = pieces(("return 1", "return 2"))

    assert (names(one), one.text) == (["FunctionDef"], "def f():\n    return 2\n\n\n")


def test_edits_far_apart_are_pieces_of_their_own_and_statements_of_one_line_are_one() -> None:
    first, second = pieces(("os", "re"), ("y = 2", "y = 3"))

    assert (names(first), first.text) == (["Import"], "import re\n\n\n")
    assert (names(second), second.text) == (["Assign", "Assign"], "x = 1; y = 3\n")


def test_a_statement_begins_with_its_decorators_and_ends_where_another_ends_on_its_line() -> None:
    assert pieces(("made", "done"))[0].text == "@done\ndef g(): pass\n"
    assert names(pieces(("w = 3", "w = 4"))[0]) == ["Assign", "Assign"]


def test_an_edit_that_reaches_up_to_another_statement_takes_it_along() -> None:
    assert names(pieces(("@made\ndef g(): pass\n", ""))[0]) == ["FunctionDef", "FunctionDef", "Assign", "Assign"]


def test_what_is_put_in_front_of_what_is_replaced_stands_in_front_of_it() -> None:
    start = TEXT.index("return 1")
    edits = [
        Edit(file="mod.py", start=start, old="return 1", new="return x"),
        Edit(file="mod.py", start=start, old="", new="x = 1\n    "),
    ]

    (piece,) = changed_pieces(MODULE, edits, ())
    assert piece.text == "def f():\n    x = 1\n    return x\n\n\n"
    assert piece.text in Patch(edits=tuple(edits)).apply({"mod.py": TEXT})["mod.py"]
