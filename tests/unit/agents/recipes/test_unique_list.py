"""A set is kept beside a list only while both surely hold the same."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.unique_list import RECIPE
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    behaviour,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    rewritten,
    sites_of,
)

LOOP = (
    "def run(items):\n    q = []\n    for x in items:\n        if x not in q:\n            q.append(x)\n    return q\n"
)


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (LOOP.replace("            q.append(x)", "            q.insert(0, x)"), "inserted"),
        (LOOP.replace("append(x)", "append(x)\n            q.sort()"), "sorted is fine, but not known here"),
        (LOOP.replace("append(x)", "append(x)\n            q += [1]"), "added to otherwise"),
        (LOOP.replace("append(x)", "append(x)\n            q[0] = 1"), "an element replaced"),
        (LOOP.replace("append(x)", "append(x)\n            keep(q)"), "handed out"),
        (LOOP.replace("append(x)", "append(x + 1)"), "what is appended was not looked for"),
        (LOOP.replace("x not in q", "[x] not in q").replace("append(x)", "append([x])"), "a list has no hash"),
        (LOOP.replace("        if", "        f = lambda: q.pop()\n        if"), "a closure may change it"),
        (LOOP.replace("return q", "return locals()"), "its frame is read"),
        (LOOP.replace("run(items)", "run(items, set, list)"), "set is not the builtin"),
        ("def run(items, x):\n    q = []\n    if x not in q:\n        q.append(x)\n    return q\n", "probed once"),
    ],
)
def test_a_list_the_set_could_differ_from_is_refused(before, because):
    assert rewritten(RECIPE, before) is None, because


@pytest.mark.parametrize(
    "before",
    [
        LOOP.replace("return q", "return q, x"),
        LOOP.replace("        if", "        # new ones\n        if"),
        LOOP.replace("append(x)", "append(x)\n            print(x)"),
        LOOP.replace("q = []", "q = list(items)"),
        LOOP.replace("q = []", "words, q = items[:], []").replace("in items:", "in words:"),
        LOOP.replace("    for", "    print(items)\n    for"),
        LOOP.replace("for x in items", "for x in list(q) + items"),
    ],
)
def test_a_set_is_kept_whatever_else_the_loop_does(before):
    after = rewritten(RECIPE, before)

    assert after is not None
    assert after.count("_q_set") == 4


ODD = "class Odd:\n    def __eq__(self, other):\n        return other in (1, 'a')\n\n\nclass Word(str):\n    pass\n\n\n"


@pytest.mark.parametrize("items", ["['a', [1], 'a', [1]]", "['a', Odd(), 'b']", "[Odd(), 'a']", "[Word('a'), 'a', {}]"])
@pytest.mark.parametrize("start", ["[]", "[1, 1]", "[['a'], 'a']", "['a', 'b']"])
def test_values_that_have_no_hash_or_another_one_are_collected_as_before(items, start):
    before = f"{ODD}{LOOP}\n\ndef start():\n    return [type(x).__name__ for x in run({items})]\n".replace("[]", start)

    after = rewritten(RECIPE, before)

    assert after is not None
    assert behaviour(after, "start", []) == behaviour(before, "start", [])


def test_a_taken_name_is_left_alone():
    assert rewritten(RECIPE, LOOP.replace("return q", "_q_set = 1\n    return q, x")) is None


def test_a_long_list_of_hashable_values_is_chosen():
    (site,) = sites_of(RECIPE, LOOP)
    container, *elements = (request.id for request in site.requests)
    facts = [expression_facts(one, types={"int": 9}, max_len=None) for one in elements]

    choice = RECIPE.choose(
        site, profile_of({site.key: 0.5}), facts_of(expression_facts(container, total_len=10**8), *facts)
    )

    assert isinstance(choice, Choice)
    assert 0.3 < choice.expected_share <= 0.5


@pytest.mark.parametrize(
    ("container", "element", "reason"),
    [
        ({"max_len": 49}, {}, "less than 50"),
        ({"types": {"app.Bag": 5}}, {}, "app.Bag was probed too"),
        ({}, {"elements_hashable": False}, "no hashable builtin value"),
        ({}, {"types": {"app.Point": 5}}, "app.Point was looked for"),
        ({}, {"types": {"tuple": 5}}, "a tuple was looked for"),
        ({"total_len": 1000}, {}, "nothing to gain"),
    ],
)
def test_the_facts_veto(container, element, reason):
    (site,) = sites_of(RECIPE, LOOP)
    first, *others = (request.id for request in site.requests)
    facts = [expression_facts(one, **{"types": {"int": 9}, "max_len": None, **element}) for one in others]

    decision = RECIPE.choose(site, profile_of({site.key: 0.5}), facts_of(expression_facts(first, **container), *facts))

    assert reason in reason_of(decision)
