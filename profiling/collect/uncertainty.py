"""How far a sampled figure may be off: two standard errors, from the samples behind it. Pure."""

from math import sqrt
from statistics import median

from profiling.profile import Profile

ENOUGH_SAMPLES = 30
"""Below, a figure is too uncertain to rank on (PROFILING.md)."""
TICK_S = 0.005
"""Between two looks of the sampler at a thread, on a machine that does other work as well (PROFILING.md: 2 to 5 ms)."""
NONE_SEEN = 3.0
"""Of what was not seen once, so many may have happened, at 95% (the rule of three)."""


def share_error(share: float, samples: int) -> float:
    """Return two standard errors of a share, `2 p sqrt((1 - p) / n)`.

    Args:
        share: p, 0 to 1.
        samples: n, those behind the share itself, at least 1: heavy samples are few and count as few.
    """
    return 2 * share * sqrt(max(0.0, 1 - share) / samples)


def cpu_error_s(cpu_s: float, samples: int, profile: Profile) -> float:
    """Return two standard errors of sampled CPU seconds; of none seen, what three samples would have weighed.

    Args:
        cpu_s: the figure.
        samples: behind it.
        profile: that it is from.
    """
    if samples:
        return 2 * cpu_s / sqrt(samples)
    return NONE_SEEN * profile.cpu_sampled_s / profile.samples if profile.samples else 0.0


def waiting_error_s(waited_s: float) -> float:
    """Return two standard errors of seconds seen waiting."""
    return 2 * sqrt(waited_s * TICK_S) if waited_s > 0 else NONE_SEEN * TICK_S


def gc_error_s(pause_s: float, profile: Profile) -> float:
    """Return the most that two standard errors of a function's pauses can be.

    Where a collection falls is chance: the variance is the sum of the squared pauses, which is no more than their sum
    times the longest.

    Args:
        pause_s: of the function, in all.
        profile: that it is from.
    """
    return 2 * sqrt(pause_s * min(pause_s, profile.gc.max_pause_s))


def baseline_cpu_s(profile: Profile) -> float:
    """Return the median CPU seconds of the plain runs, 0 without any."""
    return median([usage.cpu_s for usage in profile.baseline] or [0.0])


def baseline_spread(profile: Profile) -> float:
    """Return half the range of the plain runs' CPU, as a share of their median; 0 with fewer than two."""
    seconds = [usage.cpu_s for usage in profile.baseline]
    middle = baseline_cpu_s(profile)
    return (max(seconds) - min(seconds)) / 2 / middle if middle > 0 else 0.0
