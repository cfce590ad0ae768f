"""Time the lines of the top functions: by line_profiler where the target has it, by our own hooks else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.deep.model import FunctionLines, LineTime, LineTimes
from profiling.deep.run import DeepRun, Outcome
from profiling.deep.source_lines import SourceLines
from profiling.model import FunctionKey

OWN, LINE_PROFILER = "ratchet_lines", "ratchet_line_profiler"
_FUNCTIONS = 3
_COST = 60.0
"""Wall seconds of the run over plain: `sys.settrace` takes up to some 20 times on call-heavy programs."""
_WHAT = "while its lines were timed"

_Row = tuple[
    Annotated[int, Field(ge=0)],
    Annotated[int, Field(ge=1)],
    Annotated[int, Field(ge=0, le=2**62)],
    Annotated[float, Field(ge=0, le=1e9)],
]


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    how: str = Field(max_length=40)
    problem: str | None = None
    lines: tuple[_Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Hits and seconds by function and line, what timed them, and what it complained of."""

    rows: Mapping[tuple[int, int], tuple[int, float]]
    how: str
    problems: tuple[str, ...]


def lines(run: DeepRun) -> tuple[LineTimes | None, tuple[str, ...]]:
    """Return the lines of the functions asked for, else of the three with most CPU of their own, or None; and notes."""
    chosen = run.asked or run.top(_FUNCTIONS)
    if not chosen:
        return None, ("no lines were timed: no function of the project was seen to use CPU",)
    version = run.installed("line_profiler")
    notes: list[str] = []
    ratio = 0.0
    found: list[FunctionLines] = []
    if version is not None:
        ratio, timed = _run(run, LINE_PROFILER, chosen, notes)
        found = _functions(run, chosen, timed, f"line_profiler {version}")
    missing = [each for each in chosen if each not in {one.key for one in found}]
    if missing:
        if version is not None:
            names = ", ".join(each.qualname for each in missing)
            notes.append(f"line_profiler saw nothing of {names} (called once, or not at all): timed by our own hooks")
        own_ratio, timed = _run(run, OWN, missing, notes)
        ratio = max(ratio, own_ratio)
        found += _functions(run, missing, timed, timed.how)
    if not found:
        which = _named(run.asked) if run.asked else "the top functions"
        return None, (*notes, f"no lines were timed: {which} did not run")
    functions = tuple(sorted(found, key=lambda each: chosen.index(each.key)))
    idle = set(run.asked) - {each.key for each in found}
    notes += [f"did not run, so it has no times: {_named([each])}" for each in run.asked if each in idle]
    return LineTimes(cpu_ratio=ratio, functions=functions), (*notes, _distortion(ratio))


def merged(reports: Iterable[Mapping[str, object]]) -> Timed:
    """Add the lines of all processes; reports that are none are left out."""
    hits: defaultdict[tuple[int, int], int] = defaultdict(int)
    seconds: defaultdict[tuple[int, int], float] = defaultdict(float)
    problems: dict[str, None] = {}
    how = ""
    for raw in reports:
        try:
            report = _Report.model_validate(raw)
        except (ValidationError, RecursionError):
            continue
        how = report.how
        if report.problem is not None:
            problems[report.problem] = None
        for number, line, count, spent_s in report.lines:
            hits[number, line] += count
            seconds[number, line] += spent_s
    rows = {place: (count, seconds[place]) for place, count in hits.items()}
    return Timed(rows=rows, how=how, problems=tuple(problems))


def requests(functions: Sequence[FunctionKey]) -> list[list[object]]:
    """Return how harnesses are told of functions: file, first line, name."""
    return [[each.file, each.first_line, each.qualname.rpartition(".")[2]] for each in functions]


def _run(run: DeepRun, harness: str, chosen: Sequence[FunctionKey], notes: list[str]) -> tuple[float, Timed]:
    """Run with a harness; add what there is to say to the notes, and return its CPU over plain and the lines."""
    run.on_progress(f"timing the lines of {len(chosen)} functions: at most {run.limit_s(_COST):.0f} s")
    outcome: Outcome = run.injected(harness, {"functions": requests(chosen)}, factor=_COST, what=_WHAT)
    timed = merged(outcome.reports)
    notes += outcome.notes
    notes += [f"lines: {problem}" for problem in timed.problems]
    return run.cpu_ratio(outcome.finished.usage), timed


def _functions(run: DeepRun, chosen: Sequence[FunctionKey], timed: Timed, tool: str) -> list[FunctionLines]:
    source = SourceLines(root=run.workload.tree.root)
    by_function: defaultdict[FunctionKey, list[LineTime]] = defaultdict(list)
    for (number, line), (hits, seconds) in sorted(timed.rows.items()):
        if number < len(chosen):
            key = chosen[number]
            text = source.text(key.file, line)
            by_function[key].append(LineTime(line=line, hits=hits, seconds=seconds, text=text))
    return [
        FunctionLines(key=key, tool=tool, seconds=sum(line.seconds for line in each), lines=tuple(each))
        for key, each in by_function.items()
        if any(line.hits for line in each)
    ]


def _named(functions: Iterable[FunctionKey]) -> str:
    return ", ".join(f"{each.qualname} ({each.place})" for each in functions)


def _distortion(ratio: float) -> str:
    return (
        f"timing lines took {ratio:.1f} times the CPU of a plain run: lines that are run very often look dearer than"
        " they are; compare lines within a function, not with other figures"
    )
