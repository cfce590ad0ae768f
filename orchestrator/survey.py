"""One look at one base: profile, facts, interactions, candidates, targets. What `choose` and the views read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.model import Candidate
from agents.scan.model import Remark
from orchestrator.code_paths import path_lines
from profiling.audit.target_facts import AuditFacts
from profiling.boundary.audit import Boundary
from profiling.facts import Facts
from profiling.formats.table import MOST_ROWS
from profiling.growth import Growth
from profiling.model import FunctionKey
from profiling.profile import Profile
from profiling.target import Interaction, Target

_MOST_PATHS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Everything known of one tree.

    Attributes:
        profile: the unified profile; the denominator of every share.
        facts: what was seen at nominated places.
        interactions: cross-domain mechanisms with evidence on both sides.
        candidates: places where a fix is licensed and chosen by the facts.
        waiting: the same, of fixes that a person has to agree to first.
        targets: the unified target table.
        paths: what the source tells of each function: callers, callees, loops, expensive operations.
        remarks: what rules without a rewrite see in the targets, those of the first target first.
        growth: the last scaling test of the checkout, None when there was none.
        boundaries: of the libraries that are a ceiling: what is used of them, and what leaving them would give.
    """

    profile: Profile
    facts: Facts
    interactions: tuple[Interaction, ...]
    candidates: tuple[Candidate, ...]
    targets: tuple[Target, ...]
    paths: Mapping[FunctionKey, AuditFacts] = field(default_factory=dict)
    waiting: tuple[Candidate, ...] = ()
    remarks: tuple[Remark, ...] = ()
    growth: Growth | None = None
    boundaries: tuple[Boundary, ...] = ()

    @property
    def path_lines(self) -> tuple[str, ...]:
        """Return what the source says of the first targets, one line each."""
        lines = path_lines(self.paths, tuple(target.key for target in self.targets[:MOST_ROWS]))
        return lines[:_MOST_PATHS]
