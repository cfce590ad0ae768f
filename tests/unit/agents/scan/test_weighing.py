from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agents.recipes.regex_hoist import RECIPE
from agents.scan.finding import Level
from agents.scan.heat import Temperature
from agents.scan.tree import Scanned, Wanted, scan_tree
from agents.scan.weighing import WORTH_IT, Expected, Scales
from profiling.facts import Facts
from profiling.model import Dimension, FunctionKey, Tree
from tests.fakes.findings import finding
from tests.fakes.recipe_programs import FILE, expression_facts, facts_of, profile_of, sites_of

SOURCE = "import re\n\n\ndef clean(text):\n    return re.sub('a', 'b', text)\n"
CLEAN = FunctionKey(file=FILE, first_line=4, qualname="clean")
CALL_S = 0.2e-6
"""What the recipe takes for one look-up of a pattern."""


def facts(calls: int) -> Facts:
    (site,) = sites_of(RECIPE, SOURCE)
    return facts_of(*(expression_facts(request.id, evaluations=calls) for request in site.requests))


@pytest.fixture
def scanned(tmp_path: Path) -> Callable[..., Scanned]:
    def scan(seen: Facts | None, *, share: float = 0.5, plan: bool = False) -> Scanned:
        (tmp_path / FILE).write_text(SOURCE)
        tree = Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",))
        return scan_tree(tree, Wanted(unproven=plan), Temperature.by(profile_of({CLEAN: share}), tmp_path, seen))

    return scan


@pytest.mark.parametrize(("share", "level"), [(0.006, Level.NOTE), (0.02, Level.WARNING), (0.06, Level.ERROR)])
def test_a_fix_is_heard_as_loudly_as_the_facts_say_that_it_saves(scanned, share: float, level: Level) -> None:
    (found,) = scanned(facts(round(share / CALL_S))).findings

    assert (found.rule, found.level) == ("regex-hoist", level)
    assert found.expected is not None
    assert found.expected.share == pytest.approx(share)
    assert f"may save about {share:.1%} of the CPU time, by facts:regex_calls=" in found.message


@pytest.mark.parametrize("plan", [True, False])
def test_a_fix_that_would_save_next_to_nothing_is_not_heard_however_hot_its_function_is(scanned, plan: bool) -> None:
    found = scanned(facts(round(0.9 * WORTH_IT / CALL_S)), plan=plan)

    assert found.findings == ()
    assert found.waiting > 0


def test_a_fix_that_no_facts_weigh_is_heard_in_a_plan_alone(scanned) -> None:
    assert scanned(None).findings == ()
    planned = next(one for one in scanned(None, plan=True).findings if one.rule == "regex-hoist")

    assert planned.expected is None


def test_facts_that_were_recorded_and_hold_nothing_of_a_place_speak_against_it(scanned) -> None:
    assert scanned(facts_of(), plan=True).findings == ()


def test_a_function_that_did_not_run_is_not_weighed() -> None:
    (site,) = sites_of(RECIPE, SOURCE)

    assert Scales(profile_of(), facts(10**6)).of_site(RECIPE, site) is None
    assert Scales(profile_of(), None).has_facts is False


def test_a_gain_is_told_in_what_it_is_a_share_of() -> None:
    one = Expected(share=0.0345, dimension=Dimension.PEAK_MIB, evidence="facts:strings=9")

    assert one.text == "may save about 3.5% of the memory's peak, by facts:strings=9"
    assert [replace(one, share=share).is_worth_it for share in (WORTH_IT, 0.004)] == [True, False]


def test_a_recipe_whose_gain_was_not_felt_elsewhere_is_heard_in_a_plan_alone() -> None:
    gain = Expected(share=0.01, dimension=Dimension.CPU_S, evidence="facts")
    felt = replace(finding("any(x for x in xs)"), rule="regex-hoist", expected=gain)
    unfelt = replace(felt, rule="any-loop")

    assert [Wanted(unproven=plan).hears(one) for plan in (False, True) for one in (felt, unfelt)] == [
        True,
        False,
        True,
        True,
    ]
    assert Wanted(rules=frozenset({"any-loop"})).hears(unfelt)
