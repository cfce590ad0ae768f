"""Which recorded figures tell an action plan's success: those of sessions, and of profiles of the same workload."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from orchestrator.ledger.action_plan import Baseline, Entry
from orchestrator.ledger.metrics import Moment, Point, by_method
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.measures import FileComplexity, Lookups, Measures
from profiling.comparison import Comparison
from profiling.model import Dimension

_CACHED = re.compile(r"\b(?:lru_)?cache(?:\([^()]*\))?\((?P<name>\w+)\)|@(?:\w+\.)*(?:lru_)?cache\b")
"""`lru_cache(maxsize=8)(name)` or `cache(name)`, with its name, and the decorator, whose function follows."""
_DEFINED = re.compile(r"\s*(?:async\s+)?def\s+(?P<name>\w+)")
_FILE = "+++ b/"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheAdded:
    """A cache that a kept change added, and what was asked of it at the end of its session; None where nothing was."""

    name: str
    lookups: Lookups | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is recorded of a plan.

    Attributes:
        entries: of the plan, with what became of them.
        standing: kept experiments that were not undone.
        trend: figures of sessions by one method, in the order taken; empty before a session has ended.
        baseline, now: the plan's own, of profiles.
        headline: of the last session as text, empty before there was one.
    """

    entries: tuple[Entry, ...]
    standing: tuple[ExperimentRecord, ...]
    trend: tuple[Point, ...]
    baseline: Baseline | None
    now: Baseline | None
    headline: str

    @property
    def span(self) -> tuple[Measures, Measures] | None:
        """Return the earliest and the latest figures of the sessions; None before one has ended.

        Complexity is noted of changed files alone, so it is put together over all sessions.
        """
        if not self.trend:
            return None
        first, last = self.trend[0].measures, self.trend[-1].measures
        noted = [point.measures.complexity for point in self.trend]
        return replace(first, complexity=_joined(noted[::-1])), replace(last, complexity=_joined(noted))

    @property
    def seen(self) -> tuple[Measures, ...]:
        """Return the figures of one workload, those of profiles of it too, in the order of their times."""
        profiles = [one for one in (self.baseline, self.now) if one is not None and one.measures is not None]
        if self.trend:
            profiles = [one for one in profiles if one.workload == self.trend[0].workload]
        every = [(point.at, point.measures) for point in self.trend]
        every += [(one.at, one.measures) for one in profiles if one.measures is not None]
        return tuple(measures for _, measures in sorted(every, key=lambda each: each[0]))

    def paired(self, dimension: Dimension) -> Comparison | None:
        """Return what was measured in pairs between the first tree of the sessions and the last; None where none was.

        That is one session's headline; the trees of later ones that changed nothing are its head's.
        """
        if not self.trend:
            return None
        bases = {point.session: point.tree for point in self.trend if point.moment is Moment.BASE}
        for point in self.trend:
            if (bases.get(point.session), point.tree) == (self.trend[0].tree, self.trend[-1].tree):
                return point.paired.get(dimension)
        return None

    def caches_added(self) -> Iterator[CacheAdded]:
        """Yield the caches of `functools` that kept changes added, as far as the diffs name their functions."""
        for record in self.standing:
            heads = [one for one in self.trend if (one.session, one.moment) == (record.session, Moment.HEAD)]
            asked: Mapping[str, Lookups] = (heads or self.trend)[-1].measures.caches if self.trend else {}
            for file, name in cached_in(record.diff):
                found = [known for known in asked if known == f"{file}:{name}" or _is_method(known, file, name)]
                for known in found or [f"{file}:{name}"]:
                    yield CacheAdded(name=known, lookups=asked.get(known))


def trend_of(points: Sequence[Point], baseline: Baseline | None) -> tuple[Point, ...]:
    """Return the figures that were added to last, of the baseline's workload where there are some of it."""
    groups = by_method(points)
    alike = [group for group in groups if baseline is not None and group[0].workload == baseline.workload]
    return (alike or groups or [()])[-1]


def cached_in(diff: str) -> Iterator[tuple[str, str]]:
    """Yield file and name of the functions that a unified diff puts under a cache of `functools`."""
    file, is_awaited = "", False
    for line in diff.splitlines():
        if line.startswith("+++"):
            file, is_awaited = line.removeprefix(_FILE).split("\t")[0], False
        elif line.startswith(("+", " ")):
            if is_awaited and (defined := _DEFINED.match(line[1:])) is not None:
                is_awaited = False
                yield file, defined["name"]
            found = _CACHED.search(line) if line.startswith("+") else None
            if found is not None and found["name"]:
                yield file, found["name"]
            is_awaited = is_awaited or (found is not None and not found["name"])


def _is_method(known: str, file: str, name: str) -> bool:
    return known.startswith(f"{file}:") and known.endswith(f".{name}")


def _joined(noted: Sequence[Mapping[str, FileComplexity]]) -> dict[str, FileComplexity]:
    """Return what was noted, the last of each file."""
    return {file: found for each in noted for file, found in each.items()}
