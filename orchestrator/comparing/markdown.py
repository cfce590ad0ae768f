"""A comparison as Markdown, for a pull request's comment or a step summary."""

from collections.abc import Iterator

from orchestrator.comparing.judging import Standing
from orchestrator.comparing.report import DimensionReport, FunctionReport, Report, WorkloadReport
from orchestrator.comparing.text import (
    SHOWN_FUNCTIONS,
    calls_text,
    change_text,
    ordered,
    ratio_text,
    share_text,
    side_text,
    standing_text,
)
from orchestrator.live.effects import amount
from orchestrator.live.markdown_text import code, plain

_BOLD = frozenset({Standing.REGRESSED, Standing.BETTER})


def document(report: Report) -> str:
    """Return the document; what comes from the repository can't break out of its cell."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    sides = f"{code(side_text(report.base))} → {code(side_text(report.head))}"
    yield f"### {sides}: {report.outcome}"
    for one in report.workloads:
        yield ""
        yield f"**{code(one.command)}**: {one.standing.value if not one.problem else 'not measured'}"
        yield ""
        yield from _workload(one)
    if report.notes:
        yield ""
        yield from (f"- {plain(note)}" for note in report.notes)
    yield ""
    yield f"_{plain(_where(report))}_"


def _workload(one: WorkloadReport) -> Iterator[str]:
    if one.problem:
        yield f"> {plain(one.problem)}"
        return
    yield "| dimension | base | head | head / base | |"
    yield "|---|---|---|---|---|"
    yield from map(_row, ordered(one))
    yield ""
    yield plain(f"{one.reason}.")
    if one.functions:
        yield from _functions(one.functions)
    yield from (f"- {plain(note)}" for note in one.notes)


def _row(one: DimensionReport) -> str:
    name = f"**{one.dimension.value}**" if one.decides else one.dimension.value
    cells = (name, amount(one.base, one.dimension), amount(one.head, one.dimension), ratio_text(one))
    said = plain(standing_text(one))
    return f"| {' | '.join(cells)} | {f'**{said}**' if one.standing in _BOLD else said} |"


def _functions(found: tuple[FunctionReport, ...]) -> Iterator[str]:
    yield ""
    yield f"<details><summary>changed functions that it runs: {len(found)}</summary>"
    yield ""
    yield "| function | CPU, base | CPU, head | calls, base | calls, head |"
    yield "|---|---|---|---|---|"
    yield from map(_function, found[:SHOWN_FUNCTIONS])
    yield ""
    yield "</details>"


def _function(one: FunctionReport) -> str:
    cells = (share_text(one.base), share_text(one.head), calls_text(one.base), calls_text(one.head))
    return f"| {code(change_text(one.change))} | {' | '.join(cells)} |"


def _where(report: Report) -> str:
    facts = report.environment
    seconds = sum(one.elapsed_s for one in report.workloads)
    machine = ", ".join(facts[name] for name in ("processor", "system") if facts.get(name))
    return f"CPython {report.head.python}, {machine}; measured in pairs for {seconds:.0f} s"
