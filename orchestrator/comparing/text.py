"""A comparison for a terminal: a table a workload, then the changed functions it runs."""

from collections.abc import Iterator

from orchestrator.comparing.judging import Standing
from orchestrator.comparing.report import DimensionReport, FunctionReport, Report, Share, SideReport, WorkloadReport
from orchestrator.live.effects import DIMENSION_ORDER, amount
from orchestrator.policy.code_changes import CodeChange, Kind

SHOWN_FUNCTIONS = 10
_SHOWN_CHANGES = 5
_HEAD = ("dimension", "base", "head", "head / base", "")


def lines(report: Report) -> Iterator[str]:
    """Yield the lines."""
    yield f"[compare] {side_text(report.base)} → {side_text(report.head)}: {report.outcome}"
    for one in report.workloads:
        yield ""
        yield from _workload(one)
    for note in (*_unrun(report), *report.notes):
        yield f"note: {note}"


def side_text(side: SideReport) -> str:
    """Return `main (3f2a91c0de)`."""
    short = side.commit[:10]
    return short if side.commit.startswith(side.name) else f"{side.name} ({short})"


def ratio_text(one: DimensionReport) -> str:
    """Return `0.71x [0.69, 0.74], 9 pairs`."""
    return f"{one.ratio:.2f}x [{one.low:.2f}, {one.high:.2f}], {one.pairs} pairs"


def ordered(workload: WorkloadReport) -> list[DimensionReport]:
    """Return the dimensions in the usual order."""
    return sorted(workload.dimensions, key=lambda one: DIMENSION_ORDER.index(one.dimension))


def standing_text(one: DimensionReport) -> str:
    """Return what is said of a dimension; of one that regressed with its limit."""
    return f"{one.standing.value} (limit: {one.limit})" if one.standing is Standing.REGRESSED else one.standing.value


def change_text(change: CodeChange) -> str:
    """Return `shop.text: unknown (shop/text.py:13)`, with what became of it where it was not changed."""
    line = change.line_after or change.line_before
    kind = "" if change.kind is Kind.CHANGED else f", {change.kind.value}"
    return f"{change.qualname} ({change.file}:{line}{kind})"


def share_text(share: Share | None) -> str:
    """Return `12.0% ±0.8`, a dash where it does not run."""
    return "-" if share is None else f"{share.self_share:.1%} ±{100 * share.self_error:.1f}"


def calls_text(share: Share | None) -> str:
    """Return the calls, a dash where they are not known."""
    return "-" if share is None or share.calls is None else f"{share.calls}"


def _workload(one: WorkloadReport) -> Iterator[str]:
    yield f"workload: {one.command}"
    if one.problem:
        yield f"  not measured: {one.problem}"
        return
    rows = [_HEAD, *(_row(each) for each in ordered(one))]
    yield from (f"  {line}" for line in _aligned(rows))
    yield f"  {one.standing.value}: {one.reason}"
    yield from _functions(one)
    yield from (f"  note: {note}" for note in one.notes)


def _row(one: DimensionReport) -> tuple[str, ...]:
    decides = "*" if one.decides else ""
    return (
        f"{one.dimension.value}{decides}",
        amount(one.base, one.dimension),
        amount(one.head, one.dimension),
        ratio_text(one),
        standing_text(one),
    )


def _functions(one: WorkloadReport) -> Iterator[str]:
    if one.functions is None:
        return
    if not one.functions:
        yield "  no changed function was seen to run in it"
        return
    yield "  changed functions it runs, share of CPU with what it calls outside the project, and calls:"
    rows = [("", "base", "head", "calls base", "head"), *(_function(each) for each in one.functions[:SHOWN_FUNCTIONS])]
    yield from (f"    {line}" for line in _aligned(rows))
    more = len(one.functions) - SHOWN_FUNCTIONS
    if more > 0:
        yield f"    and {more} more"


def _function(one: FunctionReport) -> tuple[str, ...]:
    name = change_text(one.change)
    return (name, share_text(one.base), share_text(one.head), calls_text(one.base), calls_text(one.head))


def _unrun(report: Report) -> Iterator[str]:
    """Say what changed that no workload was seen to run."""
    seen = {each.change for one in report.workloads for each in one.functions or ()}
    unrun = [one for one in report.changed if one not in seen]
    if not unrun or not any(one.functions for one in report.workloads):
        return
    more = f" and {len(unrun) - _SHOWN_CHANGES} more" if len(unrun) > _SHOWN_CHANGES else ""
    yield f"changed, and not seen to run: {', '.join(map(change_text, unrun[:_SHOWN_CHANGES]))}{more}"


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
