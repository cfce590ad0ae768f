"""Whether a gain matters to anybody: its absolute size and its share of the whole workload."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.policy.dimensions import SECONDS, percent
from profiling.comparison import Comparison
from profiling.model import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Below this a change is recorded as immaterial (docs/deciding.md).

    Attributes:
        share: of the workload, 0 to 1.
        seconds: saved, for dimensions in seconds.
        tiny_lines: a diff of at most so many lines is excused ...
        tiny_gain: ... when the function itself got so much cheaper in the pre-screen (share, 0 to 1).
    """

    share: float = 0.005
    seconds: float = 0.001
    tiny_lines: int = 3
    tiny_gain: float = 0.20


DEFAULT_FLOOR = Floor()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What a change saves.

    Attributes:
        dimension: in which.
        share: of the workload, 0 to 1; negative when it costs more.
        seconds: saved, None where it is not known in time.
        text: the absolute saving with its unit, as it reads.
    """

    dimension: Dimension
    share: float
    seconds: float | None
    text: str

    def reaches(self, floor: Floor) -> bool:
        """Say whether it is large enough to matter."""
        return self.share >= floor.share and (self.seconds is None or self.seconds >= floor.seconds)

    def __str__(self) -> str:
        return f"{self.text}, {percent(self.share)} of the workload"


def workload_saving(
    compared: Comparison, comparisons: Mapping[Dimension, Comparison], workload_base_s: float
) -> Saving:
    """Return what a dimension measured on the whole workload saves.

    Args:
        compared: the dimension.
        comparisons: all of them; collections are priced by the seconds they took.
        workload_base_s: what the workload costs, the denominator for parts of it (imports, collections, loop stalls).
    """
    dimension, base = compared.dimension, compared.base_median
    if dimension is Dimension.THROUGHPUT:
        faster = 1 - 1 / compared.ratio if compared.ratio > 0 else -1.0
        text = f"{compared.change_median - base:+.3g} a second"
        return Saving(dimension=dimension, share=faster, seconds=None, text=text)
    saved = 1 - compared.ratio
    if dimension is Dimension.GC_COLLECTIONS:
        return _collections_saving(compared, comparisons.get(Dimension.GC_S), workload_base_s)
    if dimension not in SECONDS:
        return Saving(dimension=dimension, share=saved, seconds=None, text=f"saves {saved * base:.3g} MiB")
    whole = base if dimension in {Dimension.CPU_S, Dimension.WALL_S} else max(workload_base_s, base)
    return _seconds_saving(dimension, saved * base, whole)


def function_saving(
    compared: Comparison, share: float, workload: Mapping[Dimension, Comparison], workload_base_s: float
) -> Saving:
    """Return what a gain measured on a function's own calls means for the workload.

    Args:
        compared: the function's own cost.
        share: of the workload that the function has, 0 to 1.
        workload: comparisons of the whole workload, for what it costs in this dimension.
        workload_base_s: the same in seconds, where it was not compared.
    """
    dimension, saved = compared.dimension, share * compared.gain
    base = workload[dimension].base_median if dimension in workload else workload_base_s
    if dimension in SECONDS:
        return Saving(dimension=dimension, share=saved, seconds=saved * base, text=_seconds(saved * base))
    text = f"saves {saved * base:.3g} {dimension.value}" if dimension in workload else "saving not seen in the workload"
    return Saving(dimension=dimension, share=saved, seconds=None, text=text)


def _collections_saving(compared: Comparison, pauses: Comparison | None, workload_base_s: float) -> Saving:
    """Price collections by their pauses: fewer of them matter by the time they took."""
    saved = 1 - compared.ratio
    text = f"saves {saved * compared.base_median:.3g} collections"
    if pauses is None:
        return Saving(dimension=compared.dimension, share=saved, seconds=None, text=text)
    priced = _seconds_saving(compared.dimension, saved * pauses.base_median, max(workload_base_s, pauses.base_median))
    return Saving(
        dimension=priced.dimension, share=priced.share, seconds=priced.seconds, text=f"{text} ({priced.text})"
    )


def _seconds_saving(dimension: Dimension, seconds: float, whole_s: float) -> Saving:
    share = seconds / whole_s if whole_s > 0 else 0.0
    return Saving(dimension=dimension, share=share, seconds=seconds, text=_seconds(seconds))


def _seconds(seconds: float) -> str:
    return f"saves {seconds:.3g} s" if abs(seconds) >= 1 else f"saves {seconds * 1000:.3g} ms"
