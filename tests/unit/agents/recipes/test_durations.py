"""A duration is one for sure: what may be negative, or no number, is left to the function that is called."""

import ast

import pytest

from agents.recipes.durations import is_duration
from tests.fakes.recipe_programs import FILE, project_of

TEXT = """\
def f(times, x):
    for n in range(times):
        for m in range(1, times):
            return 1.5
"""


def asked(text: str) -> bool:
    """Say whether what a function returns is a duration."""
    project = project_of(text)
    module = project.modules[FILE]
    value = next(node.value for node in ast.walk(module.syntax) if isinstance(node, ast.Return))
    assert value is not None
    return is_duration(value, module, project)


@pytest.mark.parametrize("value", ["1.5", "2", "n", "0.1 * n", "0.1 * 2**n", "n + m", "m ** 2 + 0.5"])
def test_constants_and_what_is_counted_up_are_durations(value):
    assert asked(TEXT.replace("1.5", value))


@pytest.mark.parametrize(
    "value",
    ["x", "times", "-1", "0", "n - 1", "0.1 / n", "True", "'1'", "1e7", "1e999", "0.1 * x", "min(n, 3)", "range"],
)
def test_what_may_be_negative_or_no_number_is_none(value):
    assert not asked(TEXT.replace("1.5", value))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("range(times)", "range(times, 3)"),
        ("range(times)", "range(-3, times)"),
        ("range(times)", "range(9, times, -1)"),
        ("range(times)", "x"),
        ("range(times)", "range(*x)"),
        ("(times, x)", "(times, range)"),
        ("            return", "            n -= 5\n            return"),
        ("for n in", "for n, k in"),
    ],
)
def test_a_name_that_is_not_counted_up_alone_is_none(old, new):
    text = TEXT.replace("1.5", "n")
    assert text.replace(old, new) != text
    assert not asked(text.replace(old, new))
