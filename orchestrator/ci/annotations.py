"""What GitHub shows beside the code: a notice for each fix that was kept."""

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.annotations import annotation

_MOST = 10
"""GitHub shows ten notices of a step."""


def annotations(kept: tuple[ExperimentRecord, ...], effects: dict[int, str]) -> tuple[str, ...]:
    """Return a notice for each fix.

    Args:
        kept: the fixes.
        effects: what was measured of each, by its number.
    """
    return tuple(_notice(record, effects[record.number]) for record in kept[:_MOST])


def _notice(record: ExperimentRecord, effect: str) -> str:
    key = record.proposal.key
    text = f"{record.proposal.summary}: {effect}"
    return annotation("notice", key.file, key.first_line, title=f"faster: {key.qualname}", text=text)
