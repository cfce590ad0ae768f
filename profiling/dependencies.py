"""The dependencies that matter for speed: third-party packages the workload was seen to spend CPU in."""

import sys

from profiling.profile import LibraryShare, Profile

SMALLEST_SHARE = 0.01
"""Of the workload's CPU, below which a package is not worth reading about (the threshold of targets)."""


def that_matter(profile: Profile) -> tuple[LibraryShare, ...]:
    """Return the packages with at least a hundredth of the CPU, largest first; the standard library is none."""
    whole_s = profile.cpu_sampled_s
    if whole_s <= 0:
        return ()
    found = (one for one in profile.libraries if one.cpu_s / whole_s >= SMALLEST_SHARE and _is_third_party(one.name))
    return tuple(sorted(found, key=lambda one: (-one.cpu_s, one.name)))


def _is_third_party(name: str) -> bool:
    return name.isidentifier() and name not in sys.stdlib_module_names and name not in sys.builtin_module_names
