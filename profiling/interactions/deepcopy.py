"""Copying: it costs time, and what is copied is held twice."""

from collections.abc import Iterator

from profiling.interactions.observed import Observed
from profiling.interactions.sides import CPU_SHARE, FEWEST_SAMPLES, MEMORY_MIB, allocated_mib, cpu_share
from profiling.model import Dimension
from profiling.target import Evidence, Interaction, InteractionKind

_LIBRARY = "copy"


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield functions under which the `copy` module takes at least 1% of the CPU, and that allocate."""
    profile = observed.profile
    for function in profile.functions:
        copied_s = sum(library.cpu_s for library in function.libraries if library.name == _LIBRARY)
        share, memory = cpu_share(copied_s, profile), allocated_mib(function)
        if share < CPU_SHARE or memory < MEMORY_MIB or function.samples_self < FEWEST_SAMPLES:
            continue
        yield Interaction(
            kind=InteractionKind.DEEPCOPY,
            key=function.key,
            evidence=(
                Evidence(
                    dimension=Dimension.CPU_S,
                    value=copied_s,
                    text=f"the copy module below it takes {copied_s:.2g} s ({share:.0%} of the CPU)",
                ),
                Evidence(
                    dimension=Dimension.PEAK_MIB,
                    value=memory,
                    text=f"{memory:.1f} MiB are allocated in it, library code below it included",
                ),
            ),
            root_fix="drop the copy",
        )
