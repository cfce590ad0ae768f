"""Count objects by type before, at the highest heap and at the end."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.collect.classes import class_lines
from profiling.deep.model import Amount, ObjectCensus, TypeCount
from profiling.deep.run import DeepRun
from profiling.model import FunctionKey

HARNESS = "ratchet_census"
_COST = 5.0
_MOST_TYPES = 30
_WHAT = "while its objects were counted"
_LIMITS = (
    "objects: only what the garbage collector tracks (no strings, numbers, bytes), with shallow sizes; the peak is"
    " looked for every 20 ms, and to a quarter"
)

Count = Annotated[int, Field(ge=0, le=2**62)]
_Amount = tuple[Count, Count]


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    types: tuple[tuple[str, str, str | None, bool, _Amount, _Amount, _Amount | None], ...]
    objects: tuple[Count, Count, Count | None]
    cost_s: Annotated[float, Field(ge=0, le=1e9)]


def census(run: DeepRun) -> tuple[ObjectCensus | None, tuple[str, ...]]:
    """Return the objects of the process that had most of them, or None; and notes."""
    run.on_progress(f"counting objects: at most {run.limit_s(_COST):.0f} s")
    outcome = run.injected(HARNESS, {}, factor=_COST, what=_WHAT)
    found = largest(outcome.reports, run.workload.tree.root)
    if found is None:
        return None, (*outcome.notes, "no objects were counted: no Python process reported")
    return found, (*outcome.notes, _LIMITS)


def largest(reports: Iterable[Mapping[str, object]], root: Path) -> ObjectCensus | None:
    """Return the census of the process with most objects; reports that are none are left out.

    Args:
        reports: of the harness.
        root: of the tree, to find the lines of classes.
    """
    best: _Report | None = None
    for raw in reports:
        try:
            report = _Report.model_validate(raw)
        except (ValidationError, RecursionError):
            continue
        if best is None or report.objects[1] > best.objects[1]:
            best = report
    if best is None:
        return None
    types = sorted(_types(best, root), key=lambda each: (-each.peak.size_bytes, -each.peak.objects, each.name))
    start, peak, end = best.objects
    return ObjectCensus(start=start, peak=peak, end=end, cost_s=best.cost_s, types=tuple(types[:_MOST_TYPES]))


def _types(report: _Report, root: Path) -> Iterable[TypeCount]:
    lines: dict[str, Mapping[str, int]] = {}
    for module, name, file, has_dict, start, peak, end in report.types:
        if file is not None and file not in lines:
            lines[file] = class_lines(root, file)
        yield TypeCount(
            name=name if module in ("builtins", "") else f"{module}.{name}",
            key=None if file is None else FunctionKey(file=file, first_line=lines[file].get(name, 1), qualname=name),
            has_dict=has_dict,
            start=_amount(start),
            peak=_amount(peak),
            end=None if end is None else _amount(end),
        )


def _amount(pair: _Amount) -> Amount:
    return Amount(objects=pair[0], size_bytes=pair[1])
