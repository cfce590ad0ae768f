import ast
import sysconfig
from pathlib import Path

import pytest

from agents.recipes._base import Choice, Example, Recipe
from agents.recipes.catalogue import CATALOGUE
from agents.recipes.project import load
from agents.recipes.splice import NotSpliceable
from profiling.model import Tree

REWRITES = [(recipe, example) for recipe in CATALOGUE for example in recipe.examples if example.after is not None]
REFUSALS = [(recipe, example) for recipe in CATALOGUE for example in recipe.examples if example.after is None]


def rewritten(recipe: Recipe, example: Example, parsed) -> str:
    module, project = parsed(example.before)
    site = next(recipe.sites(module, project))
    choice = Choice(expected_share=0.1, evidence="", parameters=example.parameters)
    patch = recipe.rewrite(site, choice, module, project)
    return patch.apply({"mod.py": example.before})["mod.py"]


def titled(value: object) -> str:
    return value.card.id if hasattr(value, "card") else (value.because or "rewrite").replace(" ", "-")


@pytest.mark.parametrize(("recipe", "example"), REWRITES, ids=titled)
def test_an_example_becomes_what_it_says(recipe: Recipe, example: Example, parsed) -> None:
    assert rewritten(recipe, example, parsed) == example.after


@pytest.mark.parametrize(("recipe", "example"), REWRITES, ids=titled)
def test_a_rewritten_example_has_no_site_left_and_compiles(recipe: Recipe, example: Example, parsed) -> None:
    after = rewritten(recipe, example, parsed)
    compile(after, "mod.py", "exec")
    assert list(recipe.sites(*parsed(after))) == []


@pytest.mark.parametrize(("recipe", "example"), REWRITES, ids=titled)
def test_a_file_with_other_line_endings_keeps_them(recipe: Recipe, example: Example, parsed) -> None:
    before = Example(before=example.before.replace("\n", "\r\n"), after="", parameters=example.parameters)
    assert rewritten(recipe, before, parsed) == str(example.after).replace("\n", "\r\n")


@pytest.mark.parametrize(("recipe", "example"), REFUSALS, ids=titled)
def test_a_refused_example_has_no_site(recipe: Recipe, example: Example, parsed) -> None:
    assert list(recipe.sites(*parsed(example.before))) == []
    assert example.because


@pytest.mark.parametrize("recipe", CATALOGUE, ids=titled)
def test_every_recipe_shows_a_rewrite_and_two_refusals(recipe: Recipe) -> None:
    refusals = [example for example in recipe.examples if example.after is None]
    assert len(recipe.examples) > len(refusals) >= 2


def test_ids_and_ranks_are_unique_and_ranks_ascend() -> None:
    ranks = [recipe.card.rank for recipe in CATALOGUE]
    assert ranks == sorted(set(ranks))
    assert len({recipe.card.id for recipe in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("package", ["json", pytest.param("email", marks=pytest.mark.slow)])
def test_the_catalogue_reads_a_real_package_and_every_rewrite_of_it_compiles(package: str) -> None:
    root = Path(sysconfig.get_paths()["stdlib"]) / package
    project = load(Tree(root=root, import_roots=(".",), packages=(package,), source_paths=(".",)))
    written = 0
    for recipe in CATALOGUE:
        for module in project.modules.values():
            for site in recipe.sites(module, project):
                names = site.node_path.split(",") if recipe.card.id in {"memo-global", "file-memo"} else []
                parameters = (*((name, 1) for name in names), (".size", 128))
                choice = Choice(expected_share=0.1, evidence="", parameters=parameters)
                try:
                    patch = recipe.rewrite(site, choice, module, project)
                except NotSpliceable:
                    continue
                ast.parse(patch.apply({module.file: module.text})[module.file])
                written += 1
    assert project.modules
    assert written
