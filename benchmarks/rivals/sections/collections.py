"""Garbage collections: how many of them, and how much of their time, the time pass sees."""

from benchmarks.rivals.bench import Bench, failure_of, runs_of
from benchmarks.rivals.ours import TimePass
from benchmarks.rivals.program import Run
from benchmarks.rivals.table import Section, at_least, cell, spread_of

_BAR_PERCENT = 99.0


def measure(bench: Bench) -> tuple[Section, ...]:
    """Return the table."""
    own = TimePass()
    rounds = bench.measure(bench.catalogue.gc_timed, (), own)
    runs = runs_of(rounds, own.name)
    seen = spread_of([_seen_percent(run) for run in runs])
    paused = spread_of([_paused_percent(run) for run in runs])
    failure = failure_of(rounds, own.name)
    return (
        Section(
            title="Garbage collections",
            method=(
                "Seen: collections of the time pass over what `gc.get_stats()` counts as the program ends, in the same"
                " run; the missing ones came before the profiler did. Pauses: their sum (CPU of the collecting thread)"
                " over what the program's own `gc.callbacks`, called first and last, measure by the same clock in that"
                " run. No rival charges collections to functions."
            ),
            header=("tool", "collections seen", "pauses summed", "seen / counted, a run"),
            rows=((own.name, cell(seen, "%", 1), cell(paused, "%", 1), _counts(runs[-1]) if runs else "-"),),
            remarks=(failure,) if failure else (),
            findings=(
                at_least("collections seen, of `gc.get_stats()`", seen, _BAR_PERCENT, "%"),
                at_least("pauses summed, of the program's own", paused, _BAR_PERCENT, "%"),
            ),
        ),
    )


def _seen_percent(run: Run) -> float:
    assert run.profile is not None
    return 100 * sum(run.profile.gc.collections) / run.truth["collections"]


def _paused_percent(run: Run) -> float:
    assert run.profile is not None
    return 100 * run.profile.gc.pause_s / run.truth["pause_s"]


def _counts(run: Run) -> str:
    assert run.profile is not None
    return f"{sum(run.profile.gc.collections)} / {run.truth['collections']:.0f}"
