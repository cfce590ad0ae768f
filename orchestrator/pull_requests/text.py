"""Name, title and body of one pull request, from the record of its experiment."""

import re
from dataclasses import dataclass

from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import effect_line, measured_lines
from orchestrator.live.markdown_text import code, plain
from orchestrator.live.plain_text import one_line
from profiling.comparison import Comparison

_LONGEST_SLUG = 48
_LONGEST_TITLE = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen of one optimization alone.

    Attributes:
        tests: what the tests came to, beside the base.
        measured: the dimension it claims, measured alone; None where it was not measured.
        rests_on: branch of an earlier optimization that it does not apply without; empty when it is independent.
        base, commit: what was compared, full hashes.
    """

    tests: str
    measured: Comparison | None
    rests_on: str
    base: str
    commit: str


def slug(record: ExperimentRecord) -> str:
    """Return the branch's last part: short words, and the number that makes it unique."""
    words = re.sub("[^a-z0-9]+", "-", record.proposal.summary.lower()).strip("-")
    return f"{record.number:03}-{words[:_LONGEST_SLUG].rstrip('-') or 'optimization'}"


def title(record: ExperimentRecord) -> str:
    """Return `perf: …` in at most 72 characters."""
    text = f"perf: {one_line(record.proposal.summary)}"
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1].rstrip()}…"


def body(record: ExperimentRecord, evidence: Evidence) -> str:
    """Return the body in Markdown: what, why, what was measured, how to see it again, what to look at."""
    key = record.proposal.key
    parts = [
        f"{plain(record.proposal.mechanism)}",
        f"In {code(key.qualname)}, {code(key.place)}.",
        "### Measured",
        _measured(record, evidence),
        "### Behaviour",
        f"- Tests: {plain(evidence.tests)}.",
    ]
    parts += [f"- {plain(gate.name)}: {plain(gate.detail)}" for gate in record.gates if gate.name == "replay"]
    parts += [f"- What could go wrong: {plain(record.proposal.risk)}"] if record.proposal.risk else []
    if evidence.rests_on:
        parts.append(f"This rests on {code(evidence.rests_on)}: merge that one first.")
    again = f"optimize compare {evidence.base[:12]} {evidence.commit[:12]} --workload '{one_line(record.workload)}'"
    parts += ["### To measure it again", f"    {again}"]
    return "\n\n".join(parts) + "\n"


def _measured(record: ExperimentRecord, evidence: Evidence) -> str:
    alone = evidence.measured
    lines = [f"- Alone, with new pairs: {plain(effect_line(alone))}"] if alone is not None else []
    lines += [f"- When it was found: {plain(line)}" for line in measured_lines(record.measurement, record.calls)]
    worse = ", ".join(dimension.value for dimension in record.verdict.regressed)
    lines += [f"- The price: {plain(worse)} got worse; the net is positive."] if worse else []
    return "\n".join(lines)
