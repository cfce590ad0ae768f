"""The reports of the time and memory harnesses as types; they come from the target, so nothing in them is trusted."""

from collections.abc import Iterable, Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.profile import Collector

Seconds = Annotated[float, Field(ge=0, le=1e9)]
Count = Annotated[int, Field(ge=0, le=2**62)]
Number = Annotated[int, Field(ge=0)]
CodeRow = tuple[str, int, str, str | None, int]
"""File relative to the root, first line, name, qualified name (3.11+), flags."""
StackRow = tuple[str, tuple[Number, ...], str | None, Seconds, Seconds, Count, Count, Seconds]
"""Thread, functions (innermost first), library, CPU and wall seconds, samples with CPU, resident growth, waiting."""
GcStackRow = tuple[str, tuple[Number, ...], str | None, Seconds, Count]
"""Thread, functions (innermost first), library, pause in seconds, collections."""
OwnedRow = tuple[str, tuple[Number, ...], str | None, Count]
"""Thread, functions (innermost first), library, bytes that the heap's peak rose by."""
_Place = Annotated[int, Field(ge=0, le=2**31)]
WaitRow = tuple[Number, _Place, str | None, Seconds, Seconds]
"""Function, line, library, seconds waited, those with a loop's callback under way."""
_Name = Annotated[str, Field(max_length=100)]
QueryRow = tuple[
    tuple[tuple[Number, _Place, _Place | None], ...],
    Annotated[str, Field(max_length=240)],
    _Name,
    _Name | None,
    Count,
    Count,
    Seconds,
    Seconds,
]
"""Functions, lines, columns (innermost first), shape of the statement, driver, library, executions, timed, seconds."""
LoopRow = tuple[Number, Seconds, Seconds, Seconds, Seconds]
"""Coroutine, CPU and blocked seconds on a loop, the longest at once, those with other callbacks ready."""
LengthRow = tuple[Annotated[int, Field(ge=-64, le=64)], Count, Seconds, Seconds]
"""Waits of one length: power of two of their microseconds, how many, seconds, those with other threads running."""
TurnRow = tuple[str, tuple[Number, ...], str | None, Seconds, Count]
"""Thread, functions (innermost first), library, CPU seconds beside other threads, how often it got a core for them."""
RestRow = tuple[str, tuple[Number, ...], str | None, Annotated[int, Field(ge=0, le=2**31)], tuple[LengthRow, ...]]
"""Thread, functions (innermost first), library, line of the innermost, waits."""
AwaitRow = tuple[Number, Count, Number, Annotated[int, Field(ge=0, le=2**31)], tuple[LengthRow, ...]]
"""Coroutine that tasks run, most of them that waited at once, function and line they waited at, waits."""
ImportRow = tuple[str, str | None, float, Seconds, str | None, int | None]
"""Module, file, own seconds, total seconds, importing file and line."""


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    codes: tuple[CodeRow, ...]
    pid: int
    ppid: int
    argv0: str = ""
    hook_errors: Count = 0


class GcReport(BaseModel):
    """Collections of one process: seen by the callback, counted by the interpreter, charged to stacks."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    generations: tuple[Count, Count, Count]
    counted: tuple[Count, ...]
    pause_s: Seconds
    max_pause_s: Seconds
    threshold: tuple[int, int, int]
    collector: Collector = "generational"
    stacks: tuple[GcStackRow, ...]


class TimeReport(_Report):
    """One process of the time pass."""

    stacks: tuple[StackRow, ...]
    waits: tuple[WaitRow, ...] = ()
    rests: tuple[RestRow, ...] = ()
    turns: tuple[TurnRow, ...] = ()
    switch_interval_s: Seconds = 0.005
    awaits: tuple[AwaitRow, ...] = ()
    loops: tuple[tuple[Seconds, Seconds, Seconds], ...] = ()
    began_s: float = 0.0
    ended_s: float = 0.0
    samples: Count
    cpu_s: Seconds
    thread_clocks: bool
    gc: GcReport
    imports: tuple[ImportRow, ...]
    project_imports: Count
    loop: tuple[LoopRow, ...]
    queries: tuple[QueryRow, ...] = ()
    free_threaded: bool


class MemoryReport(_Report):
    """One process of the memory pass."""

    peaks: tuple[tuple[Number, Count], ...]
    owned: tuple[OwnedRow, ...]
    live: tuple[tuple[str, int, Count], ...] | None
    peak_bytes: Count
    ticks: Count
    stopped_because: str | None
    tasks: tuple[tuple[Count, Count, Count], ...] = ()
    classes: tuple[tuple[str, str, Count, Count], ...] = ()
    imports: tuple[tuple[str, Count], ...] = ()


_Kind = TypeVar("_Kind", bound=_Report)

Run = tuple[TimeReport, ...]
"""The processes of one run of the time pass."""


def time_reports(raw: Iterable[Mapping[str, object]]) -> Run:
    """Return the well-formed reports of one run of the time pass."""
    return tuple(report for value in raw if (report := _parsed(TimeReport, value)) is not None and _whole(report))


def memory_reports(raw: Iterable[Mapping[str, object]]) -> tuple[MemoryReport, ...]:
    """Return the well-formed reports of the memory pass."""
    return tuple(
        report for value in raw if (report := _parsed(MemoryReport, value)) is not None and _whole_memory(report)
    )


def _parsed(kind: type[_Kind], value: Mapping[str, object]) -> _Kind | None:
    try:
        return kind.model_validate(value)
    except (ValidationError, RecursionError):
        return None


def _whole(report: TimeReport) -> bool:
    """Say whether every function number in it has a row."""
    count = len(report.codes)
    stacks = (*(row[1] for row in report.stacks), *(row[1] for row in report.gc.stacks))
    asked = (tuple(number for number, *_ in row[0]) for row in report.queries)
    awaited = ((row[0], row[2]) for row in report.awaits)
    rests = (*(row[1] for row in report.rests), *(row[1] for row in report.turns))
    return _within((*stacks, *asked, *awaited, *rests), count) and all(
        row[0] < count for row in (*report.loop, *report.waits)
    )


def _whole_memory(report: MemoryReport) -> bool:
    count = len(report.codes)
    return _within((row[1] for row in report.owned), count) and all(number < count for number, _ in report.peaks)


def _within(stacks: Iterable[tuple[int, ...]], count: int) -> bool:
    return all(number < count for stack in stacks for number in stack)
