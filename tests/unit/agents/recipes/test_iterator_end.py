"""An iterator gets a mark for its end only where nothing but the test for it can see the mark."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.iterator_end import RECIPE
from profiling.facts import Facts, LoopFacts
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    rewritten,
    sites_of,
)

TEXT = """\
def run(queues, seen):
    for queue in queues:
        try:
            item = next(queue)
        except StopIteration:
            continue
        seen.append(item)
"""
MARKED = """\
def run(queues, seen):
    _end = object()
    for queue in queues:
        item = next(queue, _end)
        if item is _end:
            continue
        seen.append(item)
"""


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


def test_a_try_for_this_call_alone_goes():
    assert rewritten(RECIPE, TEXT) == MARKED


def test_without_a_loop_the_mark_is_made_where_it_is_used():
    text = "def run(q):\n    try:\n        x = next(q)\n    except StopIteration:\n        return None\n    return x\n"
    after = "    _end = object()\n    x = next(q, _end)\n    if x is _end:\n        return None\n    return x\n"
    assert rewritten(RECIPE, text) == f"def run(q):\n{after}"


def test_two_iterators_of_a_module_have_a_mark_each():
    once = rewritten(RECIPE, f"{TEXT}\n\n{TEXT.replace('run', 'again')}")
    assert once is not None
    twice = rewritten(RECIPE, once)
    assert twice is not None
    assert "is _end:" in twice
    assert "is _end_2:" in twice
    assert rewritten(RECIPE, twice) is None


def test_a_name_that_several_iterators_give_may_be_read_behind_each():
    assert rewritten(RECIPE, TEXT + TEXT[TEXT.index("    for") :]) == MARKED + TEXT[TEXT.index("    for") :]


def test_what_else_may_stop_is_still_caught():
    text = TEXT.replace(
        "            item = next(queue)\n", "            item = next(queue)\n            seen.append(item)\n"
    )
    after = rewritten(RECIPE, text)
    assert after is not None
    assert "item = next(queue, _end)\n            if item is _end:\n                continue\n" in after
    assert "except StopIteration:" in after


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("        seen.append(item)\n", "        seen.append(item)\n    return item\n", "read behind the loop"),
        ("    for queue", "    item = None\n    for queue", ""),
        ("        try", "        print(item)\n        try", "read in the next turn"),
        ("seen.append(item)", "seen.append(lambda: item)", "kept for later"),
        ("seen.append(item)", "seen.append(locals())", "all names are read"),
        ("    for queue", "    global item\n    for queue", "everybody may read it"),
        ("        try", "        if seen:\n            item += 1\n        try", "read to be counted up"),
        ("        try", "        if seen:\n            del item\n        try", "unbound"),
        ("next(queue)", "next(queue, None)", "it has a default"),
        ("next(queue)", "next(*queue)", "what is given is not seen"),
        ("next(queue)", "next(queue())", "what is called may stop"),
        ("(queues, seen)", "(queues, seen, next)", "another next"),
        ("(queues, seen)", "(queues, seen, object)", "another object"),
        ("except StopIteration", "except StopIteration as end", "the end has a name"),
        ("            continue", "            seen.append(0)\n            continue", "more is done at the end"),
        ("            continue", "            pass", "it goes on behind"),
        ("            continue", "            return seen.pop()", "what is returned is made there"),
        ("            continue", "            return item", "the last item is given back"),
        (
            "            continue\n",
            "            continue\n        except TypeError:\n            break\n",
            "two handlers",
        ),
        (
            "            continue\n",
            "            continue\n        finally:\n            print(item)\n",
            "read at its end",
        ),
        ("            continue", "            continue  # ended", "a comment would be lost"),
        ("item = next(queue)", "item, other = next(queue)", "it is taken apart"),
        ("item = next(queue)", "seen[0] = next(queue)", "not a name"),
    ],
)
def test_where_the_mark_could_be_seen_nothing_is_done(old, new, because):
    text = TEXT.replace(old, new)
    assert text != TEXT
    assert (rewritten(RECIPE, text) is None) is bool(because), because


def test_the_facts_choose_where_ends_are_met_often():
    (site,) = sites_of(RECIPE, TEXT)
    profile = profile_of({site.key: 0.5})
    turns = LoopFacts(id=site.requests[1].id, entries=1, trips=10**6, max_trips=10**6)
    few, most, all_but_few = (
        expression_facts(site.requests[0].id, evaluations=count) for count in (10, 980_000, 999_001)
    )

    assert isinstance(RECIPE.choose(site, profile, facts_of(few, turns)), Choice)
    assert "nothing to gain" in reason_of(RECIPE.choose(site, profile, facts_of(most, turns)))
    assert "999 of 1000000 times" in reason_of(RECIPE.choose(site, profile, facts_of(all_but_few, turns)))
    assert "0 of 0 times" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "nothing to gain" in reason_of(RECIPE.choose(site, profile_of(), facts_of(few, turns)))
