"""A loop takes the place of `any` and `all` only where it raises, binds and leaves as they did."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.any_loop import RECIPE
from profiling.facts import Facts
from profiling.model import FunctionKey
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, rewritten, sites_of

RETURN = """\
def run(items, other):
    return any(len(x) > 2 for x in items)
"""
TEST = """\
def run(items, other):
    if any(x == other for x in items):
        print(other)
        return [
            other,
        ]
    return items
"""
SKIP = """\
def run(items, other):
    for row in items:
        if not any(x == other for x in row):
            continue
        print(row)
"""


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("len(x) > 2", "other(x)", "an unknown function may raise StopIteration"),
        ("len(x) > 2", "next(x)", "StopIteration"),
        ("len(x) > 2", "x.first", "a property of the project draws from an iterator"),
        ("len(x) > 2", "x.test()", "an unknown method"),
        ("len(x) > 2", "helper(x)", "a function of the project that raises StopIteration"),
        ("len(x) > 2", "(y := x)", "a name is bound"),
        ("len(x) > 2", "(lambda: x)()", "a function made in it"),
        ("for x in items", "for x in items for y in x", "two loops"),
        ("for x in items", "for x[0] in items", "no names are bound"),
        ("(items, other):", "(items, x):", "a parameter"),
        ("    return any", "    print(x)\n    return any", "a global of the same name is read"),
        ("    return any", "    global x\n    return any", "a global of the same name"),
        ("    return any", "    (lambda: x)\n    return any", "a global is read further in"),
        ("    return any", "    locals()\n    return any", "locals are looked at"),
        ("(items, other):", "(items, any):", "any is another function"),
        ("return any", "return 1 or any", "more than the question"),
        ("in items)", "in other.walk())", "a generator given up after an error does what it does at its end later"),
        ("len(x) > 2 for", "len(x) > 2  # long\n    for", "a comment would be lost"),
    ],
)
def test_what_may_stop_a_generator_or_share_its_names_is_refused(old: str, new: str, because: str) -> None:
    own = "class C:\n    @property\n    def first(self):\n        return next(self.i)\n\n\n"
    own += "def helper(x):\n    raise StopIteration\n\n\n"
    assert old in RETURN
    assert rewritten(RECIPE, own + RETURN) is not None
    assert rewritten(RECIPE, own + RETURN.replace(old, new)) is None, because


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("in items)", "in other.walk())", "a generator given up later does what it does at its end later"),
        ("in items)", "in other.rows)", "a property of the project may give one"),
        ("in items)", "in (y for y in items))", "a generator given up later"),
        ("    return items", "    else:\n        items = []\n    return items", "a block of its own for the rest"),
        ("        return [\n            other,\n        ]\n", "", "the block goes on behind the `if`"),
        ("        print(other)\n", '        print("""\n""")\n', "a text over lines would get spaces"),
        ("    if any", "    if items:\n        pass\n    elif any", "an elif can't be a loop"),
    ],
)
def test_a_block_that_runs_while_the_loop_is_open_is_moved_only_where_nothing_shows(old, new, because):
    own = "class C:\n    @property\n    def rows(self):\n        yield 1\n\n\n"
    assert old in TEST
    assert "        if x == other:\n            print(other)\n" in str(rewritten(RECIPE, own + TEST))
    assert rewritten(RECIPE, own + TEST.replace(old, new)) is None, because


def test_a_project_whose_operators_draw_from_iterators_is_left_alone():
    own = "class C:\n    def __eq__(self, other):\n        return next(self.i)\n\n\n"
    assert rewritten(RECIPE, own + TEST) is None


def test_the_block_of_a_question_that_no_element_answered_stands_behind_the_loop():
    after = str(rewritten(RECIPE, SKIP))
    assert "            if x == other:\n                break\n        else:\n            continue\n" in after


def test_names_of_other_comprehensions_may_be_the_same():
    assert rewritten(RECIPE, RETURN.replace("return any", "print([x for x in other])\n    return any")) is not None


def seen(site: Site, evaluations: int) -> Facts:
    return facts_of(expression_facts(site.requests[0].id, evaluations=evaluations))


def test_the_facts_choose_what_is_asked_often_and_seen_running():
    (site,) = sites_of(RECIPE, RETURN)
    inner = FunctionKey(file=site.key.file, first_line=2, qualname="run.<locals>.<genexpr>")

    choice = RECIPE.choose(site, profile_of({inner: 0.5}), seen(site, 1_000_000))

    assert isinstance(choice, Choice)
    assert 0.1 < choice.expected_share <= 0.5
    assert "999 times" in reason_of(RECIPE.choose(site, profile_of({inner: 0.5}), seen(site, 999)))
    assert "not seen" in reason_of(RECIPE.choose(site, profile_of(), seen(site, 1_000_000)))
    assert "0 times" in reason_of(RECIPE.choose(site, profile_of({inner: 0.5}), Facts()))
