"""How much of the CPU of child processes each profiler sees."""

from statistics import median

from benchmarks.rivals.bench import Bench, failure_of, runs_of
from benchmarks.rivals.ours import TimePass
from benchmarks.rivals.program import Run
from benchmarks.rivals.table import Section, at_least, cell, spread_of
from benchmarks.rivals.tools import CPROFILE, PY_SPY_CHILDREN, PYINSTRUMENT, SCALENE_CPU, YAPPI

_BAR_PERCENT = 95.0
_TOOLS = (CPROFILE, PYINSTRUMENT, SCALENE_CPU, YAPPI, PY_SPY_CHILDREN)


def measure(bench: Bench) -> tuple[Section, ...]:
    """Return the table."""
    own = TimePass()
    program = bench.catalogue.children
    rounds = bench.measure(program, _TOOLS, own)
    rows, remarks = [], []
    for tool in (own, *_TOOLS):
        runs = runs_of(rounds, tool.name)
        if failure := failure_of(rounds, tool.name):
            remarks.append(f"{tool.name}: {failure}")
        if runs:
            places = {place: median(seen_percent(run, place) for run in runs) for place in program.phases}
            total = spread_of([covered_percent(run) for run in runs])
            rows.append((tool.name, cell(total, "%", 0), *(f"{percent:.0f}" for percent in places.values())))
    accounted = spread_of([_accounted_percent(run) for run in runs_of(rounds, own.name)])
    return (
        Section(
            title="CPU of child processes",
            method=(
                "A program that works in itself, in a forked `Pool`, in spawned `ProcessPoolExecutor` workers and in a"
                " subprocess. Seen: seconds that a profiler's output charges to the function that works in each place,"
                " at most what the program's own thread clocks say in that run, over that. The last columns are"
                " medians in percent. CPU covered: of the processes that reported, over `wait4`; a helper process"
                " that nobody waits for (multiprocessing's resource tracker) can take that above 100%."
            ),
            header=("tool", "seen", *program.phases),
            rows=tuple(rows),
            remarks=tuple(remarks),
            findings=(
                at_least("CPU covered on a multiprocess program, of `wait4`", accounted, _BAR_PERCENT, "%"),
                at_least(
                    "likewise, charged to the functions that work",
                    spread_of([covered_percent(run) for run in runs_of(rounds, own.name)]),
                    _BAR_PERCENT,
                    "%",
                ),
            ),
        ),
    )


def seen_percent(run: Run, place: str) -> float:
    """Return how much of the CPU of one place was seen, in percent."""
    return 100 * min(run.seconds.get(place, 0.0), run.truth[place]) / run.truth[place]


def covered_percent(run: Run) -> float:
    """Return how much of the CPU of all places was seen, in percent; a surplus in one makes up for no other."""
    seen_s = sum(min(run.seconds.get(place, 0.0), known_s) for place, known_s in run.truth.items())
    return 100 * seen_s / sum(run.truth.values())


def _accounted_percent(run: Run) -> float:
    """Return the CPU of the processes that reported, of that of the whole group."""
    assert run.profile is not None
    return 100 * run.profile.cpu_covered_s / run.profile.time_pass.cpu_s
