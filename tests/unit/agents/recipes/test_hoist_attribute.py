"""Attributes leave a loop only where they never change, and only where reading them shows."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.hoist_attribute import RECIPE
from profiling.facts import Facts, LoopFacts
from tests.fakes.recipe_programs import expression_facts, profile_of, reason_of, rewritten, sites_of

CLASS = """\
class Inner:
    def __init__(self):
        self.scale = 2


class Runner:
    def __init__(self, limit):
        self.limit = limit
        self.inner = Inner()

    def run(self, values):
        for value in values:
            for other in range(self.limit):
                yield value * self.inner.scale + other
"""


def test_the_outermost_loop_reads_none_of_them_any_more():
    after = str(rewritten(RECIPE, CLASS))
    assert "        _limit = self.limit\n        _inner_scale = self.inner.scale\n        for value in values:" in after
    assert "range(_limit)" in after
    assert "value * _inner_scale" in after


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("def run(self, values):\n", "def run(self, values):\n        self = values\n", "another object"),
        ("yield value", "yield locals(), value", "the locals are looked at"),
        ("    def run", "    @staticmethod\n    def run", "no receiver"),
        ("def run", "def __init_subclass__", "a class is its receiver"),
        ("class Runner:", "class Runner(list):", "a builtin base, whose way of copying stores"),
    ],
)
def test_what_is_no_receiver_or_is_looked_at_is_refused(old, new, because):
    assert old in CLASS
    assert rewritten(RECIPE, CLASS.replace(old, new)) is None, because


def test_a_method_that_is_taken_off_its_class_may_get_any_object():
    assert rewritten(RECIPE, f"{CLASS}\n\nclass Other:\n    run = Runner.run\n") is None


def test_what_runs_later_keeps_its_own_reads():
    later = CLASS.replace("yield value * self.inner.scale + other", "yield lambda: self.inner.scale")
    after = str(rewritten(RECIPE, later))
    assert "yield lambda: self.inner.scale" in after
    assert "range(_limit)" in after


def test_a_taken_name_gets_a_number():
    assert "_limit_2 = self.limit" in str(rewritten(RECIPE, f"{CLASS}\n\n_limit = 1\n"))


def test_the_facts_choose_loops_that_read_often():
    (site,) = sites_of(RECIPE, CLASS)
    loop, *reads = (request.id for request in site.requests)

    def decided(evaluations: int, seconds: float):
        seen = {read: expression_facts(read, evaluations=evaluations) for read in reads}
        facts = Facts(
            loops={loop: LoopFacts(id=loop, entries=10, trips=evaluations, max_trips=evaluations)}, expressions=seen
        )
        return RECIPE.choose(site, profile_of({site.key: seconds}), facts)

    choice = decided(10_000_000, 0.5)
    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(2 * 10_000_000 * 2e-9, rel=0.01)
    assert "less than 1000" in reason_of(decided(400, 0.5))
    assert "not seen running" in reason_of(decided(10_000_000, 0.0))
    assert "less than 1000" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), Facts()))
