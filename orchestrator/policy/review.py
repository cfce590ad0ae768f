"""What becomes of a reviewer's findings: fixed, undone, or answered with the reason. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from agents.model import Finding
from orchestrator.policy.presubmit import CONFIDENT

MOST_ROUNDS = 2
"""Reviews at a session's end: the second looks at what the first one's findings were answered with."""

_WORTH = 0.002
"""Share of the workload that an added line should save: below it a fix is more text than gain (docs/deciding.md)."""

_FEW_LINES = 10


class Fate(StrEnum):
    """The answer to a finding."""

    CONFIRMED = "confirmed"
    NOT_DISPROVED = "not disproved"
    NOT_CONFIRMED = "not confirmed"
    JUDGED = "judged"

    @property
    def undoes(self) -> bool:
        """Say whether the change that gave reason for it may not stand as it is."""
        return self in {Fate.CONFIRMED, Fate.NOT_DISPROVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigation:
    """What looking at a kept change again showed: one line each of what held, and of what did not."""

    held: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A finding with its answer.

    Attributes:
        finding: as the reviewer gave it.
        experiment: number of the kept change that it is about; 0 when none of the session's is.
        fate: what became of it; why: one sentence.
    """

    finding: Finding
    experiment: int
    fate: Fate
    why: str


def is_open(finding: Finding) -> bool:
    """Say whether a finding asks for a look at the change: it is confident, and no check of ours has shown it."""
    return finding.confidence >= CONFIDENT and not finding.check


def answer(finding: Finding, experiment: int, seen: Investigation | None) -> Answered:
    """Return a finding's answer.

    What a check of ours shows is confirmed. What somebody claims is looked into: where something fails, it is
    confirmed; where all holds, a grave claim is still not disproved, and the change goes; a lesser one is noted.

    Args:
        finding: of a reviewer.
        experiment: number of the kept change that it is about, 0 for none.
        seen: what the look showed; None where there was none.
    """
    fate, why = _judged(finding, experiment, seen)
    return Answered(finding=finding, experiment=experiment, fate=fate, why=why)


def _judged(finding: Finding, experiment: int, seen: Investigation | None) -> tuple[Fate, str]:
    if finding.confidence < CONFIDENT:
        return Fate.JUDGED, f"{finding.confidence:.0%} sure, below {CONFIDENT:.0%}: noted, the change stands"
    if not experiment:
        return Fate.JUDGED, "no change of this session wrote these lines"
    if finding.check:
        return Fate.CONFIRMED, f"the check {finding.check!r} fails"
    if seen is not None and seen.failed:
        return Fate.CONFIRMED, "; ".join(seen.failed)
    looked = "; ".join(seen.held) if seen is not None and seen.held else "nothing could be looked at again"
    if finding.severity == "high":
        return Fate.NOT_DISPROVED, f"grave, and not disproved by: {looked}"
    return Fate.NOT_CONFIRMED, f"nothing shows it: {looked}"


def overweight(file: str, diff: str, saved_share: float) -> Finding | None:
    """Return the finding that a change adds much text for what it saves; None when it does not.

    Args:
        file: that it changes first.
        diff: unified.
        saved_share: of the workload (0 to 1) in the dimension it is about.
    """
    added = sum(line.startswith("+") and not line.startswith("+++") for line in diff.splitlines())
    removed = sum(line.startswith("-") and not line.startswith("---") for line in diff.splitlines())
    more = added - removed
    if more <= _FEW_LINES or saved_share >= more * _WORTH:
        return None
    return Finding(
        severity="low",
        file=file,
        lines=(1, 1),
        confidence=0.5,
        claim=f"{more} more lines to save {saved_share:.1%} of the workload",
        recommendation="see whether a shorter form gains as much",
        check="weight",
    )
