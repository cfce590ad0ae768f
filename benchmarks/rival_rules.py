"""The rules by which other tools say "faster", in our own words, on samples taken as these tools do (`rival_samples`).

Shortened as noted there (values of 30 ms, loops of 1 s), but for hyperfine's: they err somewhat more than with their
own times. They look at wall time, as the tools do; processes are neither pinned nor tuned.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.rival_samples import Commands, Samples, Value

_STABLE_LOOPS = 5
_STABLE_WITHIN = 0.0025


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a rule says, and what its samples took.

    Attributes:
        kept: it would call the change faster.
        stage: of the samples that it needs ("processes", "loops", "alternated").
    """

    kept: bool
    stage: str


Rule = Callable[[Samples], Claim]


def codeflash(samples: Samples, *, floor: float = 0.05) -> Claim:
    """Compare the shortest loops; looping ends early when the last ones agree within 0.25%."""
    base, change = (min(_until_stable(_wall(samples.loops[side]))) for side in ("base", "change"))
    return Claim(kept=(base - change) / change > floor, stage="loops")


def codeflash_ci(samples: Samples) -> Claim:
    """Compare as Codeflash does in CI: the floor is doubled."""
    return codeflash(samples, floor=0.10)


def pyperf(samples: Samples, *, least: float = 0.0) -> Claim:
    """Use Student's t with all values of all processes as independent, two-sided at 95%."""
    base, change = (_all_values(samples, side) for side in ("base", "change"))
    freedom = len(base) + len(change) - 2
    pooled = ((len(base) - 1) * statistics.variance(base) + (len(change) - 1) * statistics.variance(change)) / freedom
    error = math.sqrt(pooled * (1 / len(base) + 1 / len(change)))
    saved = statistics.fmean(base) - statistics.fmean(change)
    significant = saved > _student(0.975, freedom) * error
    return Claim(kept=significant and saved > least * statistics.fmean(base), stage="processes")


def pyperf_min_speed(samples: Samples) -> Claim:
    """Ask of pyperf's test for a difference of 5% too (`--min-speed 5`)."""
    return pyperf(samples, least=0.05)


def welch(samples: Samples) -> Claim:
    """Use Welch's t with a mean per process, p below 0.01."""
    base, change = (_per_process(samples, side) for side in ("base", "change"))
    parts = [statistics.variance(side) / len(side) for side in (base, change)]
    freedom = sum(parts) ** 2 / sum(part**2 / (len(base) - 1) for part in parts)
    saved = statistics.fmean(base) - statistics.fmean(change)
    return Claim(kept=saved > _student(0.995, freedom) * math.sqrt(sum(parts)), stage="processes")


def benchstat(samples: Samples) -> Claim:
    """Use Mann and Whitney's U with a value per process, p below 0.05."""
    base, change = (_per_process(samples, side) for side in ("base", "change"))
    return Claim(kept=_mann_whitney(base, change) < 0.05 and _less(base, change) > 0, stage="processes")


def asv(samples: Samples) -> Claim:
    """Use Mann and Whitney's U, p below 0.002, and a median less by 5%."""
    base, change = (_per_process(samples, side) for side in ("base", "change"))
    return Claim(kept=_mann_whitney(base, change) < 0.002 and _less(base, change) > 0.05, stage="processes")


def hyperfine(commands: Commands) -> bool:
    """Read two lines "mean ± sigma" and call those different that do not overlap."""
    base, change = (_wall(commands.runs[side]) for side in ("base", "change"))
    gap = statistics.fmean(base) - statistics.fmean(change)
    return gap > statistics.stdev(base) + statistics.stdev(change)


def shortest_of_all(samples: Samples) -> Claim:
    """Compare the shortest of all values: 5% less."""
    base, change = (min(_all_values(samples, side)) for side in ("base", "change"))
    return Claim(kept=change < 0.95 * base, stage="processes")


def median_of_all(samples: Samples) -> Claim:
    """Compare medians: 5% less."""
    base, change = (_per_process(samples, side) for side in ("base", "change"))
    return Claim(kept=_less(base, change) > 0.05, stage="processes")


def tango(samples: Samples, *, least: float = 0.01) -> Claim:
    """Take differences of one pair of processes run by turns, without outliers: z above 2.6 and more than 1%."""
    differences = [base.wall_s - change.wall_s for base, change in samples.alternated]
    low, _, high = statistics.quantiles(differences, n=4)
    spread = 1.5 * (high - low)
    kept = [one for one in differences if low - spread <= one <= high + spread]
    mean, error = statistics.fmean(kept), statistics.stdev(kept) / math.sqrt(len(kept))
    base = statistics.fmean(base.wall_s for base, _ in samples.alternated)
    return Claim(kept=mean > 2.6 * error and mean > least * base, stage="alternated")


def tango_5(samples: Samples) -> Claim:
    """Ask of Tango's rule for 5%."""
    return tango(samples, least=0.05)


RULES: dict[str, Rule] = {
    "codeflash: min of loops > 5%": codeflash,
    "codeflash in CI: > 10%": codeflash_ci,
    "pyperf: t-test 95%": pyperf,
    "pyperf --min-speed 5": pyperf_min_speed,
    "Welch p < .01": welch,
    "benchstat: MWU p < .05": benchstat,
    "asv: MWU p < .002 and 5%": asv,
    "min of 60 values > 5%": shortest_of_all,
    "median > 5%": median_of_all,
    "tango: z 2.6 and > 1%": tango,
    "tango, > 5%": tango_5,
}


def _wall(values: Sequence[Value]) -> list[float]:
    return [value.wall_s for value in values]


def _all_values(samples: Samples, side: str) -> list[float]:
    return [value.wall_s for process in samples.processes[side] for value in process]


def _per_process(samples: Samples, side: str) -> list[float]:
    return [statistics.fmean(_wall(process)) for process in samples.processes[side]]


def _less(base: Sequence[float], change: Sequence[float]) -> float:
    return 1 - statistics.median(change) / statistics.median(base)


def _until_stable(values: Sequence[float]) -> Sequence[float]:
    for count in range(_STABLE_LOOPS, len(values)):
        last = values[count - _STABLE_LOOPS : count]
        if max(last) - min(last) <= _STABLE_WITHIN * min(last):
            return values[:count]
    return values


def _student(share: float, freedom: float) -> float:
    """Return a quantile of Student's t by the expansion of Cornish and Fisher (1937); within 1% from 10 degrees on."""
    z = statistics.NormalDist().inv_cdf(share)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def _mann_whitney(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the two-sided p of Mann and Whitney's U by its normal approximation."""
    wins = sum((one > other) + 0.5 * (one == other) for one in left for other in right)
    middle = len(left) * len(right) / 2
    spread = math.sqrt(middle * (len(left) + len(right) + 1) / 6)
    distance = max(0.0, abs(wins - middle) - 0.5) / spread
    return 2 * (1 - statistics.NormalDist().cdf(distance))
