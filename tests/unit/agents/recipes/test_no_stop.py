"""What may let a StopIteration out is never said not to."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes.no_stop import lets_no_stop_out
from tests.fakes.recipe_programs import FILE, project_of

BEFORE = """\
import math


class Own:
    def pop(self):
        raise StopIteration

    @property
    def first(self):
        return next(self.drawn)


class Done(StopIteration):
    pass


def plain(x):
    if x < 0:
        raise ValueError(x)
    return str(x).strip()


def deep(x):
    return plain(x) + plain(x)


def stopping(x):
    raise StopIteration


def drawing(x):
    return next(iter(x))


def done(x):
    raise Done


def deeply(x):
    return deep(drawing(x))


def again(x):
    raise


def run(x, y, f):
"""
SAFE = ("x", "y[0]", "x.name", "len(x)", "plain(x)", "deep(y)", "math.sqrt(x)", "x.strip()", "[y for y in x]", "x < y")
UNSAFE = (
    *("next(x)", "f(x)", "x.first", "x.pop()", "x.send(y)", "drawing(x)", "stopping(x)", "done(x)", "deeply(x)"),
    *(
        "again(x)",
        "(lambda: x)()",
        "list(map(f, x))",
        "unknown(x)",
        "math.unknown(x)",
        "(yield x)",
        "type(x).pop(x)",
        "max(y, key=f)",
        "x.sub(f, y)",
        "sorted(y, **f)",
    ),
)
JOINED = ("({} and {})", "[{}, {}]", "({} if {} else 1)", "len([{} for z in [{}]])", "f'{{{}}}{{{}}}'", "{} + {}")


def asked(expression: str) -> bool:
    project = project_of(f"{BEFORE}    return {expression}\n")
    module = project.modules[FILE]
    function = module.syntax.body[-1]
    assert isinstance(function, ast.FunctionDef)
    statement = function.body[0]
    assert isinstance(statement, ast.Return)
    assert statement.value is not None
    return lets_no_stop_out(statement.value, module, project)


@pytest.mark.parametrize("expression", SAFE)
def test_what_can_only_fail_in_other_ways_is_known(expression: str) -> None:
    assert asked(expression)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(UNSAFE), st.sampled_from(SAFE), st.sampled_from(JOINED), st.booleans())
def test_whatever_stands_around_a_doubtful_part_is_doubtful(unsafe: str, safe: str, form: str, first: bool) -> None:
    assert not asked(form.format(*((unsafe, safe) if first else (safe, unsafe))))


def test_operators_that_draw_from_iterators_make_everything_doubtful():
    project = project_of("class Own:\n    def __len__(self):\n        return next(self)\n\n\nlen(Own())\n")
    module = project.modules[FILE]
    statement = module.syntax.body[-1]
    assert isinstance(statement, ast.Expr)
    assert not lets_no_stop_out(statement.value, module, project)
