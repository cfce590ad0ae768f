"""What share of the workload a fix may save: estimated from facts, at most what the profile saw in the function."""

from profiling.model import FunctionKey
from profiling.profile import Profile


def function_share(profile: Profile, key: FunctionKey, *, saved_s: float) -> float:
    """Return the share of the workload's CPU time that a fix in one function may save, 0 to 1.

    Args:
        profile: of the same workload as the facts behind `saved_s`.
        key: the function that is changed.
        saved_s: estimated CPU seconds saved over the whole workload.

    Returns:
        0 when the function was not sampled: then nothing is known to be gained there.
    """
    whole_s = profile.cpu_sampled_s
    spent_s = sum(function.cpu_self_s for function in profile.functions if function.key == key)
    return max(0.0, min(saved_s, spent_s) / whole_s) if whole_s > 0 else 0.0
