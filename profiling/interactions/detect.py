"""Every detector of cross-domain interactions, asked in turn."""

from profiling.facts import Facts
from profiling.interactions import allocation_gc, data_structure, deepcopy, recomputation
from profiling.profile import Profile
from profiling.target import Interaction

DETECTORS = (allocation_gc.find, deepcopy.find, data_structure.find, recomputation.find)


def detect(profile: Profile, facts: Facts) -> tuple[Interaction, ...]:
    """Return the interactions with evidence on both sides, in the order of the detectors, then of the profile."""
    return tuple(interaction for find in DETECTORS for interaction in find(profile, facts))
