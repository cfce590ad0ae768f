"""A list is turned round at the end only where nobody could see it before."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.front_insert import RECIPE
from profiling.facts import ContainerFacts, Facts
from tests.fakes.recipe_programs import assert_examples_hold, profile_of, reason_of, rewritten, sites_of

LOOP = "def run(items):\n    q = []\n    for x in items:\n        q.insert(0, x)\n    return q\n"


def seen(identity: str, length: int) -> Facts:
    fact = ContainerFacts(id=identity, made=1, followed=True, max_size=length, sizes={length: 1})
    return Facts(containers={identity: fact})


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (
            LOOP.replace("return q", "return q").replace("q = []", "q = list(items)"),
            "elements that were there turn too",
        ),
        (LOOP.replace("q = []", "q = [*items]"), "elements that were there turn too"),
        (LOOP.replace("insert(0, x)", "insert(1, x)"), "another place"),
        (LOOP.replace("insert(0, x)", "insert(False, x)"), "not written as 0"),
        (LOOP.replace("insert(0, x)", "insert(0, x)\n        yield q"), "handed out meanwhile"),
        (LOOP.replace("insert(0, x)", "insert(0, x)\n        q.pop()"), "taken from meanwhile"),
        (LOOP.replace("insert(0, x)", "insert(0, x)\n        items = q"), "another name for it"),
        (LOOP.replace("insert(0, x)", "insert(0, x)\n        print(1 in q, q[0])"), "looked into"),
        (LOOP.replace("    return q", "        print(locals())"), "its frame is read"),
        (LOOP.replace("return q", "return lambda: q"), "a closure"),
        ("def run(items):\n    q = []\n    q.insert(0, 1)\n    q.insert(0, 2)\n    return q\n", "no loop"),
        (LOOP.replace("    return q", "    for x in items:\n        q.insert(0, x)\n    return q"), "two loops"),
        ("q = []\nfor x in 'ab':\n    q.insert(0, x)\n", "a module's list"),
        ("def run(items):\n    global q\n    q = []\n    for x in items:\n        q.insert(0, x)\n", "a global"),
    ],
)
def test_a_list_that_may_be_seen_half_made_is_refused(before, because):
    assert rewritten(RECIPE, before) is None, because


def test_an_exception_that_leaves_the_block_leaves_the_list_unseen():
    body = LOOP.replace("    q = []", "    try:\n        q = []").replace("\n    for", "\n        for")
    body = body.replace("        q.insert", "            q.insert").replace("    return q", "        return q")

    assert rewritten(RECIPE, body + "    except ValueError:\n        return None\n") is not None
    assert rewritten(RECIPE, body + "    except ValueError:\n        return q\n") is None


def test_a_long_list_is_chosen_with_the_share_its_moves_cost():
    (site,) = sites_of(RECIPE, LOOP)

    choice = RECIPE.choose(site, profile_of({site.key: 0.5}), seen(site.requests[0].id, 100_000))

    assert isinstance(choice, Choice)
    assert 0.2 < choice.expected_share <= 0.5
    assert "max_len=100000" in choice.evidence


def test_the_facts_veto_short_lists_and_lists_never_made():
    (site,) = sites_of(RECIPE, LOOP)
    profile = profile_of({site.key: 0.5})

    assert "at most 63 long" in reason_of(RECIPE.choose(site, profile, seen(site.requests[0].id, 63)))
    assert "not seen being made" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "was not seen running" in reason_of(RECIPE.choose(site, profile_of(), seen(site.requests[0].id, 999)))
