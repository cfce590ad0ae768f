"""What each profiler costs."""

from collections.abc import Callable, Sequence

from benchmarks.rivals.bench import Bench, Round, cpu_s, failure_of, paired_ratios, ratios, wall_s
from benchmarks.rivals.ours import AllPasses, TimePass
from benchmarks.rivals.program import Program, Run
from benchmarks.rivals.table import Section, at_most, cell
from benchmarks.rivals.tools import RIVALS

_BARS = {"call-heavy": 1.10, "GC churn": 1.20, "black": 1.10, "pytest": 1.10}


def measure(bench: Bench) -> tuple[Section, ...]:
    """Return the tables of CPU and of wall time."""
    own = TimePass()
    programs = bench.catalogue.measured
    measured = [(program, bench.measure(program, RIVALS, own)) for program in programs]
    whole = [(program, _all_passes(bench, program)) for program in programs]
    remarks = (*_remarks(measured), *(f"{AllPasses().name}, {p.name}: {r.failure}" for p, r in whole if r.failure))
    findings = tuple(
        at_most(
            f"time pass, CPU over plain, {program.name}",
            paired_ratios(rounds, own.name, cpu_s),
            _BARS[program.name],
            "x",
        )
        for program, rounds in measured
    )
    names = ("plain", own.name, *(tool.name for tool in RIVALS))
    header = ("tool", *(program.name for program in programs))
    cpu_rows = (*_rows(names, measured, cpu_s), (AllPasses().name, *_whole_cells(bench, whole)))
    return (
        Section(
            title="CPU over plain",
            method=(
                "CPU seconds of the whole process group, children and an outside profiler's own included (`wait4`),"
                " over plain: ours over the plain run right beside it, in pairs; the others, once a round, over the"
                " median plain run of their round. The order is drawn anew each round. Median and range."
            ),
            header=header,
            rows=cpu_rows,
            remarks=remarks,
            findings=findings,
        ),
        Section(
            title="Wall time over plain",
            method="The wall seconds of the same runs, from spawn to reap.",
            header=header,
            rows=_rows(names, measured, wall_s),
        ),
    )


def _rows(
    names: Sequence[str], measured: Sequence[tuple[Program, list[Round]]], quantity: Callable[[Run], float]
) -> tuple[tuple[str, ...], ...]:
    own = TimePass().name
    return tuple(
        (
            name,
            *(cell((paired_ratios if name == own else ratios)(rounds, name, quantity), "x") for _, rounds in measured),
        )
        for name in names
    )


def _remarks(measured: Sequence[tuple[Program, list[Round]]]) -> tuple[str, ...]:
    failures = tuple(
        f"{tool.name}, {program.name}: {failure}"
        for tool in RIVALS
        for program, rounds in measured
        if (failure := failure_of(rounds, tool.name))
    )
    through_a_script = tuple(
        f"{tool.name} runs no module: it ran pytest through a script that calls `pytest.main`"
        for tool in RIVALS
        if not tool.takes_modules
    )
    return failures + through_a_script


def _all_passes(bench: Bench, program: Program) -> Run:
    bench.say(f"{program.name}: all passes")
    return AllPasses().run(bench.machine, program)


def _whole_cells(bench: Bench, whole: Sequence[tuple[Program, Run]]) -> list[str]:
    found = []
    for program, run in whole:
        rounds = bench.measured[program.name]
        found.append(cell(ratios([{"plain": rounds[-1]["plain"], "all": [run]}], "all", cpu_s), "x"))
    return found
