"""A call of a library is known by its imports, and forgotten as soon as anything may stand in its place."""

import ast

import pytest

from agents.recipes.library import called
from tests.fakes.recipe_programs import FILE, project_of

CALL = "import os.path\nimport time as clock\nfrom time import sleep as nap\n\n\ndef f(x):\n    {use}(1)\n"


def name_of(text: str, **others: dict[str, str]) -> str | None:
    project = project_of(text, **others)
    call = next(node for node in ast.walk(project.modules[FILE].syntax) if isinstance(node, ast.Call))
    return called(call, {"time.sleep", "os.path.join"}, project.modules[FILE], project)


@pytest.mark.parametrize(
    ("use", "name"),
    [("clock.sleep", "time.sleep"), ("nap", "time.sleep"), ("os.path.join", "os.path.join"), ("x.sleep", None)],
)
def test_a_library_function_is_known_by_its_imports(use, name):
    assert name_of(CALL.format(use=use)) == name


@pytest.mark.parametrize(
    "more", ["clock.sleep = print\n", "setattr(clock, 'sleep', print)\n", "def clock(): pass\n", "clock = f\n"]
)
def test_a_function_that_is_replaced_in_the_module_is_not_known(more):
    assert name_of(CALL.format(use="clock.sleep") + more) is None


@pytest.mark.parametrize("target", ["time.sleep", "app.clock.sleep", "app.time", "sleep"])
def test_a_function_that_a_test_patches_is_not_known(target):
    readers = {"test_app.py": f"from unittest import mock\nmock.patch({target!r})\n"}
    assert name_of(CALL.format(use="clock.sleep"), readers=readers) is None
