"""Merge the database statements of all processes and runs: those that one line asked again and again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from profiling.collect.reports import QueryRow, Run, TimeReport
from profiling.collect.source import Source
from profiling.model import FunctionKey
from profiling.profile import CallLine, RepeatedQuery

FEWEST = 5
"""So often one line must ask the same in one run."""

_MOST = 200
_NO_QUERIES = frozenset("BEGIN COMMIT END PRAGMA RELEASE ROLLBACK SAVEPOINT SET SHOW START".split())
"""They steer a transaction or a connection."""

_Place = tuple[FunctionKey, int, str]


@dataclass(slots=True, kw_only=True)
class _Seen:
    """One statement of one line in one run; the row is the one with most executions."""

    row: QueryRow
    report: TimeReport
    count: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0


def merge(runs: Sequence[Run], source: Source) -> tuple[RepeatedQuery, ...]:
    """Return what was asked five times or more in one run, most time first; seconds are means over runs.

    Args:
        runs: at least one.
        source: names the functions.
    """
    found: defaultdict[_Place, list[_Seen]] = defaultdict(list)
    for run in runs:
        for place, seen in _of_run(run, source).items():
            found[place].append(seen)
    repeated = [
        _query(place, seen, source) for place, seen in found.items() if max(one.count for one in seen) >= FEWEST
    ]
    return tuple(sorted(repeated, key=_order)[:_MOST])


def _of_run(run: Run, source: Source) -> dict[_Place, _Seen]:
    found: dict[_Place, _Seen] = {}
    for report, row in _rows(run):
        (number, line, _), *_ = row[0]
        place = (source.function(report.codes[number]), line, row[1])
        seen = found.setdefault(place, _Seen(row=row, report=report))
        _, _, _, _, count, timed, wall_s, cpu_s = row
        if count > seen.row[4]:
            seen.row, seen.report = row, report
        seen.count += count
        seen.wall_s += wall_s * count / max(timed, 1)
        seen.cpu_s += cpu_s * count / max(timed, 1)
    return found


def _rows(run: Iterable[TimeReport]) -> Iterator[tuple[TimeReport, QueryRow]]:
    for report in run:
        for row in report.queries:
            if row[0] and row[1].partition(" ")[0].rstrip(";").upper() not in _NO_QUERIES:
                yield report, row


def _query(place: _Place, seen: Sequence[_Seen], source: Source) -> RepeatedQuery:
    key, line, statement = place
    most = max(seen, key=lambda one: one.count)
    (_, _, column), *outer = most.row[0]
    codes = most.report.codes
    return RepeatedQuery(
        key=key,
        line=line,
        statement=statement,
        driver=most.row[2],
        library=most.row[3],
        count=most.count,
        wall_s=fmean(one.wall_s for one in seen),
        cpu_s=fmean(one.cpu_s for one in seen),
        callers=tuple(
            CallLine(key=source.function(codes[number]), line=at, column=where) for number, at, where in outer
        ),
        column=column,
    )


def _order(query: RepeatedQuery) -> tuple[float, int, FunctionKey, int, str]:
    return (-query.wall_s, -query.count, query.key, query.line, query.statement)
