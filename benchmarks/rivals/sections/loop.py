"""What holds an event loop: computing or waiting, and what it costs to know."""

import re
from collections.abc import Sequence

from benchmarks.rivals.bench import Bench, Round, cpu_s, paired_ratios, ratios, runs_of
from benchmarks.rivals.ours import TimePass
from benchmarks.rivals.program import Run
from benchmarks.rivals.table import Finding, Section, Spread, at_most, cell, spread_of
from benchmarks.rivals.tools import Plain

_BAR_PERCENT = 10.0
_DEBUG = Plain(name="asyncio debug mode", env={"PYTHONASYNCIODEBUG": "1"})
_SLOW = re.compile(r"Executing <Task .*?coro=<(\w+)\(.* took ([\d.]+) seconds")


def measure(bench: Bench) -> tuple[Section, ...]:
    """Return the table."""
    own = TimePass()
    blocked = bench.measure(bench.catalogue.loop_block, (_DEBUG,), own)
    steps = bench.measure(bench.catalogue.loop_steps, (_DEBUG,), own)
    computing = _off(blocked, own.name, "cpu_blocker", "cpu")
    waiting = _off(blocked, own.name, "sleep_blocker", "blocked")
    wrong = _off(blocked, own.name, "sleep_blocker", "cpu")
    logged = [slow_callbacks(run.stderr) for run in runs_of(blocked, _DEBUG.name)]
    named = sum({"cpu_blocker", "sleep_blocker"} <= set(each) for each in logged)
    rows = (
        (
            own.name,
            f"{cell(computing, '%', 1)} off the truth",
            f"{cell(waiting, '%', 1)} off the truth",
            f"{cell(wrong, '%', 1)} of it called computing",
            cell(paired_ratios(blocked, own.name, cpu_s), "x"),
            cell(paired_ratios(steps, own.name, cpu_s), "x"),
        ),
        (
            _DEBUG.name,
            f"named in {named} of {len(logged)} runs, wall time alone",
            "the same words: it does not tell them apart",
            "-",
            cell(ratios(blocked, _DEBUG.name, cpu_s), "x"),
            cell(ratios(steps, _DEBUG.name, cpu_s), "x"),
        ),
    )
    return (
        Section(
            title="What holds the event loop",
            method=(
                "A loop held three times by computing (0.12 s of its thread's CPU) and three times by `time.sleep`"
                " (0.15 s); truth: what the coroutines themselves measure, in the same run. Bare steps: 180,000 times"
                " `asyncio.sleep(0)` and nothing else, the dearest case."
            ),
            header=("tool", "computing", "waiting", "waiting mistaken", "CPU, blocked loop", "CPU, bare steps"),
            rows=rows,
            findings=_findings(computing, waiting),
        ),
    )


def slow_callbacks(stderr: str) -> dict[str, float]:
    """Return the seconds that asyncio's debug mode logged, by coroutine."""
    found: dict[str, float] = {}
    for name, seconds in _SLOW.findall(stderr):
        found[name] = found.get(name, 0.0) + float(seconds)
    return found


def _off(rounds: Sequence[Round], name: str, coroutine: str, kind: str) -> Spread | None:
    """Return how far the seconds of a coroutine are off, in percent; of a sleeper's CPU: what share was called CPU."""
    return spread_of([_off_percent(run, coroutine, kind) for run in runs_of(rounds, name)])


def _off_percent(run: Run, coroutine: str, kind: str) -> float:
    assert run.profile is not None
    functions = [each for each in run.profile.functions if each.key.qualname == coroutine]
    seconds = sum(each.loop_cpu_s if kind == "cpu" else each.loop_blocked_s for each in functions)
    truth = run.truth[coroutine]
    is_mistaken = coroutine == "sleep_blocker" and kind == "cpu"
    return 100 * (seconds / truth if is_mistaken else abs(seconds / truth - 1))


def _findings(computing: Spread | None, waiting: Spread | None) -> tuple[Finding, ...]:
    return (
        at_most("loop held by computing, off the truth", computing, _BAR_PERCENT, "%", 1),
        at_most("loop held by waiting, off the truth", waiting, _BAR_PERCENT, "%", 1),
    )
