"""What one pair of workers measured of a function's calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from profiling.comparison import Pair
from profiling.measure.failures import Side


class Part(StrEnum):
    """What a block is for."""

    FIRST = "first"
    COLD = "cold"
    MEASURED = "measured"
    HELD_BACK = "held_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPair:
    """A finished pair.

    Attributes:
        pair: as it is recorded: seconds are those of the measured blocks, each once.
        x: ln(base / change) of the metric, by part; parts that were not run are missing.
        seconds: of the metric, by part and side.
        calls: made in the measured blocks, each block once.
        saved_in_blocks_s, saved_in_all_s: CPU seconds that the change's process used less than the base's: in its
            blocks by its own clock, and from its start to its end by the system's.
        all_s: CPU seconds of the base's process after its start.
        hidden_more_s: CPU seconds that the change's process spent unreported while blocks ran, beyond the base's.
        raised: calls that raised, by side.
    """

    pair: Pair
    x: Mapping[Part, float]
    seconds: Mapping[Part, Mapping[Side, float]]
    calls: int
    saved_in_blocks_s: float
    saved_in_all_s: float
    all_s: float
    hidden_more_s: float
    raised: Mapping[Side, int]
