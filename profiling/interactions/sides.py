"""The two sides that every interaction must be seen on: a function's CPU and its memory."""

from profiling.facts import Facts, FunctionFacts
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, Profile

CPU_SHARE = 0.01
MEMORY_MIB = 2.0
"""Both sides must be over the thresholds of a target (docs/deciding.md)."""

LATENCY_S = 0.005
"""The least that is worth a look of what an event loop is held, and of what a start-up takes (docs/deciding.md)."""

FEWEST_SAMPLES = 30
"""Fewer samples than this make no evidence of CPU."""

_MIB = 1024 * 1024


def cpu_share(seconds: float, profile: Profile) -> float:
    """Return the share (0 to 1) of the workload's CPU."""
    whole_s = profile.cpu_sampled_s
    return seconds / whole_s if whole_s > 0 else 0.0


def allocated_mib(function: FunctionProfile) -> float:
    """Return MiB it was itself seen to allocate: of the heap's peak or alive at the end, else of resident growth.

    Resident growth is summed over processes, and so stands in only where no heap was traced.
    """
    if function.peak_owned_bytes is None and function.live_bytes is None:
        return max(function.rss_growth_bytes, 0) / _MIB
    return max(function.peak_owned_bytes or 0, function.live_bytes or 0) / _MIB


def recorded(key: FunctionKey, facts: Facts) -> FunctionFacts | None:
    """Return what was seen of a function's calls, under the id that recipes ask with."""
    return facts.functions.get(f"function:{key.place}:{key.qualname}")
