"""When a gain is not believed: from what a fix says and how its run behaved to one reason. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from orchestrator.policy.dimensions import formula
from orchestrator.policy.patch_reading import Tell
from orchestrator.policy.tells import Mechanism
from profiling.comparison import Comparison, Measurement
from profiling.measure.call_evidence import CallEvidence
from profiling.measure.conduct import Conduct
from profiling.measure.integrity import Change

IMPLAUSIBLE_GAIN = 50.0
"""From this factor on a gain is measured again before it is believed (docs/deciding.md)."""

_FEWEST = 3
"""Pairs of calls without which an interval says nothing."""
_PLAINLY = 0.5
"""Of the base's seconds, what calls may take at most, by the interval's end, to bear out a gain of that size."""

AGREEMENT = 3.0
"""Factor within which the second measurement of an implausible gain must lie; a proposal, not a measured optimum."""

_HIDDEN_SHARE = 1.25
_HIDDEN_S = 0.15
_CLOCK_S = 0.5
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Why a gain is not believed: the mechanism, and what was seen."""

    mechanism: Mechanism
    seen: str

    def __str__(self) -> str:
        """Return the sentence that goes with `gaming_suspected`."""
        return f"the fix {self.mechanism.value}: {self.seen}"


_BY_AGREEMENT = frozenset({"gc.set_threshold"})
"""What a fix may do that a person agreed to: it shows in the dimensions that are measured."""
_SETTINGS_BY_AGREEMENT = frozenset({"gc.get_threshold"})


def suspect_patch(found: Iterable[Tell], *, agreed: bool = False) -> Suspicion | None:
    """Return the suspicion that a fix's own text raises: its first sign, less what a person agreed to."""
    first = next((tell for tell in found if not (agreed and tell.what in _BY_AGREEMENT)), None)
    if first is None:
        return None
    return Suspicion(mechanism=first.mechanism, seen=f"{first.file}:{first.line}: {first.what}")


def suspect_files(found: Iterable[Change]) -> Suspicion | None:
    """Return the suspicion that changed judges raise: tests, benchmarks, configuration."""
    seen = [f"{change.path} ({change.kind.value})" for change in found]
    return Suspicion(mechanism=Mechanism.FROZEN, seen=_list(seen)) if seen else None


def suspect_run(base: Conduct, change: Conduct, *, agreed: bool = False) -> Suspicion | None:
    """Return the suspicion that a run raises which did what the unchanged tree's does not, nor a person agreed to."""
    if agreed:
        kept = {name: value for name, value in base.settings.items() if name in _SETTINGS_BY_AGREEMENT}
        change = replace(change, settings={**change.settings, **kept})
    return next((found for judge in _JUDGES if (found := judge(base, change)) is not None), None)


def is_implausible(measurement: Measurement) -> bool:
    """Say whether a gain is so large that it is measured again before it is believed."""
    return any(_factor(one) > IMPLAUSIBLE_GAIN for one in _believable(measurement))


def disbelieve(first: Measurement, again: Measurement) -> Suspicion | None:
    """Return why an implausible gain is not believed after a second measurement, or None where it holds."""
    for one in _believable(first):
        second = again.comparisons.get(one.dimension)
        if _factor(one) <= IMPLAUSIBLE_GAIN:
            continue
        if second is None or _factor(second) * AGREEMENT < _factor(one):
            shown = formula(second) if second is not None else "not measured"
            return Suspicion(mechanism=Mechanism.IMPLAUSIBLE, seen=f"{formula(one)}, then {shown}")
    return None


def disbelieve_calls(found: CallEvidence) -> Suspicion | None:
    """Return why an implausible gain is not believed after its function was given inputs that it had not seen.

    The workload's gain was decided before, twice: here its calls must gain plainly too, in few pairs where they are
    slow, and nothing may contradict.
    """
    if not found.doubt and found.measured.pairs >= _FEWEST and found.measured.high <= _PLAINLY:
        return None
    return Suspicion(mechanism=Mechanism.IMPLAUSIBLE, seen=f"not on inputs that were held back: {found.text}")


def _believable(measurement: Measurement) -> list[Comparison]:
    target = measurement.comparisons.get(measurement.decided_on)
    return [target] if target is not None else []


def _factor(one: Comparison) -> float:
    if not one.dimension.lower_is_better:
        return one.ratio
    return 1 / one.ratio if one.ratio > 0 else float("inf")


def _silent(base: Conduct, change: Conduct) -> Suspicion | None:
    if base.reports and not change.reports:
        return Suspicion(mechanism=Mechanism.EXIT, seen="its process left without the report that every exit writes")
    return None


def _patches(base: Conduct, change: Conduct) -> Suspicion | None:
    new = sorted(change.patched - base.patched)
    return Suspicion(mechanism=Mechanism.FOREIGN_PATCH, seen=_list(new)) if new else None


def _sets(base: Conduct, change: Conduct) -> Suspicion | None:
    new = [
        f"{name} was {base.settings[name]}, is {value}"
        for name, value in sorted(change.settings.items())
        if name in base.settings and not set(value.split(", ")) <= set(base.settings[name].split(", "))
    ]
    return Suspicion(mechanism=Mechanism.INTERPRETER, seen=_list(new)) if new else None


def _leaves_processes(base: Conduct, change: Conduct) -> Suspicion | None:
    if change.left_behind and not base.left_behind:
        return Suspicion(mechanism=Mechanism.LEFT_BEHIND, seen="processes ran on after its end")
    hidden, allowed = change.seen_cpu_s - change.cpu_s, _hidden(base)
    if hidden > max(_HIDDEN_S, (_HIDDEN_SHARE - 1) * change.cpu_s, allowed * _HIDDEN_SHARE):
        seen = f"{hidden:.2f} s of CPU in processes it did not wait for"
        return Suspicion(mechanism=Mechanism.LEFT_BEHIND, seen=seen)
    return None


def _disagrees(_: Conduct, change: Conduct) -> Suspicion | None:
    """A process can't have lived longer than the command that it belongs to."""
    if change.seen_wall_s > change.wall_s + _CLOCK_S:
        seen = f"its own clock says {change.seen_wall_s:.2f} s, ours {change.wall_s:.2f} s"
        return Suspicion(mechanism=Mechanism.CLOCK, seen=seen)
    return None


def _keeps(base: Conduct, change: Conduct) -> Suspicion | None:
    new = sorted(change.written - base.written)
    return Suspicion(mechanism=Mechanism.PERSISTED, seen=_list(new)) if new else None


_JUDGES = (_silent, _patches, _sets, _leaves_processes, _disagrees, _keeps)


def _hidden(base: Conduct) -> float:
    return max(0.0, base.seen_cpu_s - base.cpu_s)


def _list(seen: list[str]) -> str:
    more = f" and {len(seen) - _SHOWN} more" if len(seen) > _SHOWN else ""
    return ", ".join(seen[:_SHOWN]) + more
