"""Join the facts of a whole run over its processes. Pure."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from profiling.run_facts import AwaitUse, FileUse, LogUse, PatternUse, RunFacts, SerdeUse

PLACES_LIMIT = 256
"""Paths, and places of each kind, in the facts of a whole run; and patterns distinct at one place."""

_Part = TypeVar("_Part")


def both(one: RunFacts, other: RunFacts) -> RunFacts:
    """Join two processes: counts are added; tasks and patterns that both saw count twice."""
    return RunFacts(
        files=each(one.files, other.files, _files),
        serde=each(one.serde, other.serde, _serde),
        logging=each(one.logging, other.logging, _logging),
        patterns=each(one.patterns, other.patterns, _patterns),
        awaits=each(one.awaits, other.awaits, _awaits),
        gc_thresholds=tuple(sorted({*one.gc_thresholds, *other.gc_thresholds})),
    )


def bounded(run: RunFacts) -> RunFacts:
    """Return the paths and places that were used most, most used first."""
    return RunFacts(
        files=_most(run.files, lambda use: use.opens + use.write_opens + use.stats),
        serde=_most(run.serde, lambda use: use.calls),
        logging=_most(run.logging, lambda use: use.calls),
        patterns=_most(run.patterns, lambda use: use.calls),
        awaits=_most(run.awaits, lambda use: use.awaits),
        gc_thresholds=run.gc_thresholds[:PLACES_LIMIT],
    )


def added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return the sums, most frequent first."""
    sums = {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *other)}
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _most(uses: Mapping[str, _Part], weight: Callable[[_Part], int]) -> dict[str, _Part]:
    ranked = sorted(uses.items(), key=lambda item: (-weight(item[1]), item[0]))
    return dict(ranked[:PLACES_LIMIT])


def each(
    one: Mapping[str, _Part], other: Mapping[str, _Part], join: Callable[[_Part, _Part], _Part]
) -> dict[str, _Part]:
    """Join what two mappings hold under the same name."""
    joined = dict(one)
    for name, part in other.items():
        joined[name] = join(joined[name], part) if name in joined else part
    return joined


def _files(one: FileUse, other: FileUse) -> FileUse:
    return FileUse(
        opens=one.opens + other.opens,
        unchanged_opens=one.unchanged_opens + other.unchanged_opens,
        opened_bytes=one.opened_bytes + other.opened_bytes,
        write_opens=one.write_opens + other.write_opens,
        stats=one.stats + other.stats,
        unchanged_stats=one.unchanged_stats + other.unchanged_stats,
        lines=added(one.lines, other.lines),
    )


def _serde(one: SerdeUse, other: SerdeUse) -> SerdeUse:
    return SerdeUse(
        calls=one.calls + other.calls, of_dumped=one.of_dumped + other.of_dumped, repeats=one.repeats + other.repeats
    )


def _logging(one: LogUse, other: LogUse) -> LogUse:
    return LogUse(calls=one.calls + other.calls, disabled=one.disabled + other.disabled)


def _patterns(one: PatternUse, other: PatternUse) -> PatternUse:
    return PatternUse(
        calls=one.calls + other.calls,
        compiled=one.compiled + other.compiled,
        distinct=min(PLACES_LIMIT, one.distinct + other.distinct),
    )


def _awaits(one: AwaitUse, other: AwaitUse) -> AwaitUse:
    return AwaitUse(
        awaits=one.awaits + other.awaits,
        tasks=one.tasks + other.tasks,
        waited_s=one.waited_s + other.waited_s,
        max_in_flight=max(one.max_in_flight, other.max_in_flight),
        awaited_types=added(one.awaited_types, other.awaited_types),
    )
