"""How cost grows with the size of the input: fitted exponents, for the whole workload and by function."""

from dataclasses import dataclass

from profiling.model import FunctionKey

STEEP = 1.3
"""An exponent wholly above this is no n log n any more: that of n log n over sizes in use is 1.0 to 1.25."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthPoint:
    """One size that was measured.

    Attributes:
        size: as given.
        cpu_s: CPU seconds at it: of the whole workload the median of its plain runs, of a function the mean of the
            runs of the time pass.
        samples: behind cpu_s; for the whole workload the number of runs.
        share: (0 to 1) of the CPU of all samples at this size; 1 for the whole workload.
    """

    size: float
    cpu_s: float
    samples: int
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakPoint:
    """The peak at one size: the largest resident set of a single process, MiB, the median of the plain runs."""

    size: float
    peak_mib: float
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponent:
    """The b of `cost = a * size ** b`, with a 95% confidence interval [low, high]."""

    value: float
    low: float
    high: float

    @property
    def is_steep(self) -> bool:
        """Say whether all of the interval lies above 1.3."""
        return self.low > STEEP

    @property
    def is_flat(self) -> bool:
        """Say whether none of the interval lies above 1.3."""
        return self.high <= STEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What the fit says of one size, in the unit of what was fitted; low and high belong to the exponent's interval.

    Attributes:
        size: for the fixed part of a cost 0.
    """

    size: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionGrowth:
    """One project function over the sizes, by cpu_self_s; exponent is None where too little was seen to fit one.

    Attributes:
        key: where it is defined.
        points: at the sizes where it was seen, smallest first.
        exponent: of its CPU; None where it can't be told.
        reason: why there is no exponent; empty where there is one.
        projected: CPU seconds at ten times the largest size; None without an exponent.
        bends: its costs do not lie on one power, so that the exponent is a mean of several.
    """

    key: FunctionKey
    points: tuple[GrowthPoint, ...]
    exponent: Exponent | None
    reason: str = ""
    projected: Projection | None = None
    bends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """One scaling test.

    Attributes:
        template: the command with `{n}` where the size goes.
        points: the whole workload's CPU, smallest size first.
        exponent: of the whole workload without its fixed cost, None where it can't be told.
        functions: those seen at the largest size, largest cost there first.
        notes: what limits the figures.
        reason: why there is no exponent; empty where there is one.
        fixed: CPU seconds that do not depend on the size (start, imports, set-up); None without an exponent.
        projected: CPU seconds at ten times the largest size; None without an exponent.
        peaks: resident peaks, smallest size first.
        peak_exponent: of the peak without its fixed part, None where it can't be told; peak_reason says why.
        peak_projected: MiB at ten times the largest size; None without an exponent.
        rounds: how often the sizes were gone through.
        ended: why no more was measured.
        bends: the whole's costs do not lie on one power beside a fixed cost.
    """

    template: str
    points: tuple[GrowthPoint, ...]
    exponent: Exponent | None
    functions: tuple[FunctionGrowth, ...]
    notes: tuple[str, ...] = ()
    reason: str = ""
    fixed: Projection | None = None
    projected: Projection | None = None
    peaks: tuple[PeakPoint, ...] = ()
    peak_exponent: Exponent | None = None
    peak_reason: str = ""
    peak_projected: Projection | None = None
    rounds: int = 0
    ended: str = ""
    bends: bool = False
