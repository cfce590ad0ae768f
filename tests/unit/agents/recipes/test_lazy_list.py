"""A list becomes a generator only where making its elements later, or not at all, shows nowhere."""

from dataclasses import replace

import pytest

from agents.recipes._base import Choice
from agents.recipes.lazy_list import RECIPE
from profiling.facts import ContainerFacts, Facts
from tests.fakes.recipe_programs import assert_examples_hold, profile_of, reason_of, rewritten, sites_of

PROGRAM = "def run(items, n):\n    for x in [{}]:\n        print(x)\n        items.append(x)\n"


def seen(identity: str, length: int) -> Facts:
    fact = ContainerFacts(id=identity, made=1, followed=False, sizes={length: 1}, element_types={"tuple": 64})
    return Facts(containers={identity: fact})


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@pytest.mark.parametrize(
    "inside",
    [
        "(i, j) for i in range(n) for j in range(n)",
        "i * 2 + 1 for i in range(n) if i % 3",
        "i // 2 for i in range(n, 3 * n, 2)",
        "'a' + c for c in 'some text'.split()",
        "(k, c[:1]) for k, c in enumerate('ab cd'.split())",
        "[0] for _ in range(n)",
        "items for _ in range(3)",
        "max(i, 3) if i > 2 else -i for i in reversed(range(9))",
    ],
)
def test_elements_made_of_numbers_and_text_may_be_made_later(inside):
    after = rewritten(RECIPE, PROGRAM.format(inside))

    assert after is not None
    assert f"for x in ({inside}):" in after


@pytest.mark.parametrize(
    ("inside", "because"),
    [
        ("x for x in items", "the list may be there because the loop changes what it goes through"),
        ("i + n for i in range(9)", "n may add in its own way"),
        ("i // n for i in range(9)", "n may be 0"),
        ("items[i] for i in range(9)", "the items change"),
        ("i for i in range(9) if n", "the truth of n may be anything"),
        ("f'{n}' for i in range(9)", "n formats itself"),
        ("n.name for i in range(9)", "an attribute may change"),
        ("run for i in range(9)", "a global may change"),
        ("(k := i) for i in range(9)", "a name is bound"),
        ("str(i) for i in range(9)", "very long numbers can't be shown"),
        ("1 % i for i in range(9)", "0 divides nothing"),
        ("j for i in range(9) for j in range(i, 9, i)", "a step of 0 is refused, after others were given"),
        ("j for i in 'ab' for j in range(i)", "a str is no number"),
        ("(a, b) for a, b in range(9)", "a number is not unpacked"),
        ("(a, b) for a, b in 'ab cd'.split()", "the length of a text is not known"),
        ("[j for j in range(n)] if i else 0 for i in range(9)", "n may be no number, found out after others"),
    ],
)
def test_elements_that_could_fail_or_change_are_made_at_once(inside, because):
    assert rewritten(RECIPE, PROGRAM.format(inside)) is None, because


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (
            "def f(n):\n    r = [i for i in range(n)]\n    for x in 'ab':\n        for y in r:\n            print(y)\n",
            "twice",
        ),
        ("def f(n):\n    r = [i for i in range(n)]\n    return r\n", "handed out"),
        ("def f(n):\n    r: list = [i for i in range(n)]\n    for x in r:\n        n()\n", "declared to be a list"),
        (
            "def f(n):\n    r = [i for i in range(n)]\n    print(len(r))\n    for x in r:\n        print(x)\n",
            "its length",
        ),
        ("def f(n):\n    r = [i for i in range(n)]\n    return [lambda: list(r)]\n", "a closure"),
        ("def f(n):\n    for x in [(i, n) for i in range(n)]:\n        n = x\n", "n is bound again"),
        ("def f(n):\n    print(n)\n    for x in [(i, m) for i in range(n)]:\n        m = x\n", "m may not be bound"),
        ("def f(n):\n    return ((x for x in [i for i in range(n)]))\n", "the generator is read later"),
        ("def f(n):\n    return sum([n[i] for i in range(9)])\n", "elements may add in their own way"),
        ("def f(n):\n    return sum([len(x) for x in n], n[0])\n", "the start may add in its own way"),
        ("def f(n):\n    return max([len(x) for x in n], key=n)\n", "the key may do anything"),
        ("def f(n, sum):\n    return sum([len(x) for x in n])\n", "sum is not the builtin"),
        ("async def f(n):\n    return sum([len(x) async for x in n])\n", "it waits"),
        ("def f(n):\n    return sum([len(x) for x in n if n.check(x)])\n", "it may raise StopIteration"),
        (
            "def f(n):\n    r = []\n    for i in range(n):\n        r.append(i)\n    for x in r:\n        n(x, i)\n",
            "the loop's variable is used after it",
        ),
        (
            "def f(n):\n    r = []\n    for i in range(n):\n        r.append(i)\n    else:\n        n()\n    sum(r)\n",
            "more than a test around it",
        ),
        (
            "def f(n):\n    k = []\n    k.append(n)\n    for x in [(y, 1) for y in k]:\n        k.append(x)\n",
            "the list it goes through changes",
        ),
        (
            "def f(n):\n    k = []\n    n.keep(k)\n    for x in [(y, 1) for y in k]:\n        n.work()\n",
            "another holder may change what it goes through",
        ),
    ],
)
def test_a_list_that_is_more_than_stepped_through_once_stays(before, because):
    assert rewritten(RECIPE, before) is None, because


def test_names_bound_in_a_circle_are_not_looked_at_without_end():
    assert rewritten(RECIPE, "def f(n):\n    a = b\n    b = a\n    for x in [(a, i) for i in range(n)]:\n        n()\n")


def test_a_list_of_its_own_that_nobody_changes_may_be_gone_through_later():
    before = "def f(n):\n    k = [n]\n    k.append(n)\n    for x in [(y, len(k)) for y in k]:\n        n(x)\n"

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "for x in ((y, len(k)) for y in k):" in after


def test_a_comment_in_the_loop_or_the_call_is_kept_by_leaving_it_alone():
    loop = "def f(n):\n    r = []\n    for i in range(n):\n        r.append(i)  # all\n    for x in r:\n        n()\n"

    assert rewritten(RECIPE, loop) is None
    assert rewritten(RECIPE, loop.replace("  # all", "")) is not None


def test_a_long_list_is_chosen_by_its_part_in_the_peak():
    (site,) = sites_of(RECIPE, PROGRAM.format("(i, n) for i in range(n)"))
    profile = replace(profile_of({site.key: 0.5}), peak_bytes=10**8)
    functions = tuple(
        replace(one, peak_owned_bytes=5 * 10**7) if one.key == site.key else one for one in profile.functions
    )
    profile = replace(profile, functions=functions)

    choice = RECIPE.choose(site, profile, seen(site.requests[0].id, 200_000))

    assert isinstance(choice, Choice)
    assert 0.1 < choice.expected_share < 0.2
    assert "at most 99999 long" in reason_of(RECIPE.choose(site, profile, seen(site.requests[0].id, 99_999)))
    assert "not seen being made" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "no part in the peak" in reason_of(
        RECIPE.choose(site, profile_of({site.key: 0.5}), seen(site.requests[0].id, 10**6))
    )
