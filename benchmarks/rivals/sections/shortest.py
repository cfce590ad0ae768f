"""The shortest run that a profiler still says something true of."""

from collections.abc import Mapping, Sequence

from benchmarks.rivals.bench import Bench
from benchmarks.rivals.ours import TimePass
from benchmarks.rivals.table import Finding, Section
from benchmarks.rivals.tools import (
    CPROFILE,
    PY_SPY,
    PY_SPY_FAST,
    PYINSTRUMENT,
    SCALENE,
    SCALENE_CPU,
    YAPPI,
    Tool,
)

_LENGTHS_MS = (25, 50, 100, 200, 400, 800, 2000)
_RUNS = 3
_TRUE = "hot"
_BAR_MS = 50
_TOOLS = (CPROFILE, PYINSTRUMENT, SCALENE_CPU, SCALENE, YAPPI, PY_SPY, PY_SPY_FAST)


def measure(bench: Bench) -> tuple[Section, ...]:
    """Return the table."""
    own = TimePass()
    own.run(bench.machine, bench.catalogue.short(_LENGTHS_MS[0]))
    rows, remarks = [], []
    shortest: dict[str, int | None] = {}
    for tool in (own, *_TOOLS):
        answers, failures = _until_right(bench, tool)
        remarks += [f"{tool.name}, {failures[0]}"] if failures else []
        last = list(answers)[-1]
        shortest[tool.name] = last if _is_right(answers[last]) else None
        told = "; ".join(f"{length} ms: {', '.join(names)}" for length, names in answers.items())
        rows.append((tool.name, f"{last} ms" if shortest[tool.name] else f"over {last} ms", told))
    ours = shortest[own.name]
    measured = f"over {_LENGTHS_MS[-1]} ms" if ours is None else f"{ours} ms, {_RUNS} of {_RUNS} runs"
    return (
        Section(
            title="The shortest run that is still told truly",
            method=(
                "A program of the given length after its start, three fifths of it in `hot`, the rest in `warm` and"
                f" `cool`, in turn; told truly when `hot` comes out on top in {_RUNS} of {_RUNS} runs. Lengths are"
                " tried upwards until that is so, and a length is left at the first run that names another or none."
            ),
            header=("tool", "shortest", "function on top"),
            rows=tuple(rows),
            remarks=tuple(remarks),
            findings=(
                Finding(
                    what="shortest run told truly",
                    bar=f"at most {_BAR_MS} ms",
                    measured=measured,
                    is_met=ours is not None and ours <= _BAR_MS,
                ),
            ),
        ),
    )


def top(seconds: Mapping[str, float]) -> str:
    """Return the function with the most seconds, `none` where there are none."""
    name = max(seconds, key=lambda each: seconds[each], default="none")
    return name if seconds.get(name) else "none"


def _until_right(bench: Bench, tool: Tool) -> tuple[dict[int, list[str]], list[str]]:
    """Return what was on top, by length up to the first that was told truly; and how runs failed."""
    answers: dict[int, list[str]] = {}
    failures: list[str] = []
    for length_ms in _LENGTHS_MS:
        bench.say(f"shortest run: {tool.name}, {length_ms} ms")
        answers[length_ms] = []
        while len(answers[length_ms]) < _RUNS and set(answers[length_ms]) <= {_TRUE}:
            run = tool.run(bench.machine, bench.catalogue.short(length_ms))
            answers[length_ms].append(top(run.seconds))
            failures += [f"{length_ms} ms: {run.failure}"] if run.failure else []
        if _is_right(answers[length_ms]):
            break
    return answers, failures


def _is_right(names: Sequence[str]) -> bool:
    return list(names) == [_TRUE] * _RUNS
