"""The workload this project is optimized on: read some of its own source and ask every recipe where it applies."""

from pathlib import Path

from agents.recipes.catalogue import CATALOGUE
from agents.recipes.project import load
from profiling.model import Tree

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print how many places each recipe licenses."""
    tree = Tree(root=ROOT, import_roots=(".",), packages=("profiling",), source_paths=("profiling/measure",))
    project = load(tree)
    for recipe in CATALOGUE:
        sites = sum(1 for module in project.modules.values() for _ in recipe.sites(module, project))
        print(recipe.card.id, sites)


if __name__ == "__main__":
    main()
