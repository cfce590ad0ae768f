"""What may be an instance of a class, where it is and where it is not known."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes.class_uses import is_let_out, is_only_named
from agents.recipes.hierarchy import hierarchy
from agents.recipes.instances import is_handed_to_libraries, is_serialised, may_be_instance, reflections
from agents.recipes.project import Module, Project
from tests.fakes.recipe_programs import FILE, project_of

CLASSES = """\
import threading
import other
from other import ONE, Kind, helper


class C:
    def own(self):
        {0}


class D(C):
    def below(self):
        {1}


class E:
    def strange(self):
        {2}

    @staticmethod
    def bare(self):
        {3}
"""
OTHER = "class Kind:\n    pass\n\n\ndef helper():\n    pass\n\n\nONE = Kind()\n"


def of(text: str) -> tuple[Module, Project]:
    project = project_of(text, modules={"other.py": OTHER})
    return project.modules[FILE], project


def told(text: str) -> bool:
    """Return the answer for the receiver of the only store of `found`."""
    module, project = of(text)
    store = next(n for n in ast.walk(module.syntax) if isinstance(n, ast.Attribute) and n.attr == "found")
    (c,) = hierarchy(project).named("C")
    return may_be_instance(store.value, module, c, project)


SURE = ("Kind()", "threading.Thread()", "other.Kind()", "[C()]", "'text'", "{}", "dict(a=1)", "lambda: C()", "E()")
OPEN = (
    "C()",
    "one",
    "one.part",
    "make()",
    "other.make()",
    "ONE",
    "D() or C()",
    "next(one)",
    "one[0]",
    "threading.local_()",
)


@pytest.mark.parametrize("value", SURE)
def test_what_surely_is_of_another_class_is_told(value):
    assert not told(f"{CLASSES.format(*['pass'] * 4)}\n\ndef put(one, make):\n    x = {value}\n    x.found = 1\n")


@pytest.mark.parametrize(("place", "answer"), [(0, True), (1, False), (2, False), (3, True)])
def test_a_receiver_is_told_by_its_class(place, answer):
    stores = ["pass"] * 4
    stores[place] = "self.found = 1"
    assert told(CLASSES.format(*stores)) is answer


@pytest.mark.parametrize(("name", "answer"), [("other", False), ("Kind", False), ("helper", False), ("ONE", True)])
def test_an_imported_name_is_told_where_it_is_a_module_class_or_function(name, answer):
    assert told(f"{CLASSES.format(*['pass'] * 4)}\n\n{name}.found = 1\n") is answer


@settings(max_examples=10, deadline=None, database=None)
@given(st.sampled_from(OPEN), st.sampled_from(SURE), st.integers(0, 3))
def test_of_a_name_that_may_be_one_way_or_the_other_nothing_is_known(unsure, sure, way):
    ways = (
        f"x = {unsure}",
        f"x = {sure}\n    x = {unsure}",
        f"for x in [{unsure}, {sure}]:\n        pass",
        f"def set():\n        nonlocal x\n        x = {unsure}\n    x = {sure}",
    )
    assert told(f"{CLASSES.format(*['pass'] * 4)}\n\ndef put(one, make):\n    {ways[way]}\n    x.found = 1\n")


@pytest.mark.parametrize("body", ["vars(x)", "x.__dict__", "setattr(x, n, 1)", "delattr(x, n)", "x.__setattr__(n, 1)",
                                  "object.__setattr__(x, n, 1)", "getattr(x, '__dict__')"])  # fmt: skip
def test_every_way_to_unnamed_attributes_is_found(body):
    _, project = of(f"def f(x, n):\n    return {body}\n")
    assert [ast.unparse(one.receiver) for one in reflections(project)] == ["x"]


@pytest.mark.parametrize("body", ["setattr(x, 'a', 1)", "getattr(x, n)", "vars()", "x.a", "hasattr(x, 'a')"])
def test_attributes_by_a_name_that_can_be_read_are_no_reflection(body):
    _, project = of(f"def f(x, n):\n    return {body}\n")
    assert reflections(project) == ()


@pytest.mark.parametrize(
    ("use", "named"),
    [
        ("x = isinstance(n, (C, int)), type(n) is C", True),
        ("def f(x: 'C', y: list[C] | None) -> C: return C()", True),
        ("x = C.own", True),
        ("x = C", False),
        ("x = [C]", False),
        ("print(C)", False),
        ("C.other = 1", False),
        ("x = C.__dict__", False),
        ("from app import C as B", False),
        ("x = list[C]", False),
    ],
)
def test_a_class_that_goes_elsewhere_is_told(use, named):
    module, project = of(f"class C:\n    def own(self):\n        pass\n\n\nn = 1\n{use}\n")
    assert is_only_named(hierarchy(project).named("C")[0], project) is named
    assert module


@pytest.mark.parametrize(
    ("use", "out"),
    [
        ("def f(x): return type(x).__name__, type(x)(), type(x) is C", False),
        ("def f(x): return type(x)", True),
        ("def f(x): return x.__class__.kind", True),
        ("def f(x): return type('text').kind, type([]).kind", False),
    ],
)
def test_a_type_that_goes_elsewhere_is_told(use, out):
    _, project = of(f"class C:\n    def own(self):\n        pass\n\n\n{use}\n")
    assert is_let_out(hierarchy(project).named("C")[0], project) is out


@pytest.mark.parametrize(
    ("use", "handed"),
    [
        ("import lib\nlib.track(C())", True),
        ("import lib\none = C()\nlib.track(kept=one)", True),
        ("from functools import update_wrapper\nupdate_wrapper(C(), len)", True),
        ("import copy\ncopy.copy(C())", False),
        ("import other\nother.helper(C())", False),
        ("import lib\nlib.track(1)", False),
    ],
)
def test_instances_that_a_library_gets_are_told(use, handed):
    _, project = of(f"class C:\n    pass\n\n\n{use}\n")
    assert is_handed_to_libraries(hierarchy(project).named("C")[0], project) is handed


def test_libraries_that_store_objects_are_named_in_any_way():
    assert is_serialised(of("from pickle import dumps\n")[1])
    assert is_serialised(of("import importlib\nimportlib.import_module('shelve')\n")[1])
    assert not is_serialised(of("import json\n")[1])
