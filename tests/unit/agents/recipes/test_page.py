from pathlib import Path

from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.recipes.page import page

DOCS = Path(__file__).resolve().parents[4] / "docs" / "recipes.md"


def test_the_page_of_the_docs_is_the_catalogue() -> None:
    assert DOCS.read_text() == page(), "run: python -m agents.recipes.page > docs/recipes.md"


def test_every_recipe_has_its_place_on_the_page() -> None:
    text = page()
    assert all(f"`{recipe.card.id}`" in text for recipe in CATALOGUE + ASKED_FOR)
