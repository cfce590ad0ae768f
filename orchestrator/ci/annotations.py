"""Lines that GitHub shows beside the code: workflow commands."""

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.plain_text import one_line

_MOST = 10
"""GitHub shows ten notices of a step."""


def annotations(kept: tuple[ExperimentRecord, ...], effects: dict[int, str]) -> tuple[str, ...]:
    """Return a notice for each fix that was kept.

    Args:
        kept: the fixes.
        effects: what was measured of each, by its number.
    """
    return tuple(_notice(record, effects[record.number]) for record in kept[:_MOST])


def _notice(record: ExperimentRecord, effect: str) -> str:
    key = record.proposal.key
    place = f"file={_property(key.file)},line={max(key.first_line, 1)},title={_property('faster: ' + key.qualname)}"
    return f"::notice {place}::{_data(one_line(f'{record.proposal.summary}: {effect}'))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")
