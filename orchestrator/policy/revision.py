"""What after an experiment changes the plan, with the evidence that shows it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.policy.dimensions import percent
from orchestrator.policy.past import Past, discards_in_dimension
from orchestrator.policy.plateau import PIVOT_AFTER
from orchestrator.policy.verdict import Reason
from profiling.target import InteractionKind, Target

SHIFTED_SHARE = 0.10
"""The share of the workload's CPU by which the first target must have changed."""

SHIFTED_CORRELATION = 0.5
"""Rank correlation (Spearman) of the CPU shares below which the order counts as another one."""

_FEWEST_RANKED = 5


class TriggerKind(StrEnum):
    """Revision triggers (docs/deciding.md)."""

    INTERACTION = "interaction"
    COMPOUNDING = "compounding"
    PIVOT = "pivot"
    TRADEOFF = "tradeoff"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One trigger, and the line that tells it."""

    kind: TriggerKind
    text: str


def triggers(history: Sequence[Past], before: Sequence[Target], after: Sequence[Target]) -> tuple[Trigger, ...]:
    """Return what changes the plan now.

    Args:
        history: earlier experiments in order, the one just ended last.
        before: target table it was tried on; empty when it is not known.
        after: target table of the present base; the same when nothing was kept.
    """
    found = [*_interactions(before, after)]
    if history:
        found += [*_compounding(history[-1], after), *_flat(history), *_tradeoff(history[-1])]
    if history and history[-1].is_kept:
        found += _shift(before, after)
    return tuple(found)


def _interactions(before: Sequence[Target], after: Sequence[Target]) -> Iterator[Trigger]:
    known = {(*_name(target), kind) for target in before for kind in target.interactions}
    for target in after:
        new = [kind for kind in target.interactions if (*_name(target), kind) not in known]
        if new:
            text = f"interaction found: {', '.join(map(_words, new))} at {target.key.qualname} ({target.key.place})"
            yield Trigger(kind=TriggerKind.INTERACTION, text=text)


def _compounding(last: Past, after: Sequence[Target]) -> Iterator[Trigger]:
    """Name what the mechanism of a keep still has to give: other targets joined by the same interaction."""
    if not last.is_kept:
        return
    for kind in last.interactions:
        same = [target for target in after if kind in target.interactions and target.actionable]
        if same:
            where = ", ".join(target.key.qualname for target in same[:3])
            more = f" and {len(same) - 3} more" if len(same) > 3 else ""
            text = f"compounding: {_words(kind)} paid off ({percent(last.gain)} less); also at {where}{more}"
            yield Trigger(kind=TriggerKind.COMPOUNDING, text=text)
    if last.reason is Reason.COMPOUND and not last.interactions:
        across = [target for target in after if target.actionable and len(target.domains) > 1]
        if across:
            text = f"compounding: the last keep helped more than {last.dimension.value}; also across domains: "
            yield Trigger(kind=TriggerKind.COMPOUNDING, text=text + ", ".join(one.key.qualname for one in across[:3]))


def _flat(history: Sequence[Past]) -> Iterator[Trigger]:
    """Say it once for every three in a row, not after each further one."""
    dimension = history[-1].dimension
    streak = discards_in_dimension(history, dimension)
    if streak and streak % PIVOT_AFTER == 0:
        reasons = [past.reason.value for past in history if past.dimension is dimension][-streak:]
        text = f"{streak} discards in a row in {dimension.value} ({', '.join(dict.fromkeys(reasons))}): pivot"
        yield Trigger(kind=TriggerKind.PIVOT, text=text)


def _tradeoff(last: Past) -> Iterator[Trigger]:
    what = f"{last.name or last.dimension.value} ({percent(abs(last.gain))} {'less' if last.gain >= 0 else 'more'})"
    if last.reason is Reason.TRADEOFF:
        text = f"trade-off: {what} was kept at the cost of another dimension; look for a fix without it"
        yield Trigger(kind=TriggerKind.TRADEOFF, text=text)
    elif last.reason is Reason.REGRESSION and last.gain > 0:
        text = f"trade-off: {what} was discarded for what it costs elsewhere; another approach is needed"
        yield Trigger(kind=TriggerKind.TRADEOFF, text=text)


def _shift(before: Sequence[Target], after: Sequence[Target]) -> Iterator[Trigger]:
    """Compare the tables by CPU share; of those from too few samples only the first one's is looked at, and so told."""
    old = {_name(target): target for target in before if not target.uncertain}
    new = {_name(target): target for target in after if not target.uncertain}
    if not old or not new:
        return
    top = max(old.values(), key=lambda target: target.cpu_share)
    there = next((target for target in after if _name(target) == _name(top)), None)
    now = there.cpu_share if there is not None else 0.0
    if abs(top.cpu_share - now) >= SHIFTED_SHARE:
        about = "about " if there is not None and there.uncertain else ""
        text = f"profile shifted: {top.key.qualname} was {percent(top.cpu_share)} of the CPU, is {about}{percent(now)}"
        yield Trigger(kind=TriggerKind.SHIFT, text=f"{text}; the table is rebuilt")
        return
    common = sorted(old.keys() & new.keys())
    if len(common) < _FEWEST_RANKED:
        return
    same = rank_correlation([old[name].cpu_share for name in common], [new[name].cpu_share for name in common])
    if same < SHIFTED_CORRELATION:
        text = f"profile shifted: rank correlation {same:.2f} over {len(common)} targets; the table is rebuilt"
        yield Trigger(kind=TriggerKind.SHIFT, text=text)


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Spearman's rank correlation, ties ranked by their middle; 1.0 where one side does not vary.

    Args:
        first, second: values of the same things in the same order.
    """
    middle = (len(first) + 1) / 2
    x = [rank - middle for rank in _ranks(first)]
    y = [rank - middle for rank in _ranks(second)]
    spread = sum(a * a for a in x) * sum(b * b for b in y)
    return sum(a * b for a, b in zip(x, y, strict=True)) / math.sqrt(spread) if spread > 0 else 1.0


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) + 1) / 2 for value in values]


def _name(target: Target) -> tuple[str, str]:
    """Return what stays the same when lines move."""
    return target.key.file, target.key.qualname


def _words(kind: InteractionKind | str) -> str:
    return str(kind).replace("_", " ")
