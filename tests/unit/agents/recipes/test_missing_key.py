"""A default is taken from the dict only where nothing else than a missing key can be caught."""

import pytest

from agents.recipes._base import Choice, Site
from agents.recipes.missing_key import RECIPE
from profiling.facts import Facts
from tests.fakes.recipe_programs import (
    FILE,
    expression_facts,
    facts_of,
    profile_of,
    project_of,
    reason_of,
    rewritten,
    sites_of,
)

PROGRAM = """\
def run(table, key, other):
    try:
        value = table[key]
    except KeyError:
        value = other
    return value
"""


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("except KeyError:", "except LookupError:", "an IndexError is caught too"),
        ("except KeyError:", "except:", "everything is caught"),
        ("except KeyError:", "except KeyError as error:", "the exception is looked at"),
        ("except KeyError:", "except TypeError:\n        raise\n    except KeyError:", "another exception is caught"),
        ("        value = other\n", "        value = other\n    else:\n        print(1)\n", "more is done"),
        ("        value = other\n", "        value = other\n    finally:\n        print(1)\n", "more is done"),
        ("        value = other\n", "        print(1)\n        value = other\n", "more is done"),
        ("        value = table", "        print(1)\n        value = table", "more is tried"),
        ("value = other", "value = other()", "the default is made"),
        ("value = other", "value = missing", "a global may be missing, and is not asked for"),
        ("value = other", "value = [other]", "the default is no constant"),
        ("value = other", "value = later", "the default may not be bound yet"),
        ("value = other", "value += other", "another statement"),
        ("value = other", "return other", "another statement"),
        ("table[key]", "table.rows[key]", "the table may be made anew each time"),
        ("table[key]", "table[key()]", "the key is made, which may raise"),
        ("table[key]", "table[key, 1]", "a tuple's parts hash as they like"),
        ("table[key]", "table[1:2]", "a slice does not hash"),
        ("table[key]", "(table[key])", "parentheses"),
        ("value = table[key]", "value = first = table[key]", "two names"),
        ("key, other):", "key, dict):\n    other = 1", "dict is another class"),
        ("key, other):", "key, other, KeyError=OSError):", "another exception"),
        ("def run", "class type:\n    pass\n\n\ndef run", "another type"),
    ],
)
def test_more_than_a_lookup_and_a_ready_default_is_refused(old: str, new: str, because: str) -> None:
    program = PROGRAM + "    later = 1\n"
    assert old in program
    assert "        value = table.get(key, other)\n    else:\n        try:\n" in str(rewritten(RECIPE, program))
    assert rewritten(RECIPE, program.replace(old, new)) is None, because


def test_where_the_types_are_known_the_comment_keeps_the_lookup():
    known = PROGRAM.replace("(table, key, other)", "(other)").replace(
        "    try:", '    table, key = {1: 2}, "a"\n    try:'
    )
    assert "    value = table.get(key, other)\n    return" in str(rewritten(RECIPE, known))
    assert rewritten(RECIPE, known.replace("= other\n", "= other  # none\n")) is None


def seen(site: Site, hits: int, misses: int, table: str = "dict", **keys: int) -> Facts:
    hit, missed, asked, key = (request.id for request in site.requests)
    return facts_of(
        expression_facts(hit, evaluations=hits),
        expression_facts(missed, evaluations=misses),
        expression_facts(asked, evaluations=hits + misses, types={table: hits + misses}),
        expression_facts(key, evaluations=hits + misses, types=keys),
    )


def test_the_facts_choose_many_missing_keys():
    (site,) = sites_of(RECIPE, PROGRAM)
    project = project_of(PROGRAM)

    choice = RECIPE.choose(site, profile_of({site.key: 0.5}), seen(site, 1_000_000, 2_000_000, str=2, int=1))
    assert isinstance(choice, Choice)
    text = RECIPE.rewrite(site, choice, project.modules[FILE], project).apply({FILE: PROGRAM})[FILE]

    assert "    if type(table) is dict and type(key) in (int, str):\n" in text
    assert 0.1 < choice.expected_share < 0.2


def test_the_facts_veto_few_missing_keys_and_other_types():
    (site,) = sites_of(RECIPE, PROGRAM)
    profile = profile_of({site.key: 0.5})

    assert "2900 of 10000" in reason_of(RECIPE.choose(site, profile, seen(site, 7100, 2900, str=1)))
    assert "999 of 999" in reason_of(RECIPE.choose(site, profile, seen(site, 0, 999, str=1)))
    assert "in a Table" in reason_of(RECIPE.choose(site, profile, seen(site, 0, 9999, "Table", str=1)))
    assert "in a Row" in reason_of(RECIPE.choose(site, profile, seen(site, 0, 9999, Row=1, str=1)))
    assert "0 of 0" in reason_of(RECIPE.choose(site, profile, Facts()))
    assert "nothing to gain" in reason_of(RECIPE.choose(site, profile_of(), seen(site, 0, 9999, str=1)))
