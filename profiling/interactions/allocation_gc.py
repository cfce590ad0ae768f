"""Allocation and collection: objects made in bulk start collections, which show up as CPU."""

from collections.abc import Iterator

from profiling.interactions.observed import Observed
from profiling.interactions.sides import CPU_SHARE, MEMORY_MIB, allocated_mib, cpu_share
from profiling.model import Dimension
from profiling.target import Evidence, Interaction, InteractionKind
from profiling.targets import MODULE_BODY

_TOP_ALLOCATORS = 5
_FEWEST_COLLECTIONS = 10
"""One collection falls to whoever comes by: it takes several to be started by what a function allocates."""


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield the top allocators in which collections were triggered that took at least 1% of the CPU.

    No samples are asked for: collections are counted one by one. Module bodies are left to `import_startup`.
    """
    profile = observed.profile
    ranked = sorted(profile.functions, key=lambda function: (-allocated_mib(function), function.key))
    top = {function.key for function in ranked[:_TOP_ALLOCATORS] if allocated_mib(function) >= MEMORY_MIB}
    for function in profile.functions:
        share = cpu_share(function.gc_pause_s, profile)
        if (
            function.key.qualname == MODULE_BODY
            or function.key not in top
            or share < CPU_SHARE
            or function.gc_collections < _FEWEST_COLLECTIONS
        ):
            continue
        seconds, memory = function.gc_pause_s, allocated_mib(function)
        pauses = f"{function.gc_collections} collections triggered in it took {seconds:.2g} s ({share:.0%} of the CPU)"
        yield Interaction(
            kind=InteractionKind.ALLOCATION_GC,
            key=function.key,
            evidence=(
                Evidence(dimension=Dimension.GC_S, value=seconds, text=pauses),
                Evidence(
                    dimension=Dimension.PEAK_MIB,
                    value=memory,
                    text=f"it is among the top {_TOP_ALLOCATORS} allocators with {memory:.1f} MiB",
                ),
            ),
            root_fix="fewer allocations",
        )
