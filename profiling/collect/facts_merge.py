"""Join the facts of several processes. Pure."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from profiling.collect import run_facts_merge
from profiling.collect.run_facts_merge import added, each
from profiling.facts import ClassFacts, ContainerFacts, ExpressionFacts, Facts, FunctionFacts, LoopFacts

DISTINCT_LIMIT = 4096
"""Distinct arguments and receivers are counted up to here, in one process as in all."""


def merge(several: Iterable[Facts]) -> Facts:
    """Join the facts of several processes.

    Counts are added, largest values kept, and what was always so must have been so in each. Distinct arguments and
    receivers are added too, up to 4096: those that two processes share count twice. Results of the same arguments in
    two processes are not compared. Most instances alive are those of one process.
    """
    whole = Facts()
    for facts in several:
        whole = Facts(
            functions=each(whole.functions, facts.functions, _both_functions),
            loops=each(whole.loops, facts.loops, _both_loops),
            expressions=each(whole.expressions, facts.expressions, _both_expressions),
            classes=each(whole.classes, facts.classes, _both_classes),
            containers=each(whole.containers, facts.containers, _both_containers),
            run=run_facts_merge.both(whole.run, facts.run),
            notes=tuple(dict.fromkeys([*whole.notes, *facts.notes])),
        )
    return replace(whole, run=run_facts_merge.bounded(whole.run))


def _both_functions(one: FunctionFacts, other: FunctionFacts) -> FunctionFacts:
    opened = added(one.opened_files, other.opened_files)
    return FunctionFacts(
        id=one.id,
        calls=one.calls + other.calls,
        distinct_arguments=min(DISTINCT_LIMIT, one.distinct_arguments + other.distinct_arguments),
        keyable_calls=one.keyable_calls + other.keyable_calls,
        consistent=one.consistent and other.consistent,
        consistent_by_receiver=one.consistent_by_receiver and other.consistent_by_receiver,
        receivers=min(DISTINCT_LIMIT, one.receivers + other.receivers),
        argument_types=each(one.argument_types, other.argument_types, added),
        result_types=added(one.result_types, other.result_types),
        results_immutable=one.results_immutable and other.results_immutable,
        raised=one.raised + other.raised,
        max_depth=max(one.max_depth, other.max_depth),
        opened_files=opened,
        written_files=min(len(opened), one.written_files + other.written_files),
        argument_sizes=each(one.argument_sizes, other.argument_sizes, _binned),
        receiver_types=added(one.receiver_types, other.receiver_types),
        keywords=added(one.keywords, other.keywords),
        exceptions=added(one.exceptions, other.exceptions),
        results_watched=one.results_watched + other.results_watched,
        results_mutated=one.results_mutated + other.results_mutated,
    )


def _both_loops(one: LoopFacts, other: LoopFacts) -> LoopFacts:
    return LoopFacts(
        id=one.id,
        entries=one.entries + other.entries,
        trips=one.trips + other.trips,
        max_trips=max(one.max_trips, other.max_trips),
        entries_by_trips=_binned(one.entries_by_trips, other.entries_by_trips),
        inner_trips=added(one.inner_trips, other.inner_trips),
        max_inner_trips=each(one.max_inner_trips, other.max_inner_trips, max),
    )


def _both_expressions(one: ExpressionFacts, other: ExpressionFacts) -> ExpressionFacts:
    lengths = [length for length in (one.max_len, other.max_len) if length is not None]
    return ExpressionFacts(
        id=one.id,
        evaluations=one.evaluations + other.evaluations,
        types=added(one.types, other.types),
        max_len=max(lengths, default=None),
        total_len=one.total_len + other.total_len,
        elements_hashable=one.elements_hashable and other.elements_hashable,
        loop_entries=one.loop_entries + other.loop_entries,
        changed_entries=one.changed_entries + other.changed_entries,
        distinct=_known(one.distinct, other.distinct, operator.add),
    )


def _both_classes(one: ClassFacts, other: ClassFacts) -> ClassFacts:
    subclasses = {**one.subclasses, **other.subclasses}
    return ClassFacts(
        id=one.id,
        created=_known(one.created, other.created, operator.add),
        peak_alive=_known(one.peak_alive, other.peak_alive, max),
        set_in_init=added(one.set_in_init, other.set_in_init),
        set_elsewhere=added(one.set_elsewhere, other.set_elsewhere),
        read=added(one.read, other.read),
        in_dict=tuple(sorted({*one.in_dict, *other.in_dict})),
        reflected=added(one.reflected, other.reflected),
        weakly_referenced=one.weakly_referenced or other.weakly_referenced,
        pickled_or_copied=one.pickled_or_copied or other.pickled_or_copied,
        subclasses={name: subclasses[name] for name in sorted(subclasses)},
        hash_calls=_known(one.hash_calls, other.hash_calls, operator.add),
        eq_calls=_known(one.eq_calls, other.eq_calls, operator.add),
    )


def _both_containers(one: ContainerFacts, other: ContainerFacts) -> ContainerFacts:
    lengths = [length for length in (one.max_size, other.max_size) if length is not None]
    return ContainerFacts(
        id=one.id,
        made=one.made + other.made,
        followed=one.followed and other.followed,
        operations=added(one.operations, other.operations),
        max_size=max(lengths, default=None),
        sizes=_binned(one.sizes, other.sizes),
        element_types=added(one.element_types, other.element_types),
        elements_hashable=one.elements_hashable and other.elements_hashable,
    )


def _known(one: int | None, other: int | None, both: Callable[[int, int], int]) -> int | None:
    """Join two numbers; what one process could not see is not known."""
    return None if one is None or other is None else both(one, other)


def _binned(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    """Return the sums, the smallest bin first."""
    return {size: one.get(size, 0) + other.get(size, 0) for size in sorted({*one, *other})}
