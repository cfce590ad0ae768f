import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.code_changes import Kind, code_changes

BEFORE = '''"""A module."""
LIMIT = 3


class Shelf:
    """Holds books."""

    size = 4

    def put(self, book):
        """Put it."""
        return book


@property
def free(x):
    def inner():
        return x
    return inner


if LIMIT:
    def one():
        return 1
'''


def changes(after: str, before: str = BEFORE) -> list[tuple[str, Kind]]:
    return [(one.qualname, one.kind) for one in code_changes({"a.py": before}, {"a.py": after})]


def test_the_same_text_holds_no_change() -> None:
    assert changes(BEFORE) == []


def test_documentation_comments_and_layout_are_no_code() -> None:
    after = (
        BEFORE.replace("Put it.", "Put it there.").replace("A module.", "Mine.").replace("LIMIT = 3", "LIMIT=3  # x")
    )
    assert changes(after) == []


def test_a_changed_method_is_named_by_its_class_and_the_class_is_not() -> None:
    assert changes(BEFORE.replace("return book", "return [book]")) == [("Shelf.put", Kind.CHANGED)]


def test_a_class_s_own_body_is_told_from_its_methods() -> None:
    assert changes(BEFORE.replace("size = 4", "size = 5")) == [("Shelf", Kind.CHANGED)]


def test_what_is_defined_inside_a_function_is_part_of_it() -> None:
    assert changes(BEFORE.replace("return x\n", "return -x\n")) == [("free", Kind.CHANGED)]


def test_a_changed_decorator_changes_the_function() -> None:
    assert changes(BEFORE.replace("@property\n", "")) == [("free", Kind.CHANGED)]


def test_code_of_the_module_itself_is_told_apart() -> None:
    assert changes(BEFORE.replace("LIMIT = 3", "LIMIT = 4")) == [("<module>", Kind.CHANGED)]


def test_functions_under_a_condition_are_found() -> None:
    assert changes(BEFORE.replace("return 1", "return 2")) == [("one", Kind.CHANGED)]


def test_new_and_gone_functions_are_told_with_their_lines() -> None:
    found = code_changes({"a.py": "def a():\n    pass\n"}, {"a.py": "x = 1\n\ndef b():\n    pass\n"})
    assert [(one.qualname, one.kind, one.line_before, one.line_after) for one in found] == [
        ("<module>", Kind.ADDED, 0, 1),
        ("a", Kind.REMOVED, 1, 0),
        ("b", Kind.ADDED, 0, 3),
    ]


def test_a_file_of_one_side_is_all_new_or_all_gone() -> None:
    assert {one.kind for one in code_changes({}, {"a.py": BEFORE})} == {Kind.ADDED}
    assert {one.kind for one in code_changes({"a.py": BEFORE}, {})} == {Kind.REMOVED}


def test_a_text_that_does_not_parse_is_named() -> None:
    with pytest.raises(SyntaxError) as raised:
        code_changes({"a.py": "x = 1\n"}, {"a.py": "def (:\n"})
    assert raised.value.filename == "a.py"


NAMES = st.sampled_from(["a", "b", "c", "d"])
BODIES = st.dictionaries(NAMES, st.integers(0, 3), max_size=4)


@given(BODIES, BODIES)
def test_each_function_that_differs_is_found_once_and_no_other(old: dict[str, int], new: dict[str, int]) -> None:
    def text(bodies: dict[str, int]) -> str:
        return "".join(f"def {name}():\n    return {value}\n" for name, value in bodies.items())

    found = {one.qualname: one.kind for one in code_changes({"m.py": text(old)}, {"m.py": text(new)})}
    expected = dict.fromkeys(old.keys() - new.keys(), Kind.REMOVED)
    expected |= dict.fromkeys(new.keys() - old.keys(), Kind.ADDED)
    expected |= {name: Kind.CHANGED for name in old.keys() & new.keys() if old[name] != new[name]}
    assert found == expected
