"""The boxes of an action plan's success: ticked by what was measured; without that they say what would measure it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from agents.scan.plan import Phase
from orchestrator.ledger.action_plan import Criterion, ItemState
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.effects import effect_line
from orchestrator.measures import LEAST_BUSY_SHARE, Busy, Measures, Sampled, Spread
from orchestrator.plan_figures import CacheAdded, Known
from orchestrator.policy.red_flags import GOOD_HIT_RATE, change_text, is_covered, ratio, red_flags
from profiling.collect.uncertainty import ENOUGH_SAMPLES, NONE_SEEN
from profiling.formats.lines import proportion_error, share_text
from profiling.model import Dimension

_LESS_TIME, _LESS_ENTRY_TIME, _FEWER_QUERIES, _LESS_WAITING = 0.80, 0.70, 0.50, 0.20
_MOST_LOGGING = 0.05
"""Of what was before, and of the workload's CPU time (docs/plan.md)."""
_SEEN_LOGGING = 0.01
"""Share of the CPU time from which on a profile shows logging."""
_AT_THE_END = "not measured yet: a session measures it at its end"
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Now over before, and what the errors of both allow."""

    ratio: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.ratio:.2f}x [{self.low:.2f}, {self.high:.2f}]"


def boxes(known: Known) -> Iterator[Criterion]:
    """Yield the boxes of a plan: those of any, then those of what it speaks of."""
    yield _time(known)
    yield _kept(
        "no kept change costs memory beyond its limit",
        known.standing,
        [one for one in known.standing if Dimension.PEAK_MIB in one.verdict.regressed],
    )
    yield _kept(
        "no test fails that did not fail before",
        known.standing,
        [one for one in known.standing if one.tests.failed > one.tests.failed_before],
    )
    yield from _coverage(known)
    yield _red_flags(known)
    yield from _caches(tuple(known.caches_added()))
    yield from _logging(known)
    yield from _queries(known)
    yield from _entries(known)
    yield from _concurrency(known)


def _time(known: Known) -> Criterion:
    text = "CPU time of the whole workload 20% less, base against head"
    paired = known.paired(Dimension.CPU_S)
    if paired is not None:
        return Criterion(text=text, is_met=paired.high <= _LESS_TIME, measured=effect_line(paired))
    changed = _changed(known)
    if changed is None:
        return Criterion(text=text, is_met=False, measured=known.headline or _AT_THE_END)
    first, last = changed
    told = f"{change_text(first.cpu_s, last.cpu_s)} over the sessions, not paired: optimize compare is exact"
    return Criterion(text=text, is_met=_is_less(first.cpu_s, last.cpu_s, _LESS_TIME), measured=told)


def _kept(text: str, standing: Sequence[ExperimentRecord], failing: Sequence[ExperimentRecord]) -> Criterion:
    if not standing:
        return Criterion(text=text, is_met=False, measured="nothing is kept yet")
    numbers = ", ".join(str(one.number) for one in failing)
    said = f"experiment {numbers}" if failing else f"{len(standing)} kept, none does"
    return Criterion(text=text, is_met=not failing, measured=said)


def _coverage(known: Known) -> Iterator[Criterion]:
    """Yield it unless there are no tests, which the figures say."""
    text = "the tests' coverage above 85%, or where it was"
    if known.span is None:
        yield Criterion(text=text, is_met=False, measured=_AT_THE_END)
    elif known.trend[-1].tests:
        before, now = (measures.coverage for measures in known.span)
        told = f"not measured: {now.why_not}"
        if now.percent is not None:
            told = f"{now.percent:.1f}%" if before.percent is None else f"{before.percent:.1f}% → {now.percent:.1f}%"
        is_met = now.percent is not None and is_covered(before.percent, now.percent)
        yield Criterion(text=text, is_met=is_met, measured=told)


def _red_flags(known: Known) -> Criterion:
    text = "no red flag stands: time, memory, tests, caches, coverage, complexity"
    changed = _changed(known)
    if changed is None:
        told = _AT_THE_END if known.span is None else "nothing to compare with yet: one tree was measured"
        return Criterion(text=text, is_met=False, measured=told)
    flags = red_flags(*changed)
    told = "; ".join(f"{flag.metric}: {flag.text}" for flag in flags) or "none from the first figures to the last"
    return Criterion(text=text, is_met=not flags, measured=told)


def _caches(added: Sequence[CacheAdded]) -> Iterator[Criterion]:
    if added:
        yield Criterion(
            text="hit rate above 80% for every cache that was added",
            is_met=all(one.lookups is not None and one.lookups.hit_rate > GOOD_HIT_RATE for one in added),
            measured="; ".join(map(_cache_text, added)),
        )


def _cache_text(one: CacheAdded) -> str:
    if one.lookups is None:
        return f"{one.name} not measured yet: a session does at its end, where the workload asks it"
    return f"{one.name} {one.lookups.hit_rate:.0%} hits of {one.lookups.hits + one.lookups.misses:,}"


def _logging(known: Known) -> Iterator[Criterion]:
    shares = [one.logging for one in known.seen if one.logging is not None]
    planned = any("logging" in entry.item.rule.split("-") for entry in known.entries)
    if not planned and (not shares or shares[0].share < _SEEN_LOGGING):
        return
    text = "logging below 5% of the workload's CPU time"
    if not shares:
        yield Criterion(text=text, is_met=False, measured="not measured yet: optimize profile, then optimize plan")
        return
    now = f"{_sampled(shares[-1])} by the newest profile"
    before = f"{_sampled(shares[0])} before, " if len(shares) > 1 else ""
    yield Criterion(text=text, is_met=_is_below(shares[-1], _MOST_LOGGING), measured=before + now)


def _queries(known: Known) -> Iterator[Criterion]:
    counts = [sum(asked.count for asked in one.queries.values()) for one in known.seen if one.queries is not None]
    if not counts or not counts[0]:
        return
    text = "repeated queries 50% fewer"
    if len(counts) == 1:
        told = f"{counts[0]} before; profile again and call optimize plan"
        yield Criterion(text=text, is_met=False, measured=told)
        return
    told = f"{counts[0]} before, {counts[-1]} now"
    yield Criterion(text=text, is_met=counts[-1] <= _FEWER_QUERIES * counts[0], measured=told)


def _entries(known: Known) -> Iterator[Criterion]:
    """Yield the time of what repeats the queries of the first figures, as profiles sampled it."""
    seen = [one for one in known.seen if one.queries is not None]
    asked = seen[0].queries if seen else None
    names = sorted({one.entry for one in asked.values() if one.entry in seen[0].busy}) if asked else []
    if not names:
        return
    text = "the time of what repeats queries 30% less"
    if len(seen) == 1:
        told = f"{_listed(names)}: profile again and call optimize plan"
        yield Criterion(text=text, is_met=False, measured=told)
        return
    changes = {name: _change(seen[0].busy[name], _busy(name, seen[-1])) for name in names}
    told = f"{_listed([f'{name} {change}' for name, change in changes.items()])}, one profile each"
    yield Criterion(text=text, is_met=all(one.high <= _LESS_ENTRY_TIME for one in changes.values()), measured=told)


def _concurrency(known: Known) -> Iterator[Criterion]:
    entries = [entry for entry in known.entries if entry.item.phase is Phase.CONCURRENCY]
    if not entries:
        return
    text = "work that waits more than 5 times faster"
    numbers = {entry.outcome.experiment for entry in entries if entry.outcome.state is ItemState.KEPT}
    kept = [record for record in known.standing if record.number in numbers]
    if not kept:
        yield Criterion(text=text, is_met=False, measured="nothing of this phase is kept yet: a session measures it")
        return
    compared = [record.comparisons.get(Dimension.WALL_S) for record in kept]
    told = [
        f"experiment {record.number} measured no wall time" if one is None else effect_line(one)
        for record, one in zip(kept, compared, strict=True)
    ]
    is_met = all(one is not None and one.high <= _LESS_WAITING for one in compared)
    yield Criterion(text=text, is_met=is_met, measured=_listed(told))


def _changed(known: Known) -> tuple[Measures, Measures] | None:
    """Return the earliest and the latest figures of the sessions where these are of two trees."""
    is_changed = bool(known.trend) and known.trend[0].tree != known.trend[-1].tree
    return known.span if is_changed else None


def _is_less(before: Spread, now: Spread, most: float) -> bool:
    found = ratio(before, now)
    return found is not None and found[2] <= most


def _is_below(one: Sampled, most: float) -> bool:
    if one.samples < ENOUGH_SAMPLES:
        return False
    return one.share + max(proportion_error(one.share, one.samples), NONE_SEEN / one.samples) < most


def _sampled(one: Sampled) -> str:
    return share_text(one.share, one.samples)


def _busy(name: str, measures: Measures) -> Busy:
    """Return the seconds of a function; of one that is not among those noted what that leaves."""
    return measures.busy.get(name, Busy(seconds=0.0, error_s=LEAST_BUSY_SHARE * measures.wall_s.high))


def _change(before: Busy, now: Busy) -> _Change:
    least_s, most_s = max(before.seconds - before.error_s, 0.0), before.seconds + before.error_s
    return _Change(
        ratio=now.seconds / before.seconds,
        low=max(now.seconds - now.error_s, 0.0) / most_s,
        high=(now.seconds + now.error_s) / least_s if least_s > 0 else inf,
    )


def _listed(texts: Sequence[str]) -> str:
    more = f"; and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "; ".join(texts[:_SHOWN]) + more
