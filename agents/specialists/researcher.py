"""The researcher, embedded form: reads ahead what the source says of a target. It never edits and never profiles."""

from collections.abc import Callable, Iterator
from itertools import islice

from agents.model import Brief, Insight
from agents.scan.advice import remarks
from profiling.model import FunctionKey
from profiling.target import InteractionKind, Target

_MOST_OF_A_KIND = 3
_MUCH_MIB = 2.0
_COLLECTING_SHARE = 0.05
"""Share of the workload's CPU from which collections are worth a thought at whoever allocates."""

Researcher = Callable[[Brief], Insight | None]
"""Reads about a brief's target; None when there is nothing to say of it."""


def static_research(brief: Brief) -> Insight | None:
    """Return what source and profile say of a brief's target: what it does badly, who calls it, what was overlooked."""
    key = brief.target.key
    seen = _first(_antipatterns(brief))
    missed = "; ".join(_first(_missed(brief)))
    if not seen and not missed:
        return None
    return Insight(
        key=key,
        antipattern="; ".join(seen) or "none that a rule knows",
        evidence=key.place,
        callers=_callers(brief),
        interaction=missed,
    )


def _first(texts: Iterator[str]) -> list[str]:
    return list(islice(dict.fromkeys(texts), _MOST_OF_A_KIND))


def _antipatterns(brief: Brief) -> Iterator[str]:
    key = brief.target.key
    yield from (remark.text for remark in remarks(brief.tree, (key,)))
    facts = brief.paths.get(key)
    for op in facts.expensive if facts is not None else ():
        yield f"{op.callee} at {key.file}:{op.line} costs as {op.cost_class.value.replace('_', ' ')}"


def _callers(brief: Brief) -> str:
    facts = brief.paths.get(brief.target.key)
    if facts is None or not facts.callers:
        return "none that the source shows"
    names = ", ".join(f"{key.qualname} ({key.place})" for key in facts.callers[:_MOST_OF_A_KIND])
    more = len(facts.callers) - _MOST_OF_A_KIND
    loops = f"; at least {facts.calls_through_loops:.0f} calls a run" if facts.calls_through_loops > 1 else ""
    return f"{names}{f' and {more} more' if more > 0 else ''}{loops}"


def _missed(brief: Brief) -> Iterator[str]:
    """Yield mechanisms of which one side is seen here and no detector found both."""
    target, profile, facts = brief.target, brief.profile, brief.paths.get(brief.target.key)
    found = {one.kind for one in brief.interactions if one.key == target.key}
    share = profile.gc.pause_s / profile.cpu_sampled_s if profile.cpu_sampled_s > 0 else 0.0
    if target.memory_mib >= _MUCH_MIB and share >= _COLLECTING_SHARE and InteractionKind.ALLOCATION_GC not in found:
        yield (
            f"{target.memory_mib:.0f} MiB are allocated here while collections take {share:.0%} of the CPU: "
            "they may be started here"
        )
    if facts is None:
        return
    if InteractionKind.RECOMPUTATION not in found:
        yield from (f"{one.callee}({one.source}) is reached from {one.count} places" for one in facts.redundancy)
    neighbours = {*facts.callers, *facts.callees}
    yield from (_neighbour(one) for one in brief.table if _crosses_domains(one, neighbours))


def _crosses_domains(target: Target, neighbours: set[FunctionKey]) -> bool:
    return target.actionable and target.key in neighbours and (len(target.domains) > 1 or bool(target.interactions))


def _neighbour(target: Target) -> str:
    kinds = "+".join(one.value for one in target.interactions or target.domains)
    figures = f"{target.cpu_share:.0%} of CPU, {target.memory_mib:+.0f} MiB, {target.gc_s:.1f} s of collections"
    return f"{target.key.qualname} ({target.key.place}) next to it has {kinds}: {figures}"
