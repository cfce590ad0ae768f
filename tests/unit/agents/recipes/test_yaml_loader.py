"""The loader on the C library takes the place of the safe one alone; a person has to agree."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.yaml_loader import RECIPE
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    expression_facts,
    facts_of,
    profile_of,
    reason_of,
    sites_of,
)

PROGRAM = "import yaml\n\n\ndef f(x):\n    return {use}\n"
PLAIN = PROGRAM.format(use="yaml.safe_load(x)")


def test_the_examples_hold_and_a_person_has_to_agree():
    assert_examples_hold(RECIPE)
    assert RECIPE.card.needs_approval


@pytest.mark.parametrize(
    "use",
    [
        "yaml.load(x)",
        "yaml.load(x, Loader=yaml.CSafeLoader)",
        "yaml.load(x, Loader=yaml.UnsafeLoader)",
        "yaml.load(x, Loader=x)",
        "yaml.load(x, yaml.SafeLoader, **x)",
        "yaml.safe_load_all(x)",
        "yaml.safe_load(*x)",
        "x.safe_load(x)",
    ],
)
def test_another_loader_or_way_of_calling_stays(use):
    assert sites_of(RECIPE, PROGRAM.format(use=use)) == []


@pytest.mark.parametrize(
    "more",
    [
        "yaml.add_constructor('!x', f, Loader=yaml.SafeLoader)\n",
        "yaml.SafeLoader.add_implicit_resolver('!x', f, [])\n",
        "class Thing(yaml.YAMLObject):\n    yaml_tag = '!x'\n",
        "def g(error):\n    return error.problem_mark\n",
    ],
)
def test_a_project_that_changes_the_loader_or_reads_its_errors_keeps_it(more):
    assert len(sites_of(RECIPE, PLAIN)) == 1
    assert sites_of(RECIPE, PLAIN, modules={"other.py": f"import yaml\n{more}"}) == []


def test_a_loader_that_a_test_replaces_stays():
    readers = {"test_app.py": "def test(monkeypatch):\n    monkeypatch.setattr('app.yaml.safe_load', dict)\n"}
    assert sites_of(RECIPE, PLAIN, readers=readers) == []


def test_reading_that_was_sampled_is_chosen():
    site = sites_of(RECIPE, PLAIN)[0]
    seen = facts_of(expression_facts(site.requests[0].id, evaluations=1))

    chosen = RECIPE.choose(site, profile_of({site.key: 0.5}), seen)
    assert isinstance(chosen, Choice)
    assert chosen.expected_share == pytest.approx(0.35)
    assert "not sampled" in reason_of(RECIPE.choose(site, profile_of(), seen))
    assert "no text" in reason_of(RECIPE.choose(site, profile_of({site.key: 0.5}), facts_of()))
