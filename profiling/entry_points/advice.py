"""What to say of an entry point: what it does with its time, by which figures, and what to run beside what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from profiling.entry_points.judge import MOSTLY, Judged, Work, judge
from profiling.entry_points.kinds import Kinds
from profiling.entry_points.steps import named, steps_of
from profiling.facts import Facts
from profiling.formats.quantities import seconds_text
from profiling.profile import Profile

_SHOWN_SHARE = 0.05
"""Of the time of the longest entry point: what takes less is not worth a word."""
_MOST = 6
_ALL = 0.995
_NEXT = {
    Work.CPU_BOUND: "processes",
    Work.SLOW_IO: "asyncio",
    Work.FAST_IO: "threads",
    Work.MIXED: "split",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is said of one entry point.

    Attributes:
        name: of the function; file, line: where.
        work: what it does; towards: what that speaks for, empty where nothing is to be gained.
        evidence: the figures, one sentence.
        action: what to do, or why there is nothing to do.
        before, after: a sketch in words; empty where there is nothing to do.
    """

    name: str
    file: str
    line: int
    work: Work
    towards: str
    evidence: str
    action: str
    before: str = ""
    after: str = ""


def advices(profile: Profile, root: Path | None = None, facts: Facts | None = None) -> tuple[Advice, ...]:
    """Return what is said of the entry points of a workload, longest first; at most 6.

    Those of which nothing is known are left out, unless they are all.

    Args:
        profile: of it; of one made before entry points were recorded there is nothing to say.
        root: of the tree, to tell what lines wait for and which loops there are; None where there is none at hand.
        facts: recorded with it, to tell how often loops go round.
    """
    kinds = Kinds(root=root)
    longest_s = max((point.elapsed_s for point in profile.entry_points), default=0.0)
    judged = judge(profile.entry_points, kinds.of)
    notable = [one for one in judged if one.entry.elapsed_s >= _SHOWN_SHARE * longest_s > 0]
    known = [one for one in notable if one.work is not Work.UNKNOWN]
    return tuple(_advice(one, profile, kinds, facts) for one in (known or notable)[:_MOST])


def foremost(found: Sequence[Advice], most: int) -> tuple[Advice, ...]:
    """Return so many of the entry points at most, those with something to gain first.

    Args:
        found: longest first.
        most: how many.
    """
    return tuple(sorted(found, key=lambda one: not one.towards)[:most])


def headline(one: Advice) -> str:
    """Return one line of an entry point: its class, what that speaks for, and the first figure."""
    towards = f" → {one.towards}" if one.towards else ""
    return f"{one.name} ({one.file}:{one.line}): {one.work.value}{towards}: {one.evidence}"


def _advice(one: Judged, profile: Profile, kinds: Kinds, facts: Facts | None) -> Advice:
    steps = steps_of(one, profile, kinds, facts)
    key = one.entry.key
    return Advice(
        name=named(key),
        file=key.file,
        line=key.first_line,
        work=one.work,
        towards=_NEXT.get(one.work, "") if steps.after else "",
        evidence=_evidence(one, kinds),
        action=steps.action,
        before=steps.before,
        after=steps.after,
    )


def _evidence(one: Judged, kinds: Kinds) -> str:
    return "; ".join(part for part in (one.why, _share(one), _waits(one, kinds)) if part)


def _share(one: Judged) -> str:
    if one.work is Work.UNKNOWN or one.seconds <= 0:
        return ""
    error = max(one.error, 0.01)
    of = f"{seconds_text(one.seconds)}{' of its loop' if one.is_task else ''}"
    if one.share > 0.5:
        return f"waits {one.share:.0%} ± {error:.0%} of {of}"
    return f"computes {1 - one.share:.0%} ± {error:.0%} of {of}"


def _waits(one: Judged, kinds: Kinds) -> str:
    places = one.waits
    whole_s = sum(place.seconds for place in places)
    if not one.count or one.share < 1 - MOSTLY or whole_s <= 0:
        return ""
    first = places[0]
    share = f" ({first.seconds / whole_s:.0%} of it)" if first.seconds < _ALL * whole_s else ""
    waits = "1 wait" if one.count == 1 else f"{one.count} waits"
    awaited = f", up to {one.entry.at_once} at once" if one.entry.at_once > 1 else ""
    return (
        f"{waits} of about {seconds_text(one.typical_s)}{awaited}, mostly at"
        f" {named(first.key)} {first.key.file}:{first.line}{share} ({kinds.of(first).value})"
    )
