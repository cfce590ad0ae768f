"""One frame is asked for where one is used; where another error or the source could show, the stack is walked."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.frame_lookup import RECIPE
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, rewritten, sites_of

PROGRAM = "import inspect\nimport sys\n\n\ndef f(x):\n    return {use}\n"
READERS = {"test_app.py": "from unittest import mock\nmock.patch('inspect.stack')\n"}


@pytest.mark.parametrize(
    ("use", "after"),
    [
        ("inspect.stack()[1][3]", "sys._getframe(1).f_code.co_name"),
        ("inspect.stack(0)[0].lineno", "sys._getframe(0).f_lineno"),
        ("inspect.getmodule(inspect.stack()[1][0])", "inspect.getmodule(sys._getframe(1))"),
        ("inspect.stack()[1].frame.f_locals", "sys._getframe(1).f_locals"),
        ("inspect.stack()[1].filename", "inspect.getframeinfo(sys._getframe(1), 0).filename"),
    ],
)
def test_the_field_that_is_used_is_asked_of_the_frame(use, after):
    assert rewritten(RECIPE, PROGRAM.format(use=use)) == PROGRAM.format(use=after)


@pytest.mark.parametrize(
    "use",
    [
        "inspect.stack()[-1].function",
        "inspect.stack()[True].function",
        "inspect.stack(x)[1].function",
        "inspect.stack()[1:]",
        "inspect.stack()[1].code_context",
        "inspect.stack()[1][4]",
        "inspect.stack()[3].function",
        "inspect.trace()[1].function",
    ],
)
def test_what_is_not_one_known_field_of_one_near_frame_stays(use):
    assert sites_of(RECIPE, PROGRAM.format(use=use)) == []


def test_a_stack_that_a_test_replaces_stays():
    assert sites_of(RECIPE, PROGRAM.format(use="inspect.stack()[1].function"), readers=READERS) == []


def test_where_the_name_of_the_module_is_taken_another_one_is_used():
    text = "import inspect\n\n\ndef f(sys):\n    return inspect.stack()[1].function\n"
    after = "import inspect\nimport sys as _sys\n\n\ndef f(sys):\n    return _sys._getframe(1).f_code.co_name\n"
    assert rewritten(RECIPE, text) == after


def test_a_field_that_needs_a_module_without_a_name_stays():
    text = "from inspect import stack\n\n\ndef f():\n    return stack()[1].{field}\n"
    assert sites_of(RECIPE, text.format(field="filename")) == []
    assert len(sites_of(RECIPE, text.format(field="function"))) == 1


def test_a_stack_that_is_walked_often_in_sampled_time_is_chosen():
    site = sites_of(RECIPE, PROGRAM.format(use="inspect.stack()[1].function"))[0]
    often = facts_of(expression_facts(site.requests[0].id, evaluations=100))

    chosen = RECIPE.choose(site, profile_of({site.key: 0.5}), often)
    assert isinstance(chosen, Choice)
    assert 0 < chosen.expected_share <= 0.5
    assert "not sampled" in reason_of(RECIPE.choose(site, profile_of(), often))
    assert "0 walks" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), facts_of()))
