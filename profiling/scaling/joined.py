"""Make of what ran at each size what is known of the growth. Pure but for the source it looks names up in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from profiling.collect import cpu
from profiling.collect.source import Source
from profiling.growth import FunctionGrowth, Growth, GrowthPoint, PeakPoint
from profiling.model import FunctionKey, RunUsage
from profiling.scaling.exponent import FEWEST_SIZES, Fit, Untold, fit_function, fit_whole
from profiling.scaling.noise import FEWEST_SAMPLES, Noise, observe_runs, observe_samples
from profiling.scaling.rounds import Rounds, SizeRuns

_FEWEST_FLAT_ROUNDS = 5
_LEAST_S = 0.0001
_LEAST_MIB = 0.25
"""Steps in which the resident set moves: allocators take memory in arenas."""
_SMALLEST_SHARE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    """One size: its runs of the time pass merged."""

    size: float
    passes: int
    merged: cpu.Cpu


def join(template: str, rounds: Rounds, source: Source) -> Growth:
    """Return the growth of the whole workload, its peak and its functions.

    Args:
        template: as typed.
        rounds: that ran; at least one run at one size.
        source: names the functions.
    """
    noise = Noise.of(_costs(rounds.sizes))
    whole = fit_cpu(rounds.sizes)
    peak = _fit_peak(rounds.sizes)
    sizes = [
        _Size(size=each.size, passes=len(each.passes), merged=cpu.merge(each.passes, source))
        for each in rounds.sizes
        if each.passes
    ]
    return Growth(
        template=template,
        points=tuple(
            GrowthPoint(size=each.size, cpu_s=median(_cpu_seconds(each.usages)), samples=len(each.usages))
            for each in rounds.sizes
        ),
        exponent=whole.exponent if isinstance(whole, Fit) else None,
        functions=_functions(sizes, noise),
        notes=(*rounds.notes, *_limits(rounds.sizes, sizes)),
        reason=whole.reason if isinstance(whole, Untold) else "",
        fixed=whole.fixed if isinstance(whole, Fit) else None,
        projected=whole.projected if isinstance(whole, Fit) else None,
        bends=isinstance(whole, Fit) and whole.bends,
        peaks=tuple(
            PeakPoint(size=each.size, peak_mib=median(_peaks(each.usages)), runs=len(each.usages))
            for each in rounds.sizes
        ),
        peak_exponent=peak.exponent if isinstance(peak, Fit) else None,
        peak_reason=peak.reason if isinstance(peak, Untold) else "",
        peak_projected=peak.projected if isinstance(peak, Fit) else None,
        rounds=rounds.count,
        ended=rounds.ended,
    )


def settled(sizes: Sequence[SizeRuns], within: float) -> str:
    """Return why what ran is enough: the interval is tight, or the cost is flat; an empty string asks for more.

    Args:
        sizes: what ran.
        within: half the width of an interval that is tight.
    """
    if not all(each.is_seen for each in sizes):
        return ""
    fit = fit_cpu(sizes)
    if isinstance(fit, Untold):
        runs = min((len(each.usages) for each in sizes), default=0)
        return "the cost does not grow by more than its noise" if fit.is_flat and runs >= _FEWEST_FLAT_ROUNDS else ""
    error = (fit.exponent.high - fit.exponent.low) / 2
    return f"the exponent is known within {error:.2f}" if error <= within else ""


def fit_cpu(sizes: Sequence[SizeRuns]) -> Fit | Untold:
    """Return the exponent of the whole workload's CPU."""
    costs = _costs(sizes)
    noise = Noise.of(costs)
    return fit_whole(observe_runs(costs, noise, _LEAST_S), noise.degrees)


def _fit_peak(sizes: Sequence[SizeRuns]) -> Fit | Untold:
    peaks = {each.size: _peaks(each.usages) for each in sizes}
    noise = Noise.of(peaks)
    return fit_whole(observe_runs(peaks, noise, _LEAST_MIB), noise.degrees)


def _costs(sizes: Sequence[SizeRuns]) -> Mapping[float, Sequence[float]]:
    return {each.size: _cpu_seconds(each.usages) for each in sizes}


def _cpu_seconds(usages: Sequence[RunUsage]) -> list[float]:
    return [max(_LEAST_S, usage.cpu_s) for usage in usages]


def _peaks(usages: Sequence[RunUsage]) -> list[float]:
    return [max(_LEAST_MIB, usage.max_rss_mib) for usage in usages]


def _functions(sizes: Sequence[_Size], noise: Noise) -> tuple[FunctionGrowth, ...]:
    if not sizes:
        return ()
    largest = sizes[-1].merged
    seen = [
        (found.cpu_self_s, key)
        for key, found in largest.functions.items()
        if found.cpu_self_s > 0 and found.cpu_self_s >= _SMALLEST_SHARE * largest.seen_s
    ]
    return tuple(_function(key, sizes, noise) for _, key in sorted(seen, key=lambda each: (-each[0], each[1])))


def _function(key: FunctionKey, sizes: Sequence[_Size], noise: Noise) -> FunctionGrowth:
    points, observations = [], []
    for each in sizes:
        found = each.merged.functions.get(key)
        if found is None or found.cpu_self_s <= 0 or not found.samples_self:
            continue
        share = min(1.0, found.cpu_self_s / each.merged.seen_s)
        point = GrowthPoint(size=each.size, cpu_s=found.cpu_self_s, samples=found.samples_self, share=share)
        points.append(point)
        if point.samples >= FEWEST_SAMPLES:
            observations.append(observe_samples(point, each.passes, noise))
    few = len(sizes) - len(observations)
    fit = fit_function(observations, noise.degrees)
    if isinstance(fit, Untold):
        sparse = len(observations) < FEWEST_SIZES and few > 0
        reason = f"too few samples at {few} of {len(sizes)} sizes" if sparse else fit.reason
        return FunctionGrowth(key=key, points=tuple(points), exponent=None, reason=reason)
    return FunctionGrowth(
        key=key, points=tuple(points), exponent=fit.exponent, projected=fit.projected, bends=fit.bends
    )


def _limits(ran: Sequence[SizeRuns], sizes: Sequence[_Size]) -> tuple[str, ...]:
    """Return what the functions' figures are limited by."""
    notes = []
    lost = sum(each.lost_processes for each in ran)
    if lost:
        notes.append(f"{lost} processes ended without a report (killed, or by C code): their functions are missing")
    if len(sizes) < len(ran):
        notes.append(f"functions were seen at {len(sizes)} of {len(ran)} sizes: the time was used up before")
    if sizes and not any(each.merged.functions for each in sizes):
        notes.append("nothing of the project ran: name a command that runs its code to see which functions grow")
    return tuple(notes)
