"""A value is kept only where making it again would give the same, and making it first changes no order."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.common_expression import RECIPE
from profiling.facts import Facts, FunctionFacts
from profiling.model import FunctionKey
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, rewritten, sites_of

TEXT = """\
def run(given, other):
    s = f"{given} "
    if s.lower() == "a" or s.lower() == other:
        return 1
    return 0
"""
OWN = """\
def area(w, h):
    return w * h / 2


def run(w, h, other):
    return area(w, h) + area(w, h)
"""


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ('    s = f"{given} "', '    s = f"{given}"', "the text may be of a subclass"),
        ('    s = f"{given} "', "    s = given", "don't know whose method it is"),
        ('s.lower() == "a" or', "other() or", "something else is done first"),
        ('== "a" or', "or other() or", "a function in between may do anything"),
        ('== "a" or s.lower() == other', 'is "a" or s.lower() is other', "identity is asked for"),
        ('== "a" or s.lower() == other', '== "a" or [s.lower() for s in other]', "another name of the same letter"),
        ('== "a" or s.lower() == other', '== "a" or (lambda: s.lower())', "made later"),
        ('== "a" or s.lower() == other', '== "a" or s.lower(other)', "another call"),
        ('== "a" or s.lower() == other', '== "a" or (s := other) or s.lower()', "bound anew"),
        ("s.lower()", "s.split()", "what it gives may be changed"),
        ("s.lower()", "s.format(other)", "an argument's text may be anything"),
        ("    if s", "    if other:\n        pass\n    elif s", "no line can stand before an elif"),
        ("    if s", "    while s", "it is asked in every turn"),
        ("return 0", "return locals()", "the frame is looked at"),
        ("    if s", "    if other: del s\n    if s", "it may not be bound"),
    ],
)
def test_a_text_that_may_be_another_is_asked_again(old: str, new: str, because: str) -> None:
    assert old in TEXT
    assert '    _lower_value = s.lower()\n    if _lower_value == "a" or' in str(rewritten(RECIPE, TEXT))
    assert rewritten(RECIPE, TEXT.replace(old, new)) is None, because


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("return w * h / 2", "print(w)\n    return w", "it prints"),
        ("return w * h / 2", "return [w]", "the list may be changed"),
        ("def area", "@print\ndef area", "it is decorated"),
        ("+ area(w, h)", "+ area(h, w)", "other arguments"),
        ("area(w, h) + area", "other(area(w, h)) + area", "a function in between may do anything"),
        ("area(w, h) + area(w, h)", "area(w, h=h) + area(w, h=h)", "arguments by name are left alone"),
        ("area(w, h) + area(w, h)", "area(w, h()) + area(w, h())", "an argument is made"),
        ("def run", "area = print\n\n\ndef run", "it is rebound"),
        ("area(w, h) + area", "other or area(w, h) + area", "the calls may not be made at all"),
    ],
)
def test_a_function_that_may_give_another_value_is_called_again(old: str, new: str, because: str) -> None:
    assert old in OWN
    assert "    _area_value = area(w, h)\n    return _area_value + _area_value\n" in str(rewritten(RECIPE, OWN))
    assert rewritten(RECIPE, OWN.replace(old, new)) is None, because


def seen(site: Site, evaluations: int, argument: str = "int") -> Facts:
    expressions = [one.id for one in site.requests if one.id.startswith("expression:")]
    called = [one.id for one in site.requests if one.id.startswith("function:")]
    facts = [expression_facts(one, evaluations=evaluations, types={argument: 1}) for one in expressions]
    functions = [
        FunctionFacts(
            id=one,
            calls=2 * evaluations,
            distinct_arguments=1,
            keyable_calls=1,
            consistent=True,
            consistent_by_receiver=True,
            receivers=0,
            argument_types={},
            result_types={},
            results_immutable=True,
            raised=0,
            max_depth=1,
        )
        for one in called
    ]
    return facts_of(*facts, *functions)


def test_the_facts_choose_what_is_asked_again_often():
    (site,) = sites_of(RECIPE, TEXT)
    choice = RECIPE.choose(site, profile_of({site.key: 0.5}), seen(site, 10_000_000))

    assert isinstance(choice, Choice)
    assert 0.1 < choice.expected_share < 0.3
    assert "999 calls" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), seen(site, 999)))
    assert "not seen" in reason_of(RECIPE.choose(site, profile_of(), seen(site, 10_000_000)))
    assert "0 calls" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), Facts()))


def test_a_function_saves_what_its_later_calls_cost_with_immutable_arguments():
    (site,) = sites_of(RECIPE, OWN)
    area = FunctionKey(file=site.key.file, first_line=1, qualname="area")
    choice = RECIPE.choose(site, profile_of({area: 0.5}), seen(site, 10_000))

    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.25)
    assert "no immutable" in reason_of(RECIPE.choose(site, profile_of({area: 0.5}), seen(site, 10_000, "Row")))
