"""What `optimize metrics` tells: a trend for each method, its points in order, changes with what their runs allow."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from orchestrator.cli.observation import width
from orchestrator.ledger import metrics
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.metrics import Point
from orchestrator.live.events import JsonValue
from orchestrator.live.plain_text import one_line
from orchestrator.measures import Measures, Spread
from orchestrator.policy.red_flags import RedFlag, change_text, ratio, red_flags
from profiling.formats.columns import NOTHING, Column, table_lines

_MOST_CALLS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """A red flag, and between which two points it was raised."""

    before: Point
    after: Point
    flag: RedFlag


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Points that may be compared: of one workload, interpreter and machine, in the order taken.

    Attributes:
        points: at least one.
        flags: of each against the one before it.
    """

    points: tuple[Point, ...]
    flags: tuple[Flagged, ...]


def look(root: Path) -> tuple[Trend, ...]:
    """Return the trends of a repository, the one that was added to last at the end.

    Raises:
        orchestrator.errors.RecordsDamaged: what was noted can't be read.
    """
    groups = metrics.by_method(metrics.read(Layout(root=root).metrics))
    return tuple(Trend(points=points, flags=tuple(_flags(points))) for points in groups)


def as_lines(trends: Sequence[Trend]) -> tuple[str, ...]:
    """Return them for a person."""
    if not trends:
        return ("nothing is noted yet: a session notes its figures at its end", "next: optimize")
    columns = width()
    lines: list[str] = []
    for trend in trends:
        lines += [*([""] if lines else []), *_trend(trend, columns)]
    if len(trends) > 1:
        lines += ["", f"{len(trends)} trends: figures of other workloads, interpreters or machines don't compare"]
    return tuple(lines)


def as_json(trends: Sequence[Trend]) -> str:
    """Return them for a program."""
    found: list[JsonValue] = [
        {
            "workload": trend.points[0].workload,
            "environment": dict(trend.points[0].environment),
            "points": [asdict(point) for point in trend.points],
            "change": _change(trend.points[0].measures, trend.points[-1].measures),
            "red_flags": [
                {
                    "metric": each.flag.metric,
                    "text": each.flag.text,
                    "from": each.before.commit,
                    "to": each.after.commit,
                    "session": each.after.session,
                }
                for each in trend.flags
            ],
        }
        for trend in trends
    ]
    return json.dumps({"trends": found}, indent=2)


def _flags(points: Sequence[Point]) -> Iterator[Flagged]:
    for before, after in pairwise(points):
        for flag in red_flags(before.measures, after.measures):
            yield Flagged(before=before, after=after, flag=flag)


def _trend(trend: Trend, columns: int) -> Iterator[str]:
    first, last = trend.points[0], trend.points[-1]
    sessions = len({point.session for point in trend.points})
    yield one_line(f"[metrics] {first.workload}: {sessions} {'session' if sessions == 1 else 'sessions'}")
    where = first.environment
    told = one_line(f"Python {where.get('python', '?')}, {where.get('processor', '?')}, {where.get('system', '?')}")
    yield f"  {told}"
    yield from table_lines(_table(trend.points), columns)
    if len(trend.points) > 1:
        yield f"first to last: CPU {change_text(first.measures.cpu_s, last.measures.cpu_s)}"
        yield f"               memory {change_text(first.measures.peak_rss_mib, last.measures.peak_rss_mib)}"
        yield "  in brackets what the extremes of the plain runs allow; they were not paired: optimize compare is exact"
    yield from _calls(first.measures, last.measures)
    yield from _caches(last.measures)
    if last.measures.coverage.percent is None:
        yield one_line(f"coverage: not measured: {last.measures.coverage.why_not}")
    yield from _red(trend.flags)


def _table(points: Sequence[Point]) -> tuple[Column, ...]:
    rows = [point.measures for point in points]
    return (
        Column(title="session", rows=tuple(f"{one_line(each.session)} {each.moment}" for each in points), align="left"),
        Column(title="at", rows=tuple(each.at[:16] for each in points), align="left", leaves=5),
        Column(title="commit", rows=tuple(each.commit[:10] for each in points), align="left", leaves=4),
        Column(title="CPU s", rows=tuple(_spread(each.cpu_s) for each in rows)),
        Column(title="wall s", rows=tuple(_spread(each.wall_s) for each in rows), leaves=3),
        Column(title="peak MiB", rows=tuple(_spread(each.peak_rss_mib) for each in rows)),
        Column(title="tests", rows=tuple(_tests(each) for each in rows), leaves=1),
        Column(title="coverage", rows=tuple(_percent(each) for each in rows), leaves=2),
    )


def _spread(found: Spread) -> str:
    return f"{found.middle:.3g} [{found.low:.3g}, {found.high:.3g}]"


def _tests(found: Measures) -> str:
    if not found.tests_passed + found.tests_failed:
        return NOTHING
    return f"{found.tests_passed} passed" + (f", {found.tests_failed} failed" if found.tests_failed else "")


def _percent(found: Measures) -> str:
    return NOTHING if found.coverage.percent is None else f"{found.coverage.percent:.1f}%"


def _calls(first: Measures, last: Measures) -> Iterator[str]:
    """Tell the calls of the top functions, which are exact, where they changed or not."""
    for name, calls in list(last.calls.items())[:_MOST_CALLS]:
        before = first.calls.get(name)
        changed = "" if before is None or before == calls else f" ({before:,} at first)"
        yield one_line(f"calls: {name} {calls:,}{changed}")


def _caches(last: Measures) -> Iterator[str]:
    for name, found in last.caches.items():
        yield one_line(f"cache: {name} {found.hit_rate:.0%} hits of {found.hits + found.misses:,}")


def _red(flags: Sequence[Flagged]) -> Iterator[str]:
    if not flags:
        yield "red flags: none"
        return
    yield "red flags:"
    for each in flags:
        told = f"{each.flag.metric}, {each.before.commit[:10]} to {each.after.commit[:10]}: {each.flag.text}"
        yield f"  {one_line(told)}"


def _change(first: Measures, last: Measures) -> dict[str, JsonValue]:
    """Return first against last: the ratio and what the extremes of the runs allow."""
    pairs = {"cpu_s": (first.cpu_s, last.cpu_s), "peak_rss_mib": (first.peak_rss_mib, last.peak_rss_mib)}
    found: dict[str, JsonValue] = {}
    for name, (before, after) in pairs.items():
        each = ratio(before, after)
        found[name] = None if each is None else {"ratio": each[0], "low": each[1], "high": each[2]}
    return found
