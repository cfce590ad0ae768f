"""The kind of an entry is taken from the folder where the same folder is asked for it."""

import pytest

from agents.recipes._base import Choice
from agents.recipes.folder_files import RECIPE
from tests.fakes.recipe_programs import expression_facts, facts_of, profile_of, reason_of, sites_of

PROGRAM = "import os\n\n\ndef f(d, x):\n    return {use}\n"
PLAIN = "[n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n))]"


@pytest.mark.parametrize(
    "use",
    [
        "[n for n in os.listdir() if os.path.isfile(os.path.join(d, n))]",
        "[n for n in os.listdir(x) if os.path.isfile(os.path.join(d, n))]",
        "[n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n, n))]",
        "[n for n in os.listdir(d) if os.path.exists(os.path.join(d, n))]",
        "[n for n in os.listdir(x()) if os.path.isfile(os.path.join(x(), n))]",
        "[x(n) for n in os.listdir(d) if os.path.isfile(os.path.join(d, n))]",
        "[m for n in os.listdir(d) if os.path.isfile(os.path.join(d, n)) for m in n]",
        "[(d := n) for n in os.listdir(d) if os.path.isfile(os.path.join(d, n))]",
        "(n for n in os.listdir(d) if os.path.isfile(os.path.join(d, n)))",
    ],
)
def test_another_folder_another_question_or_other_code_between_entries_stays(use):
    assert sites_of(RECIPE, PROGRAM.format(use=use)) == []


@pytest.mark.parametrize("name", ["os.listdir", "os.path.isfile", "os.scandir"])
def test_a_function_that_a_test_replaces_stays(name):
    readers = {"test_app.py": f"from unittest import mock\nmock.patch('app.{name}')\n"}
    assert len(sites_of(RECIPE, PROGRAM.format(use=PLAIN))) == 1
    assert sites_of(RECIPE, PROGRAM.format(use=PLAIN), readers=readers) == []


def test_a_name_that_means_another_list_stays():
    assert sites_of(RECIPE, "list = print\n" + PROGRAM.format(use=PLAIN)) == []


def test_many_entries_of_folders_given_by_path_are_chosen():
    site = sites_of(RECIPE, PROGRAM.format(use=PLAIN))[0]
    listed = expression_facts(site.requests[0].id, evaluations=10, total_len=100_000)
    path = expression_facts(site.requests[1].id, types={"str": 10})
    hot = profile_of({site.key: 0.5})

    chosen = RECIPE.choose(site, hot, facts_of(listed, path))
    assert isinstance(chosen, Choice)
    assert 0 < chosen.expected_share <= 0.5
    number = expression_facts(site.requests[1].id, types={"int": 10})
    assert "int" in reason_of(RECIPE.choose(site, hot, facts_of(listed, number)))
    assert "fewer than" in reason_of(RECIPE.choose(site, hot, facts_of()))
    assert "not sampled" in reason_of(RECIPE.choose(site, profile_of(), facts_of(listed, path)))
