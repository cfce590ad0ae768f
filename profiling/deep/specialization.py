"""Say how well the interpreter could specialise the bytecode of the top functions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.deep.lines import requests
from profiling.deep.model import FunctionSpecialization, Instability, Specialization, UnstableInstruction
from profiling.deep.run import DeepRun
from profiling.deep.source_lines import SourceLines
from profiling.model import FunctionKey

HARNESS = "ratchet_specialization"
_FUNCTIONS = 10
_COST = 5.0
_SINCE = (3, 11)
_MISSES = 8
"""Of the 52 after which a form is given up: fewer may be a first call's."""
_WHAT = "while its bytecode was looked at"
_READING = (
    "specialisation: an instruction that never found a fast form works on types that differ from call to call, or does"
    " something that has none; one that changes forms or misses works on changing types"
)

Count = Annotated[int, Field(ge=0, le=2**31)]
_Row = tuple[Count, int, str, str, str | None, Count, Count, Count]
"""Function, line, instruction, operand, present form, failures, misses, forms."""


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    problem: str | None = None
    rows: tuple[_Row, ...]


def specialization(run: DeepRun) -> tuple[Specialization | None, tuple[str, ...]]:
    """Return the top functions' instructions, or None; and notes."""
    interpreter = run.workload.interpreter
    if interpreter.version[:2] < _SINCE or interpreter.implementation != "cpython":
        version = ".".join(map(str, interpreter.version))
        return None, (
            f"specialisation is CPython's from 3.11 on; the target runs {interpreter.implementation} {version}",
        )
    if interpreter.free_threaded:
        return None, ("specialisation is not read from free-threaded builds: they keep bytecode for every thread",)
    chosen = run.top(_FUNCTIONS)
    if not chosen:
        return None, ("no bytecode was looked at: no function of the project was seen to use CPU",)
    run.on_progress(f"looking at the bytecode of {len(chosen)} functions: at most {run.limit_s(_COST):.0f} s")
    outcome = run.injected(HARNESS, {"functions": requests(chosen)}, factor=_COST, what=_WHAT)
    source = SourceLines(root=run.workload.tree.root)
    functions = judged(outcome.reports, chosen, source)
    if not functions:
        return None, (
            *outcome.notes,
            "no bytecode was looked at: the top functions were gone, or never found, at the end",
        )
    return Specialization(functions=functions), (*outcome.notes, _READING)


def judged(
    reports: Iterable[Mapping[str, object]], keys: Sequence[FunctionKey], source: SourceLines
) -> tuple[FunctionSpecialization, ...]:
    """Judge every function by the process in which most of its instructions were warm.

    Args:
        reports: of the harness; those that are none are left out.
        keys: the functions by number.
        source: to quote lines from.
    """
    best: dict[int, FunctionSpecialization] = {}
    for raw in reports:
        try:
            rows = _Report.model_validate(raw).rows
        except (ValidationError, RecursionError):
            continue
        by_function: defaultdict[int, list[_Row]] = defaultdict(list)
        for row in rows:
            if row[0] < len(keys):
                by_function[row[0]].append(row)
        for number, own in by_function.items():
            found = _judge(keys[number], own, source)
            if number not in best or _warm(found) > _warm(best[number]):
                best[number] = found
    return tuple(best[number] for number in sorted(best))


def _judge(key: FunctionKey, rows: Sequence[_Row], source: SourceLines) -> FunctionSpecialization:
    unstable = [
        UnstableInstruction(
            line=line, text=source.text(key.file, line), instruction=base, operand=operand, instability=instability
        )
        for row in rows
        for _, line, base, operand, *_ in (row,)
        if (instability := _instability(row)) is not None
    ]
    cold = sum(1 for row in rows if _is_cold(row))
    return FunctionSpecialization(key=key, stable=len(rows) - cold - len(unstable), cold=cold, unstable=tuple(unstable))


def _instability(row: _Row) -> Instability | None:
    _, _, _, _, form, failures, misses, forms = row
    if forms > 1 or (form is None and forms):
        return Instability.CHANGES
    if form is None:
        return Instability.FAILED if failures else None
    return Instability.MISSES if misses >= _MISSES else None


def _is_cold(row: _Row) -> bool:
    _, _, _, _, form, failures, _, forms = row
    return form is None and not failures and not forms


def _warm(found: FunctionSpecialization) -> int:
    return found.stable + len(found.unstable)
