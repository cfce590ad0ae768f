import pytest

from orchestrator.policy.touched import touched
from profiling.model import FunctionKey

BEFORE = """import json

LIMIT = 3

def same(x):
    return x

@cache
def decorated(x):
    return x + 1

class Shop:
    def total(self):
        def inner():
            return 1
        return inner()

    @property
    def name(self):
        return "a"

if LIMIT:
    def conditional():
        return 1
else:
    def other():
        return 2
"""


def names(after: str) -> list[tuple[str, int]]:
    return [(key.qualname, key.first_line) for key in touched({"a.py": BEFORE}, {"a.py": after})]


def test_what_does_not_change_a_function_touches_none() -> None:
    assert names(BEFORE.replace("LIMIT = 3", "LIMIT = 4").replace("import json", "import json, os  # more")) == []


def test_a_body_a_decorator_and_a_default_are_changes() -> None:
    assert names(BEFORE.replace("x + 1", "1 + x")) == [("decorated", 8)]
    assert names(BEFORE.replace("@cache\n", "")) == [("decorated", 8)]
    assert names(BEFORE.replace("same(x)", "same(x=1)")) == [("same", 5)]


def test_what_is_inside_a_function_is_part_of_it() -> None:
    assert names(BEFORE.replace("            return 1", "            return 2")) == [("Shop.total", 13)]


def test_methods_and_conditional_definitions_are_found_where_they_stand() -> None:
    assert names(BEFORE.replace('"a"', '"b"').replace("return 2", "return 3")) == [("Shop.name", 18), ("other", 26)]


@pytest.mark.parametrize(("name", "told"), [("same", True), ("_same", False), ("__same__", True)])
def test_of_what_is_gone_only_the_public_counts(name: str, *, told: bool) -> None:
    key = FunctionKey(file="a.py", first_line=1, qualname=name)
    assert touched({"a.py": f"def {name}(x): return x\n"}, {"a.py": "\n"}) == ((key,) if told else ())


def test_a_new_function_touches_nothing() -> None:
    assert touched({"a.py": ""}, {"a.py": "def new(): pass\n"}) == ()
