"""results.tsv: one row an experiment, sixteen columns, read and written without losing a row of anybody's."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.damaged import damaged, read_record
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.verdict import Level, Status
from profiling.comparison import Comparison
from profiling.model import Dimension

_SIGNIFICANT = 4
_SHORT_COMMIT = 12
_BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]+")
_KEY = re.compile(r"\[([0-9a-f]{16})\]$")
_NUMBERS = slice(2, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, as its cells are written: the fields are the columns, in order.

    Attributes:
        commit: of a keep, shortened; empty otherwise.
        target_test: the workload, or `micro:<function>` where the function's own calls decided.
        cpu_baseline_s, cpu_optimized_s: medians, seconds; cpu_speedup: base / change.
        mem_baseline_mb, mem_optimized_mb, mem_delta_mb: medians of the peak and their difference, MiB.
        gc_before_s, gc_after_s: medians, seconds.
        tests_passed, tests_failed: counts, empty when no test ran.
        status: keep, discard or crash.
        domains, interaction: words joined by `+`.
        description: function, fix, reason, `dispatched:<domain>` where a specialist did it and, in brackets at the end,
            the experiment's key.
    """

    commit: str
    target_test: str
    cpu_baseline_s: str
    cpu_optimized_s: str
    cpu_speedup: str
    mem_baseline_mb: str
    mem_optimized_mb: str
    mem_delta_mb: str
    gc_before_s: str
    gc_after_s: str
    tests_passed: str
    tests_failed: str
    status: str
    domains: str
    interaction: str
    description: str

    @property
    def key(self) -> str:
        """Return the key of the experiment the row is of, empty for a row that is not ours."""
        found = _KEY.search(self.description)
        return found.group(1) if found else ""


COLUMNS = tuple(field.name for field in fields(Row))
HEADER = "\t".join(COLUMNS)


def row(record: ExperimentRecord) -> Row:
    """Return the row of an experiment; what was not measured is empty."""
    comparisons = record.comparisons
    cpu = comparisons.get(Dimension.CPU_S)
    memory = comparisons.get(Dimension.PEAK_MIB)
    collector = comparisons.get(Dimension.GC_S)
    tested = record.tests.passed or record.tests.failed
    proposal = record.proposal
    micro = record.verdict.level is Level.FUNCTION
    dispatched = f"; dispatched:{record.dispatched}" if record.dispatched else ""
    return Row(
        commit=record.commit[:_SHORT_COMMIT],
        target_test=_clean(f"micro:{proposal.key.qualname}" if micro else record.workload),
        cpu_baseline_s=_base(cpu),
        cpu_optimized_s=_change(cpu),
        cpu_speedup=_speedup(cpu),
        mem_baseline_mb=_base(memory),
        mem_optimized_mb=_change(memory),
        mem_delta_mb=_delta(memory),
        gc_before_s=_base(collector),
        gc_after_s=_change(collector),
        tests_passed=str(record.tests.passed) if tested else "",
        tests_failed=str(record.tests.failed) if tested else "",
        status=record.verdict.status.value,
        domains=_clean("+".join(record.domains)),
        interaction=_clean("+".join(record.interactions)),
        description=_clean(
            f"{proposal.key.qualname} ({proposal.key.place}): {proposal.summary}; "
            f"{record.verdict.reason.value}{dispatched} [{record.key}]"
        ),
    )


def number(value: float) -> str:
    """Return a number in plain digits, four significant ones (the integer part is whole); empty when not finite."""
    if not math.isfinite(value):
        return ""
    exponent = int(f"{value:.{_SIGNIFICANT - 1}e}".partition("e")[2])
    text = f"{value:.{max(0, _SIGNIFICANT - 1 - exponent)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def render(rows: Iterable[Row]) -> str:
    """Return the file's text."""
    return "".join(f"{line}\n" for line in (HEADER, *("\t".join(map(_clean, astuple(one))) for one in rows)))


def read(path: Path) -> tuple[Row, ...]:
    """Read the rows of a file, none when there is no such file.

    Raises:
        RecordsDamaged: the message names the line and what is wrong with it.
    """
    text = read_record(path)
    if text is None:
        return ()
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    if lines[0] != HEADER:
        raise damaged(path, f"line 1: the header is not the expected one but {lines[0][:80]!r}")
    return tuple(_parsed(path, place, line) for place, line in enumerate(lines[1:], 2))


def sync(records: Sequence[ExperimentRecord], path: Path) -> tuple[Row, ...]:
    """Make the file hold exactly one row a record; rows of others stay where they are. Return all rows.

    Raises:
        RecordsDamaged: the file can't be read; it is left as it is.
        NotWritable: the folder refuses.
    """
    current = {record.key: row(record) for record in records}
    rows: list[Row] = []
    for present in read(path):
        if present.key not in current:
            rows.append(present)
        elif current[present.key] not in rows:
            rows.append(current[present.key])
    rows += [one for one in current.values() if one not in rows]
    write_text(path, render(rows))
    return tuple(rows)


def _parsed(path: Path, place: int, line: str) -> Row:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        raise damaged(path, f"line {place}: {len(cells)} columns, expected {len(COLUMNS)}: {line[:80]!r}")
    parsed = Row(**dict(zip(COLUMNS, cells, strict=True)))
    if parsed.status not in tuple(Status):
        raise damaged(path, f"line {place}: status is {parsed.status[:40]!r}, expected keep, discard or crash")
    for name, cell in zip(COLUMNS[_NUMBERS], cells[_NUMBERS], strict=True):
        if not _is_number(cell):
            raise damaged(path, f"line {place}: {name} is {cell[:40]!r}, expected a number or nothing")
    return parsed


def _is_number(cell: str) -> bool:
    try:
        float(cell or 0)
    except ValueError:
        return False
    return True


def _base(comparison: Comparison | None) -> str:
    return number(comparison.base_median) if comparison else ""


def _change(comparison: Comparison | None) -> str:
    return number(comparison.change_median) if comparison else ""


def _delta(comparison: Comparison | None) -> str:
    return number(comparison.change_median - comparison.base_median) if comparison else ""


def _speedup(comparison: Comparison | None) -> str:
    return number(1 / comparison.ratio) if comparison and comparison.ratio > 0 else ""


def _clean(text: str) -> str:
    """Keep a cell in its cell: tabs, line ends and other control characters become spaces."""
    return _BREAKS.sub(" ", text)
