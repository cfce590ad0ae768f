"""What a recipe is: a matcher with its licence, the facts that choose, and the rewrite."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from agents.model import Candidate, Patch
from agents.recipes.project import Module, Project
from profiling.facts import FactRequest, Facts
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where a recipe is licensed by static analysis alone.

    Attributes:
        recipe: id.
        key: the function that would be changed (qualname `<module>` for imports).
        module: path of the file, relative to the root.
        line: 1-based line of the place.
        requests: the facts that must be seen before it is chosen.
        node_path: what the recipe needs to find the place again in the same text (its own encoding).
    """

    recipe: str
    key: FunctionKey
    module: str
    line: int
    requests: tuple[FactRequest, ...]
    node_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """Why the facts spoke against a site."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Why the facts spoke for a site.

    Attributes:
        expected_share: share of the workload saved in the recipe's dimension, 0 to 1.
        evidence: the facts, as they read.
        parameters: what the rewrite needs of the facts (a cache size), by name.
    """

    expected_share: float
    evidence: str
    parameters: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A self-contained program text and what the recipe makes of it.

    Attributes:
        before: source of one module.
        after: source after the rewrite of its first site; None: the recipe must not fire.
        because: for a refusal, the reason in words.
        parameters: of the choice the rewrite is made with, for recipes that need some.
        file: where the module stands, for recipes of packages; empty: anywhere.
        others: further modules it needs, by file.
    """

    before: str
    after: str | None
    because: str = ""
    parameters: tuple[tuple[str, int], ...] = ()
    file: str = ""
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known of a recipe, measured.

    Attributes:
        id: kebab-case.
        title: what it does, for people.
        rank: in the catalogue.
        domain, dimension: where the gain is looked for.
        confidence: prior chance of being kept, 0 to 1.
        cost_note: gain measured at the site, with its source.
        mechanism: why it helps, one or two sentences, for the commit message.
        hazard: what was checked and what remains, one sentence.
        needs_approval: a person has to agree: what remains is for the program's owner to judge.
    """

    id: str
    title: str
    rank: int
    domain: Domain
    dimension: Dimension
    confidence: float
    cost_note: str
    mechanism: str
    hazard: str
    needs_approval: bool = False


class Recipe(Protocol):
    """One deterministic rewrite."""

    @property
    def card(self) -> Card:
        """Return what is known of it."""
        ...

    @property
    def examples(self) -> tuple[Example, ...]:
        """Return its examples: at least one rewrite and two refusals; they are its tests."""
        ...

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every place of the module where static analysis licenses the rewrite."""
        ...

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Say what the facts say of a site. Facts can veto or choose, never license."""
        ...

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Return the edits for a site. The tree after the edit differs only as intended."""
        ...


__all__ = ["Candidate", "Card", "Choice", "Example", "Recipe", "Site", "Veto"]
