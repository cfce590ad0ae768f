"""What share of the workload a fix may save: estimated from facts, at most what the profile saw in the function."""

from collections.abc import Collection

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


def memory_share(profile: Profile, key: FunctionKey, *, saved_bytes: float) -> float:
    """Return the share of the workload's traced peak that a fix in one function may save, 0 to 1.

    Args:
        profile: of the same workload as the facts behind `saved_bytes`.
        key: the function that is changed.
        saved_bytes: estimated bytes less at the time of the peak.

    Returns:
        0 without a memory pass, or when the function has no part in the peak.
    """
    whole = profile.peak_bytes or 0
    owned = sum(function.peak_owned_bytes or 0 for function in profile.functions if function.key == key)
    return max(0.0, min(saved_bytes, owned) / whole) if whole > 0 else 0.0


def loop_share(profile: Profile, key: FunctionKey, *, saved_s: float) -> float:
    """Return the share of the time in which event loops were held that a fix in one coroutine may save, 0 to 1.

    Args:
        profile: of the workload.
        key: the coroutine.
        saved_s: seconds in which it holds its loop no longer.
    """
    held = {function.key: function.loop_cpu_s + function.loop_blocked_s for function in profile.functions}
    whole_s = sum(held.values())
    return max(0.0, min(saved_s, held.get(key, 0.0)) / whole_s) if whole_s > 0 else 0.0


def class_share(profile: Profile, file: str, name: str, *, bytes_after: int) -> tuple[float, int]:
    """Return the share of the traced peak that smaller instances of a class save, 0 to 1, and how many there were.

    Args:
        profile: of the workload.
        file: where the class stands.
        name: its qualified name.
        bytes_after: size of an instance after the fix, without what its attributes hold.

    Returns:
        0 and 0 when the memory pass did not see many instances of it that keep a dictionary each.
    """
    found = next((one for one in profile.classes if (one.key.file, one.key.qualname) == (file, name)), None)
    if found is None or not profile.peak_bytes:
        return 0.0, 0
    saved_bytes = found.instances * max(0, found.bytes_each - bytes_after)
    return min(1.0, saved_bytes / profile.peak_bytes), found.instances


def generator_share(profile: Profile, key: FunctionKey, *, saved_s: float) -> float:
    """Return the share of the workload's CPU time that a fix may save in a function and its generator expressions.

    Args:
        profile: of the workload.
        key: the function.
        saved_s: estimated CPU seconds saved over the whole workload.
    """
    whole_s, inner = profile.cpu_sampled_s, f"{key.qualname}.<locals>.<genexpr>"
    spent_s = sum(
        function.cpu_self_s
        for function in profile.functions
        if function.key == key or (function.key.file, function.key.qualname) == (key.file, inner)
    )
    return max(0.0, min(saved_s, spent_s) / whole_s) if whole_s > 0 else 0.0


def joint_share(profile: Profile, keys: Collection[FunctionKey], *, saved_s: float) -> float:
    """Return the share of the workload's CPU time that a fix may save in several functions together, 0 to 1.

    Args:
        profile: of the workload.
        keys: the functions, a caller and what it calls.
        saved_s: estimated CPU seconds saved over the whole workload.
    """
    whole_s = profile.cpu_sampled_s
    spent_s = sum(function.cpu_self_s for function in profile.functions if function.key in keys)
    return max(0.0, min(saved_s, spent_s) / whole_s) if whole_s > 0 else 0.0
