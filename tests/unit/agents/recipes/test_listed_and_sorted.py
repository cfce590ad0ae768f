"""Lists made for a few of their elements, sorts for their least ones, sums of lists: what licenses and chooses them."""

import pytest

from agents.recipes import chained_lists, first_elements, least_elements
from agents.recipes._base import Choice, Recipe
from profiling.facts import Facts
from tests.fakes.recipe_programs import expression_facts, profile_of, reason_of, rewritten, sites_of

FIRST = "def first(**named):\n    return list(named)[0]\n"
LEAST = "def least(x):\n    y = [len(v) for v in x]\n    return sorted(y)[:2]\n"
CHAINED = "def joined(x):\n    return sum([[v] for v in x], [])\n"


def of(recipe: Recipe, expression: str, before: str = "pass", head: str = "") -> str | None:
    return rewritten(recipe, f"{head}def run(x, *more, **named):\n    {before}\n    return {expression}\n")


@pytest.mark.parametrize(
    ("expression", "before"),
    [
        ("list(x)[0]", "pass"),
        ("list(iter(named))[0]", "pass"),
        ("list(named)[1]", "pass"),
        ("list(named)[True]", "pass"),
        ("list(named)[:-1]", "pass"),
        ("list(named)[1:2]", "pass"),
        ("list(named)[:2:2]", "pass"),
        ("list(named)[:x]", "pass"),
        ("list(*named)[0]", "pass"),
        ("list(named)[0]", "list = tuple"),
        ("list(named)[0]", "named = x"),
        ("sorted(named)[0]", "pass"),
        ("list(y for y in named)[0]", "pass"),
        ("list(map(print, named))[0]", "pass"),
    ],
)
def test_what_may_not_be_a_container_or_not_its_beginning_is_listed(expression: str, before: str) -> None:
    assert of(first_elements.RECIPE, expression, before) is None


def test_a_slice_is_taken_in_the_place_of_the_list() -> None:
    assert "list(islice(named, 1))[0]" in str(of(first_elements.RECIPE, "list(named)[0]"))
    assert "tuple(islice(more, 3))" in str(of(first_elements.RECIPE, "tuple(more)[0:3]"))
    assert "_islice(named, 1)" in str(of(first_elements.RECIPE, "list(named)[0]", head="islice = 1\n\n\n"))


@pytest.mark.parametrize(
    ("expression", "before"),
    [
        ("sorted(x)[0]", "pass"),
        ("sorted(list(x))[0]", "pass"),
        ("sorted(y)[0]", "y = [len(v) for v in x]\n    y.append(x)"),
        ("sorted(y)[0]", "y = [1, 2.5]"),
        ("sorted(y)[0]", "y = [1, True]"),
        ("sorted(y)[1]", "y = [1]"),
        ("sorted(y)[:-1]", "y = [1]"),
        ("sorted(y)[:0]", "y = [1]"),
        ("sorted(y, key=abs)[0]", "y = [1]"),
        ("sorted(y, key=lambda v: -v)[0]", "y = [1]"),
        ("sorted(y, reverse=x)[0]", "y = [1]"),
        ("sorted(more, key=len)[-1]", "pass"),
        ("sorted(x, key=len)[0]", "pass"),
        ("sorted(more, key=str.lower)[0]", "pass"),
        ("sorted(more, key=len)[0]", "len = print"),
    ],
)
def test_what_may_be_no_total_order_is_sorted(expression: str, before: str) -> None:
    assert of(least_elements.RECIPE, expression, before) is None


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("sorted(y)[0]", "nsmallest(1, y)[0]"),
        ("sorted(y)[-1]", "nlargest(1, y)[0]"),
        ("sorted(y, reverse=True)[:3]", "nlargest(3, y)"),
        ("sorted(more, key=len)[:3]", "nsmallest(3, more, key=len)"),
        ("sorted(y, key=str.lower)[0]", "nsmallest(1, y, key=str.lower)[0]"),
    ],
)
def test_a_search_takes_the_place_of_a_sort_of_a_total_order(expression: str, after: str) -> None:
    assert after in str(of(least_elements.RECIPE, expression, "y = f'a {x}'.split()"))


@pytest.mark.parametrize(
    "expression",
    [
        "sum(x, [])",
        "sum(more, [])",
        "sum([(v,) for v in x], [])",
        "sum([[v] for v in x], [1])",
        "sum([[v] for v in x], x)",
        "sum([[v] for v in x])",
        "sum([[v] if v else None for v in x], [])",
        "sum([v.items() for v in x], [])",
        "sum(*[[v] for v in x], [])",
        "sum((sorted for v in x), [])",
    ],
)
def test_parts_that_may_be_no_lists_are_added_up(expression: str) -> None:
    assert of(chained_lists.RECIPE, expression) is None
    assert of(chained_lists.RECIPE, "sum([[v] for v in x], [])", "sum = max") is None


def test_facts_choose_long_containers_many_parts_and_few_taken_of_many() -> None:
    for recipe, text, seen in (
        (first_elements.RECIPE, FIRST, {"evaluations": 1000, "total_len": 10**6}),
        (least_elements.RECIPE, LEAST, {"evaluations": 1000, "total_len": 10**6}),
        (chained_lists.RECIPE, CHAINED, {"evaluations": 1000, "total_len": 10**6}),
    ):
        (site,) = sites_of(recipe, text)
        facts = {request.id: expression_facts(request.id, **seen) for request in site.requests[:1]}
        facts |= {
            request.id: expression_facts(request.id, evaluations=10**5, total_len=10**6)
            for request in site.requests[1:]
        }
        choice = recipe.choose(site, profile_of({site.key: 0.5}), Facts(expressions=facts))
        assert isinstance(choice, Choice)
        assert 0.001 < choice.expected_share <= 0.5


@pytest.mark.parametrize(
    ("recipe", "text", "seen", "reason"),
    [
        (
            first_elements.RECIPE,
            FIRST,
            {"evaluations": 1000, "total_len": 9000},
            "9 elements on average, fewer than 64",
        ),
        (least_elements.RECIPE, LEAST, {"evaluations": 10, "total_len": 4000}, "400 elements were sorted on average"),
        (chained_lists.RECIPE, CHAINED, {"evaluations": 1000, "total_len": 9000}, "1000 lists in 1000 sums"),
    ],
)
def test_facts_speak_against_short_ones(recipe: Recipe, text: str, seen: dict[str, object], reason: str) -> None:
    (site,) = sites_of(recipe, text)
    facts = {request.id: expression_facts(request.id, **seen) for request in site.requests}
    assert reason in reason_of(recipe.choose(site, profile_of({site.key: 0.5}), Facts(expressions=facts)))
    assert "not evaluated" in reason_of(recipe.choose(site, profile_of({site.key: 0.5}), Facts()))
