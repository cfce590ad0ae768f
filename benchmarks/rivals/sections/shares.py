"""How far each profiler's shares of CPU are from the truth."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.rivals.bench import Bench, failure_of, runs_of
from benchmarks.rivals.ours import TimePass
from benchmarks.rivals.table import Section, at_most, cell, spread_of
from benchmarks.rivals.tools import RIVALS, Tool

_BAR_POINTS = 5.0


def measure(bench: Bench) -> tuple[Section, ...]:
    """Return the table."""
    own = TimePass()
    program = bench.catalogue.call_heavy
    rounds = bench.measure(program, RIVALS, own)
    plain = [shares(run.truth, program.phases) for run in runs_of(rounds, "plain")]
    truth = {phase: median(each[phase] for each in plain) for phase in program.phases}
    rows = [("truth", "-", *_percent(truth))]
    remarks: list[str] = []
    errors = {}
    rows.append(
        (
            "a plain run against the median of all",
            cell(spread_of([misattributed(each, truth) for each in plain]), " pp", 1),
            *_percent(truth),
        )
    )
    tools: tuple[Tool, ...] = (own, *RIVALS)
    for tool in tools:
        found = [shares(run.seconds, program.phases) for run in runs_of(rounds, tool.name) if sum(run.seconds.values())]
        if not found:
            remarks.append(f"{tool.name}: {failure_of(rounds, tool.name) or 'reports no CPU by function'}")
            continue
        errors[tool.name] = spread_of([misattributed(each, truth) for each in found])
        middle = {phase: median(each[phase] for each in found) for phase in program.phases}
        rows.append((tool.name, cell(errors[tool.name], " pp", 1), *_percent(middle)))
    return (
        Section(
            title="CPU shares that are wrong",
            method=(
                "Share of CPU, callees included, that is charged to another of the program's six phases than to the one"
                " that used it (half the sum of the absolute differences), in percentage points. Truth: its own"
                " thread clock in the plain runs. The phases' columns are medians in percent."
            ),
            header=("tool", "misattributed", *program.phases),
            rows=tuple(rows),
            remarks=tuple(remarks),
            findings=(at_most("misattributed CPU, call-heavy", errors.get(own.name), _BAR_POINTS, " pp", 1),),
        ),
    )


def shares(seconds: Mapping[str, float], phases: Sequence[str] | Mapping[str, object]) -> dict[str, float]:
    """Return the share of each phase in all of them; their sum must be above 0."""
    total = sum(seconds.get(phase, 0.0) for phase in phases)
    return {phase: seconds.get(phase, 0.0) / total for phase in phases}


def misattributed(found: Mapping[str, float], truth: Mapping[str, float]) -> float:
    """Return the percentage points that are charged to a wrong phase."""
    return 50 * sum(abs(found[phase] - share) for phase, share in truth.items())


def _percent(found: Mapping[str, float]) -> list[str]:
    return [f"{100 * share:.1f}" for share in found.values()]
