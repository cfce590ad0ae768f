"""Every detector of cross-domain interactions, asked in turn."""

from pathlib import Path

from profiling.facts import Facts
from profiling.growth import Growth
from profiling.interactions import (
    algorithm_size,
    allocation_gc,
    blocking_io,
    cpu_starvation,
    data_structure,
    deepcopy,
    import_startup,
    library_ceiling,
    memory_pressure,
    recomputation,
    repeated_query,
)
from profiling.interactions.observed import Observed
from profiling.profile import Profile
from profiling.target import Interaction

DETECTORS = (
    allocation_gc.find,
    deepcopy.find,
    data_structure.find,
    recomputation.find,
    blocking_io.find,
    memory_pressure.find,
    cpu_starvation.find,
    algorithm_size.find,
    import_startup.find,
    library_ceiling.find,
    repeated_query.find,
)


def detect(
    profile: Profile, facts: Facts, growth: Growth | None = None, *, root: Path | None = None
) -> tuple[Interaction, ...]:
    """Return the interactions with evidence on both sides, in the order of the detectors, then of the profile.

    Args:
        profile: of the workload.
        facts: recorded in it.
        growth: of a scaling test where one was made; without it nothing is said of data sizes.
        root: of the tree, to name what stands on a line.
    """
    observed = Observed(profile=profile, facts=facts, growth=growth, root=root)
    return tuple(interaction for find in DETECTORS for interaction in find(observed))
