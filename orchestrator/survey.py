"""One look at one base: profile, facts, interactions, candidates, targets. What `choose` and the views read."""

from dataclasses import dataclass

from agents.model import Candidate
from profiling.facts import Facts
from profiling.profile import Profile
from profiling.target import Interaction, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Everything known of one tree.

    Attributes:
        profile: the unified profile; the denominator of every share.
        facts: what was seen at nominated places.
        interactions: cross-domain mechanisms with evidence on both sides.
        candidates: places where a fix is licensed and chosen by the facts.
        targets: the unified target table.
    """

    profile: Profile
    facts: Facts
    interactions: tuple[Interaction, ...]
    candidates: tuple[Candidate, ...]
    targets: tuple[Target, ...]
