"""The catalogue as a page of the documentation: `python -m agents.recipes.page > docs/recipes.md`."""

import sys

from agents.recipes._base import Recipe
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE

_HEAD = """\
# Recipes

A recipe is a deterministic rewrite. The law of the catalogue: **facts choose, static analysis licenses, replay
verifies, measurement keeps.** Facts alone never license: "many calls, few distinct arguments, the same result each
time" also describes a parser that carries state.

1. *Licence.* Static analysis of the whole project proves that the rewrite keeps behaviour, or the place is left alone:
   scopes and rebinding, purity (unknown counts as impure), attribute stores by name, class hierarchy, what tests and
   other files patch or take from a module. Tried with all recipes at once under the tests of popular packages:
   [the licences' proof](licences.md).
2. *Choice.* What was recorded while the workload ran, at licensed places in exercised code only: calls and distinct
   arguments, sizes and types of containers, trips of loops, values that never change, imports nothing was used of.
3. *Edit.* Text is replaced at exact positions; the whole syntax tree afterwards must be the one that was meant.
4. *Proof.* Tests, output, and the paired measurement decide, as for every other proposal ([how](deciding.md)).

Thresholds come from a study of 204 performance commits in 21 open-source projects and of timings on CPython 3.9 to 3.13
(2026); they decide what is tried, never what is kept. The figures below were measured in November 2026 on a shared
two-core machine: ratio of the time before to the time after, with the middle half of the pairs.

"""


_ASKING = """
# Recipes that ask first

What remains of their hazards only a person can judge: who watches a program while it runs, or what a service bears. A
session names the places and tries them once you agree (`--yes`).

"""


def page() -> str:
    """Return the page as Markdown; a test holds `docs/recipes.md` to it."""
    return _HEAD + "\n".join(map(_section, CATALOGUE)) + _ASKING + "\n".join(map(_section, ASKED_FOR))


def _section(recipe: Recipe) -> str:
    card = recipe.card
    refusals = "; ".join(example.because for example in recipe.examples if example.after is None)
    first = next(example for example in recipe.examples if example.after is not None)
    parts = [
        f"## {card.rank}. {card.title}",
        f"`{card.id}` · {card.domain.value} · measured in `{card.dimension.value}`",
        card.mechanism,
        card.hazard,
        f"*{card.cost_note[0].upper()}{card.cost_note[1:]}.*",
        f'```python title="before"\n{first.before.rstrip()}\n```',
        f'```python title="after"\n{(first.after or "").rstrip()}\n```',
        f"Not done where, for example: {refusals}.",
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
