"""A deep copy becomes a shallow one where no element could ever be changed, and stays wherever that is not known."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.flat_copy import RECIPE
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, rewritten, sites_of

TABLE = "import copy\n\nT = {value}\n\n\ndef f(x):\n    return copy.deepcopy(T)\n"
LOCAL = "import copy\n\n\ndef f(x):\n    {before}\n    return copy.deepcopy({what})\n"


@pytest.mark.parametrize("value", ["{}", "[]", "{1: 2}", "['a', None, -1.5, b'']"])
def test_a_table_of_plain_constants_is_copied_in_one_step(value):
    text = TABLE.format(value=value)
    assert rewritten(RECIPE, text) == text.replace("copy.deepcopy(T)", "T.copy()")


@pytest.mark.parametrize("value", ["{'a': []}", "{1, 2}", "(1, 2)", "{**x}", "[x]", "{1: (2, 3)}", "dict(a=1)"])
def test_any_other_table_stays(value):
    assert sites_of(RECIPE, TABLE.format(value=value)) == []


@pytest.mark.parametrize(
    "more",
    ["T[1] = []\n", "def g(x):\n    T.update(x)\n", "def g():\n    return T\n", "def g(x):\n    global T\n    T = x\n"],
)
def test_a_table_that_others_may_change_stays(more):
    assert sites_of(RECIPE, TABLE.format(value="{1: 2}") + more) == []


def test_a_table_that_another_module_reaches_stays():
    text = TABLE.format(value="{1: 2}")
    assert sites_of(RECIPE, text, modules={"other.py": "import app\napp.T[1] = []\n"}) == []
    assert sites_of(RECIPE, text, readers={"test_app.py": "from app import T\n"}) == []


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ("pass", "x"),
        ("n = [x]", "n"),
        ("n = [1]; n.append(x)", "n"),
        ("n = [1]; x(n)", "n"),
        ("n = [1]; n[0] = x", "n"),
        ("n = [[1]]", "n"),
        ("n = {1: x}", "n"),
        ("n = [1]", "n, {}"),
        ("n = [1]", "*n"),
    ],
)
def test_a_local_that_may_hold_something_else_stays(before, what):
    assert sites_of(RECIPE, LOCAL.format(before=before, what=what)) == []


def test_a_deepcopy_that_a_test_replaces_stays():
    readers = {"test_app.py": "import copy\ncopy.deepcopy = lambda x: x\n"}
    assert sites_of(RECIPE, TABLE.format(value="{1: 2}"), readers=readers) == []


def test_many_copies_in_sampled_time_are_chosen():
    site = sites_of(RECIPE, TABLE.format(value="{1: 2}"))[0]
    many = facts_of(expression_facts(site.requests[0].id, evaluations=10_000, total_len=100_000))

    chosen = RECIPE.choose(site, profile_of({site.key: 0.5}), many)
    assert isinstance(chosen, Choice)
    assert 0 < chosen.expected_share <= 0.5
    assert "not sampled" in reason_of(RECIPE.choose(site, profile_of(), many))
    assert "fewer than" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), facts_of()))
