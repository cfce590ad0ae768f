"""A table is shared by all calls only while nobody can change it or tell that it is shared."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.hoist_constant import RECIPE
from profiling.facts import Facts
from tests.fakes.recipe_programs import expression_facts, profile_of, reason_of, rewritten, sites_of

UNIT = "def unit(k):\n    sizes = {'a': 1, 'b': 2, 'c': 3}\n    return sizes.get(k)\n"


@pytest.mark.parametrize(
    "use",
    [
        "sizes",
        "[sizes]",
        "keep(sizes)",
        "sizes.pop(k)",
        "sizes.setdefault(k, 1)",
        "sizes.update(a=2)",
        "(lambda: sizes)",
        "sizes or {}",
        "sizes if k else 1",
        "sizes == k",
        "sizes in k",
        "max(sizes, k)",
        "k % sizes",
        "locals()",
        "sizes | {}",
        "sizes.get",
        "(yield sizes)",
    ],
)
def test_a_table_that_is_handed_on_or_changed_is_made_anew(use: str) -> None:
    assert rewritten(RECIPE, UNIT.replace("sizes.get(k)", use)) is None


@pytest.mark.parametrize(
    "line", ["sizes[k] = 1", "del sizes[k]", "sizes |= {k: 1}", "nonlocal_ = sizes", "for sizes[k] in []: pass"]
)
def test_a_table_that_a_statement_changes_or_keeps_is_made_anew(line: str) -> None:
    assert rewritten(RECIPE, UNIT.replace("    return", f"    {line}\n    return")) is None


@pytest.mark.parametrize(
    "use",
    [
        "sizes[k]",
        "k in sizes",
        "len(sizes)",
        "list(sizes.items())",
        "f'{sizes}'",
        "print(**sizes)",
        "[*sizes]",
        "str(sizes)",
    ],
)
def test_a_table_that_is_only_looked_into_is_made_once(use: str) -> None:
    after = rewritten(RECIPE, UNIT.replace("sizes.get(k)", use))
    assert after is not None
    assert after.startswith("_SIZES = {'a': 1, 'b': 2, 'c': 3}\n")
    assert "    sizes = _SIZES\n" in after


@pytest.mark.parametrize(
    "display",
    [
        "{'a': [1], 'b': 2, 'c': 3}",
        "{'a': k, 'b': 2, 'c': 3}",
        "{**k, 'a': 1, 'b': 2, 'c': 3}",
        "{'a': f'{1}', 1: 1, 2: 2}",
        "{1: 2}",
    ],
)
def test_what_is_not_constant_throughout_or_small_is_made_anew(display: str) -> None:
    assert rewritten(RECIPE, UNIT.replace("{'a': 1, 'b': 2, 'c': 3}", display)) is None


def test_names_that_are_taken_are_passed_by_and_other_scopes_left_alone() -> None:
    after = rewritten(RECIPE, "_SIZES = 1\n\n\n" + UNIT)
    assert after is not None
    assert "sizes = _SIZES_2\n" in after
    assert rewritten(RECIPE, UNIT.replace("    sizes =", "    global sizes\n    sizes =")) is None
    assert rewritten(RECIPE, "from os import *\n\n\n" + UNIT) is None
    assert rewritten(RECIPE, UNIT + "\n\nprint(globals())\n") is None
    inner = (
        "def outer(k):\n    sizes = 1\n\n    def unit():\n        nonlocal sizes\n        sizes = [1, 2, 3]\n"
        "        return sizes[k]\n\n    return unit() and sizes\n"
    )
    assert rewritten(RECIPE, inner) is None


def test_a_text_with_line_ends_in_a_table_is_not_changed() -> None:
    text = "def unit(k):\n    sizes = {'a': '''x\n    y''', 'b': 2, 'c': 3}\n    return sizes[k]\n"
    assert rewritten(RECIPE, text) is None


def test_a_table_made_often_is_chosen_and_one_made_seldom_not() -> None:
    (site,) = sites_of(RECIPE, UNIT)
    often = expression_facts(site.requests[0].id, types={"dict": 10**6}, evaluations=10**6, total_len=3 * 10**6)
    choice = RECIPE.choose(site, profile_of({site.key: 0.5}), Facts(expressions={often.id: often}))
    assert isinstance(choice, Choice)
    assert 0.02 < choice.expected_share < 0.1
    seldom = expression_facts(site.requests[0].id, types={"dict": 9}, evaluations=9)
    assert "made 9 times" in reason_of(RECIPE.choose(site, profile_of(), Facts(expressions={seldom.id: seldom})))
    assert "not seen running" in reason_of(RECIPE.choose(site, profile_of(), Facts(expressions={often.id: often})))
