"""What acting on a place would save, by what was recorded: a fix that would save nothing is not told."""

from dataclasses import dataclass

from agents.recipes._base import Recipe, Site, Veto
from agents.recipes.exposure import executed_keys
from profiling.facts import Facts
from profiling.model import Dimension
from profiling.profile import Profile

WORTH_IT = 0.005
"""Expected share of the workload below which nobody would feel it: the floor of materiality of a session."""
_WORDS = {
    Dimension.CPU_S: "of the CPU time",
    Dimension.IMPORT_S: "of the CPU time",
    Dimension.PEAK_MIB: "of the memory's peak",
    Dimension.LOOP_BLOCK_S: "of what holds the event loop",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What acting on a place is expected to save.

    Attributes:
        share: of the workload in `dimension`, 0 to 1; 0 where what was recorded speaks against it.
        dimension: in which it is saved.
        evidence: the facts, as they read, or why there is nothing to gain.
    """

    share: float
    dimension: Dimension
    evidence: str

    @property
    def is_worth_it(self) -> bool:
        """Say whether it would be felt."""
        return self.share >= WORTH_IT

    @property
    def text(self) -> str:
        """Return it for a person: an estimate, which a measurement in pairs has to confirm."""
        return f"may save about {self.share:.1%} {_WORDS.get(self.dimension, 'of the run')}, by {self.evidence}"


class Scales:
    """Weighs places by a profile and the facts recorded with it.

    Args:
        profile: of the workload.
        facts: None where none were recorded: then only what the profile itself shows can be weighed.
    """

    def __init__(self, profile: Profile, facts: Facts | None) -> None:
        self._profile = profile
        self._facts = facts
        self._executed = executed_keys(profile)
        imported = {module.file for module in profile.imports if module.file is not None}
        self.files = frozenset(imported | {key.file for key in self._executed})

    @property
    def has_facts(self) -> bool:
        """Say whether facts were recorded."""
        return self._facts is not None

    def of_site(self, recipe: Recipe, site: Site) -> Expected | None:
        """Return what a recipe's rewrite would save; None where that is not known.

        A function that did not run in this workload is not known: another workload may run it.
        """
        if site.key not in self._executed and not (site.key.qualname == "<module>" and site.module in self.files):
            return None
        choice = recipe.choose(site, self._profile, self._facts or Facts())
        if not isinstance(choice, Veto):
            return Expected(share=choice.expected_share, dimension=recipe.card.dimension, evidence=choice.evidence)
        if self._facts is None and site.requests:
            return None
        return Expected(share=0.0, dimension=recipe.card.dimension, evidence=choice.reason)
