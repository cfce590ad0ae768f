"""Does a kept claim hold when it is measured again? Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.policy.accounting import claim, falls_short
from profiling.comparison import Comparison, Decision, Measurement
from profiling.model import Dimension


class Finding(StrEnum):
    """What became of a claim."""

    HOLDS = "holds"
    SMALLER = "holds, but gains less"
    REFUTED = "does not hold"
    UNDECIDED = "undecided"
    GONE = "gone"
    UNMEASURED = "could not be measured"

    @property
    def stands(self) -> bool:
        """Say whether the gain was proved again."""
        return self in {Finding.HOLDS, Finding.SMALLER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A claim measured again.

    Attributes:
        finding: what became of it.
        reason: one sentence.
    """

    finding: Finding
    reason: str


def claimed_dimension(primary: Dimension, comparisons: Mapping[Dimension, Comparison]) -> Dimension | None:
    """Return the dimension that a keep claims to be better: what it was meant for, else one that it found better."""
    if primary in comparisons and comparisons[primary].improved:
        return primary
    return next((name for name in Dimension if name in comparisons and comparisons[name].improved), None)


def verify(claimed: Comparison, again: Measurement) -> Verification:
    """Judge a new measurement by the claim.

    A gain that is proved again holds. One that is beyond both uncertainties smaller than claimed is said to be: a
    claim leans to the optimistic side, and other machines gain otherwise.
    """
    found = again.comparisons.get(claimed.dimension)
    if found is None:
        return Verification(
            finding=Finding.UNMEASURED, reason=f"{claimed.dimension.value} was not seen in the new pairs"
        )
    if again.decision is Decision.UNDECIDED and not found.improved:
        return Verification(finding=Finding.UNDECIDED, reason=again.stopped_because)
    if not (found.improved or again.decision is Decision.IMPROVED):
        return Verification(finding=Finding.REFUTED, reason=again.stopped_because)
    if falls_short(found, [claim(claimed)]):
        return Verification(finding=Finding.SMALLER, reason="beyond both uncertainties less than was claimed")
    return Verification(finding=Finding.HOLDS, reason=again.stopped_because)
