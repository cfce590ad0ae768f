"""The table of a session's experiments, as it closes the session and stands in the demo."""

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import count_text
from orchestrator.policy.verdict import Level, Status

_HEAD = ("#", "Target", "Fix", "Verdict", "Measured, change / base")
_WIDEST = 44


def experiment_table(records: tuple[ExperimentRecord, ...]) -> tuple[str, ...]:
    """Return one line an experiment under a head, aligned; what was measured carries its interval."""
    if not records:
        return ("no experiments",)
    rows = [_HEAD, *map(_row, records)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    kept = sum(record.verdict.status is Status.KEEP for record in records)
    return (*(f"| {line} |" for line in lines), count_text(len(records), kept))


def _row(record: ExperimentRecord) -> tuple[str, str, str, str, str]:
    verdict = f"{record.verdict.status.value}: {record.verdict.reason.value}"
    if record.commit:
        verdict += f" {record.commit[:8]}"
    return (
        str(record.number),
        _short(f"{record.proposal.key.qualname} ({record.proposal.key.place})"),
        _short(record.proposal.summary),
        verdict,
        _measured(record),
    )


def _measured(record: ExperimentRecord) -> str:
    judged = record.judged
    one = judged.comparisons.get(judged.decided_on) if judged is not None else None
    if one is None:
        return "-"
    where = " of its own calls" if record.verdict.level is Level.FUNCTION else ""
    return f"{one.dimension.value} {one.ratio:.3f}x [{one.low:.3f}, {one.high:.3f}], {one.pairs} pairs{where}"


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
