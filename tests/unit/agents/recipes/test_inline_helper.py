"""An expression takes the place of a call only where it means the same and nobody can tell."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.inline_helper import RECIPE
from profiling.facts import Facts
from profiling.model import FunctionKey
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, rewritten, sites_of

PROGRAM = """\
import sys

LIMIT = 3


def small(x, y):
    return x < LIMIT or x == y


def run(values, y):
    found = []
    for x in values:
        if small(x, y):
            found.append(x)
    return found
"""


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("x < LIMIT", "sys._getframe(0)", "it looks at its frame"),
        ("x < LIMIT", "locals()", "it looks at its names"),
        ("x < LIMIT", "x.debug(y)", "an unknown method may look at who calls it"),
        ("x < LIMIT", "y(x)", "an unknown function may look at who calls it"),
        ("x < LIMIT", "small(y, x)", "it calls itself"),
        ("x < LIMIT", "x.__hidden", "a class would give it another name"),
        ("x < LIMIT", "(lambda: x)()", "a function is made in it"),
        ("x < LIMIT", "(z := x)", "a name is bound in it"),
        ("x < LIMIT", "[z for z in x]", "a comprehension in it"),
        ("x < LIMIT", "f'{x}'", "a text with values in it"),
        ("x < LIMIT", " < ".join(["x"] * 20), "it is not small"),
        ("return x < LIMIT or", "return x < LIMIT or \\\n        ", "it is spread over lines"),
        ("    return x", "    print(x)\n    return x", "it does more"),
        ("def small(x, y)", "def small(x, y=1)", "a default value"),
        ("def small(x, y)", "def small(x, *y)", "arguments are gathered"),
        ("def small(x, y)", "async def small(x, y)", "a coroutine"),
        ("def small", "@print\ndef small", "it is decorated"),
        ("def run", "def small(x, y):\n    return 0\n\n\ndef run", "it is defined twice"),
        ("small(x, y):\n            ", "small(x, y=y):\n            ", "arguments by name"),
        ("small(x, y):\n            ", "small(x, [y]):\n            ", "an argument that would be made anew"),
        ("small(x, y):\n            ", "small(x, LIMIT):\n            ", "a global may change meanwhile"),
        ("small(x, y):\n            ", "small(*x):\n            ", "arguments that are not known"),
        ("small(x, y):\n            ", "f'{small(x, y)}':\n            ", "quotes in a text"),
        ("run(values, y)", "run(values, y, LIMIT)", "a name in it means something else there"),
        ("run(values, y)", "run(values, y, small)", "another function"),
        ("    found = []", "    found = []\n    del y", "an argument may not be bound"),
        ("    found = []", "    found = []\n    def inner():\n        nonlocal y\n        y = 1", "it may be rebound"),
        ("    found = []", "    found = [dir()]", "the frame is looked at"),
        ("for x in values:", "for x in [values]:\n        pass\n    else:", "no loop"),
        ("def run", "globals()['small'] = 1\n\n\ndef run", "names may be rebound unseen"),
    ],
)
def test_what_would_mean_or_show_something_else_is_refused(old: str, new: str, because: str) -> None:
    assert old in PROGRAM
    assert "        if x < LIMIT or x == y:\n" in str(rewritten(RECIPE, PROGRAM))
    assert rewritten(RECIPE, PROGRAM.replace(old, new)) is None, because


def test_a_function_that_is_patched_or_replaced_is_left_alone():
    patched = {"test_app.py": "from unittest import mock\n\nmock.patch('app.small')\n"}
    replaced = {"test_app.py": "import app\n\napp.small = print\n"}
    assert rewritten(RECIPE, PROGRAM, readers=patched) is None
    assert rewritten(RECIPE, PROGRAM, readers=replaced) is None


def test_a_function_of_another_module_is_left_alone():
    other = {"other.py": "def small(x, y):\n    return x < y\n"}
    program = "from other import small\n\n\ndef run(values, y):\n    return [small(x, y) for x in values]\n"
    assert rewritten(RECIPE, program, modules=other) is None


def test_a_number_that_is_asked_for_an_attribute_stands_in_parentheses():
    program = "def bits(x):\n    return x.bit_length()\n\n\ndef run(v):\n    return [bits(5) for _ in v]\n"
    assert "[(5).bit_length() for _ in v]" in str(rewritten(RECIPE, program))


@pytest.mark.parametrize("expression", ["x[0]", "x is None and x is not LIMIT", "x()"])
def test_a_constant_that_the_compiler_would_warn_of_is_left_where_it_is(expression: str) -> None:
    program = f"LIMIT = 1\n\n\ndef odd(x):\n    return {expression}\n\n\n"
    program += "def run(v):\n    return [odd(5) for _ in v]\n"
    assert rewritten(RECIPE, program) is None


def seen(site: Site, calls: int) -> Facts:
    return facts_of(expression_facts(site.requests[0].id, evaluations=calls))


def test_the_facts_choose_what_is_called_very_often():
    (site,) = sites_of(RECIPE, PROGRAM)
    helper = FunctionKey(file=site.key.file, first_line=6, qualname="small")

    choice = RECIPE.choose(site, profile_of({helper: 0.1, site.key: 0.05}), seen(site, 10_000_000))

    assert isinstance(choice, Choice)
    assert 0.14 < choice.expected_share < 0.16
    assert "9999 calls" in reason_of(RECIPE.choose(site, profile_of({helper: 0.1}), seen(site, 9999)))
    assert "not seen" in reason_of(RECIPE.choose(site, profile_of(), seen(site, 10_000_000)))
    assert "0 calls" in reason_of(RECIPE.choose(site, profile_of({helper: 0.1}), Facts()))
