"""Recomputation: the same call with the same arguments again and again; memory would buy the time."""

from collections.abc import Iterator

from profiling.facts import FunctionFacts
from profiling.interactions.observed import Observed
from profiling.interactions.sides import CPU_SHARE, FEWEST_SAMPLES, cpu_share, recorded
from profiling.model import Dimension
from profiling.profile import FunctionProfile
from profiling.target import Evidence, Interaction, InteractionKind

_FEWEST_CALLS = 200
_LARGEST_DISTINCT_SHARE = 0.25
"""Of the calls (docs/recipes.md)."""

_DISTINCT_COUNTED = 4096
"""Distinct arguments are counted up to here: this many may be any number."""

_ENTRY_BYTES = 150
"""Of a bounded lru_cache, its key of two included, without the value (tracemalloc, CPython 3.11: 148)."""


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield functions whose calls mostly repeat, with the same result each time, and take at least 1% of the CPU."""
    profile = observed.profile
    for function in profile.functions:
        seen = recorded(function.key, observed.facts)
        if seen is None or seen.calls < _FEWEST_CALLS or not seen.consistent or seen.raised:
            continue
        distinct = _distinct(seen)
        share = cpu_share(function.cpu_total_s, profile) * (1 - distinct / seen.calls)
        if distinct > _LARGEST_DISTINCT_SHARE * seen.calls or share < CPU_SHARE:
            continue
        if function.samples_total >= FEWEST_SAMPLES:
            yield _interaction(function, seen, distinct, share)


def _distinct(seen: FunctionFacts) -> int:
    """Return at most how many different calls there were; a method's arguments are counted without its receiver."""
    if max(seen.distinct_arguments, seen.receivers) >= _DISTINCT_COUNTED:
        return seen.calls
    return min(max(seen.distinct_arguments, 1) * max(seen.receivers, 1), seen.calls)


def _interaction(function: FunctionProfile, seen: FunctionFacts, distinct: int, share: float) -> Interaction:
    repeated_s = function.cpu_total_s * (1 - distinct / seen.calls)
    cache_mib = distinct * _ENTRY_BYTES / 1024 / 1024
    return Interaction(
        kind=InteractionKind.RECOMPUTATION,
        key=function.key,
        evidence=(
            Evidence(
                dimension=Dimension.CPU_S,
                value=repeated_s,
                text=f"{seen.calls} calls, at most {distinct} different:"
                f" about {repeated_s:.2g} s repeated ({share:.0%} of the CPU)",
            ),
            Evidence(
                dimension=Dimension.PEAK_MIB,
                value=cache_mib,
                text=f"a cache would hold {distinct} entries, about {cache_mib:.2g} MiB without their values",
            ),
        ),
        root_fix="cache or hoist, both measured",
    )
