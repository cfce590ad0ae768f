"""What a runner reports of the bodies it ran: read, and checked to be possible."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from profiling.measure.suites.allotment import UnitCost

Report = Mapping[str, object]
_FIGURES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """The sum of all bodies of one run.

    Attributes:
        count: how many there were.
        cpu_s: of the process and of children waited for, in them.
        wall_s, queued_s: wall seconds in them, and of these in the run queue.
        gc_collections, gc_s: in them.
        units: of benchmarks whose calls are not set yet, the cost of one.
    """

    count: int
    cpu_s: float
    wall_s: float
    queued_s: float
    gc_collections: float
    gc_s: float
    units: Mapping[str, UnitCost]


def read(reports: Iterable[Report]) -> Bodies | None:
    """Return the bodies of a run, of the process that ran most of them; None when none ran any."""
    found = [bodies for bodies in map(_bodies, reports) if bodies is not None]
    return max(found, key=lambda bodies: bodies.count, default=None)


def _bodies(report: Report) -> Bodies | None:
    """Return one process's bodies; a report is the target's output, so anything may stand in it."""
    count, figures = report.get("bodies"), report.get("figures")
    if not isinstance(count, int) or count <= 0 or not isinstance(figures, list) or len(figures) != _FIGURES:
        return None
    cpu_s, wall_s, queued_s, collections, gc_s = map(_number, figures)
    return Bodies(
        count=count,
        cpu_s=cpu_s,
        wall_s=wall_s,
        queued_s=queued_s,
        gc_collections=collections,
        gc_s=gc_s,
        units=_units(report.get("units")),
    )


def _units(value: object) -> dict[str, UnitCost]:
    """Return the costs of calls: pytest-benchmark's are numbers, asv's come with the number of calls declared."""
    found = {}
    for name, entry in value.items() if isinstance(value, dict) else ():
        parts = entry if isinstance(entry, list) else [entry]
        number = int(min(_number(parts[1]), 1e9)) if len(parts) > 1 else 0
        found[str(name)] = UnitCost(call_s=_number(parts[0]) if parts else 0.0, number=number)
    return found


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, float(value))
