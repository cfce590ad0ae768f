"""The one summary of a run in CI, as Markdown: what was kept, what it measured, and how to see it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.comparing.judging import Standing
from orchestrator.comparing.report import DimensionReport, Report
from orchestrator.comparing.text import ordered, ratio_text
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import measured_lines
from orchestrator.live.markdown_text import code, plain
from orchestrator.live.plain_text import one_line

MARKER = "<!-- optimize: the one comment of this pull request -->"
NOTHING_LEFT = "Nothing to report any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to.

    Attributes:
        kept: the fixes that stand, in order.
        headline: base against head, as the session said it.
        introduced: what the pull request itself did, against its merge base; where it was not measured, why, in
            words; nothing where there is no base.
        delivered: what became of the commits, one sentence.
        workload: the command that was measured.
        base, head: commits before and after the fixes.
    """

    kept: tuple[ExperimentRecord, ...]
    headline: str
    introduced: Report | str
    delivered: str
    workload: str
    base: str
    head: str

    @property
    def regressions(self) -> tuple[DimensionReport, ...]:
        """Return the dimensions that the pull request made worse, beyond their limits."""
        workloads = self.introduced.workloads if isinstance(self.introduced, Report) else ()
        return tuple(one for workload in workloads for one in ordered(workload) if one.standing is Standing.REGRESSED)

    @property
    def why_not_introduced(self) -> str:
        """Return why it is not known what the pull request did; nothing where it is, or where nobody asked."""
        if isinstance(self.introduced, str):
            return self.introduced
        return next((one.problem for one in self.introduced.workloads if one.problem), "")

    @property
    def is_material(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.kept or self.regressions)


def summary(outcome: Outcome) -> str:
    """Return the Markdown of a run with something to tell."""
    parts = [MARKER, f"### {_title(outcome)}"]
    if outcome.regressions:
        lines = (f"{one.dimension.value}: {ratio_text(one)}, limit {one.limit}" for one in outcome.regressions)
        parts.append("Before any fix, this pull request against where it left its base:\n\n" + _bullets(lines))
    elif outcome.why_not_introduced:
        parts.append(f"What this pull request itself changed was not measured: {plain(outcome.why_not_introduced)}.")
    if outcome.kept:
        parts += [plain(outcome.headline), _table(outcome.kept), _reasons(outcome.kept), plain(outcome.delivered)]
        parts.append(_again(outcome))
    return "\n\n".join(parts) + "\n"


def nothing_left(head: str) -> str:
    """Return what takes the place of an earlier summary when there is nothing to tell any more."""
    return f"{MARKER}\n\n{NOTHING_LEFT}, as of {head[:10]}.\n"


def effect(record: ExperimentRecord) -> str:
    """Return what was measured of a fix, in the dimension that decided."""
    judged = record.judged
    compared = judged.comparisons.get(judged.decided_on) if judged is not None else None
    if compared is None:
        return "not measured"
    where = "" if judged is record.measurement else " of its own calls"
    interval = f"{compared.ratio:.2f}x [{compared.low:.2f}, {compared.high:.2f}], {compared.pairs} pairs"
    return f"{compared.dimension.value}{where} {interval}"


def _title(outcome: Outcome) -> str:
    worse = ", ".join(one.dimension.value for one in outcome.regressions)
    said = [f"slower or larger than its base: {worse}"] if worse else []
    count = len(outcome.kept)
    if count:
        said.append(f"{count} fix{'' if count == 1 else 'es'} proved")
    return f"optimize: {'; '.join(said)}"


def _table(kept: Sequence[ExperimentRecord]) -> str:
    rows = ["| fix | where | measured, after / before | commit |", "|---|---|---|---|"]
    for record in kept:
        key = record.proposal.key
        where = f"{code(key.qualname)} {code(key.place)}"
        rows.append(f"| {plain(record.proposal.summary)} | {where} | {plain(effect(record))} | {record.commit[:10]} |")
    return "\n".join(rows)


def _reasons(kept: Sequence[ExperimentRecord]) -> str:
    lines = [
        f"- {plain(record.proposal.summary)}: {plain(record.proposal.mechanism)}\n"
        + "\n".join(f"  - {plain(line)}" for line in measured_lines(record.measurement, record.calls))
        for record in kept
    ]
    return "\n".join(
        [
            "<details><summary>Why each is faster, and everything that was measured</summary>",
            "",
            *lines,
            "",
            "</details>",
        ]
    )


def _again(outcome: Outcome) -> str:
    again = f"optimize compare {outcome.base[:12]} {outcome.head[:12]} --workload '{one_line(outcome.workload)}'"
    return f"Tests and recorded calls behave as before. To measure it again:\n\n    {again}"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {plain(line)}" for line in lines)
