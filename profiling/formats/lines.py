"""The unified profile as the lines a person reads. Pure."""

from collections import Counter
from math import sqrt

from profiling.collect.uncertainty import ENOUGH_SAMPLES
from profiling.formats.delta_lines import delta_lines
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, Profile

__all__ = ["delta_lines", "proportion_error", "share_text", "unified_profile_lines"]

_SHOWN = 5
_SMALLEST_SHARE = 0.01
_MIB = 2**20
_SMALLEST_LOOP_S = 0.005


def unified_profile_lines(profile: Profile) -> tuple[str, ...]:
    """Return the CPU, memory, GC, async (where an event loop ran) and query lines, without the leading tag."""
    names = _Names(profile)
    lines = [f"  CPU: {_cpu(profile, names)}", f"  {_memory(profile, names)}", f"  GC: {_gc(profile)}"]
    held, asked = _loop(profile, names), _queries(profile, names)
    return (*lines, *([f"  Async: {held}"] if held else []), *([f"  Queries: {asked}"] if asked else []))


def share_text(share: float, samples: int) -> str:
    """Return a share with two standard errors of a proportion, `45% ± 3%`; below 30 samples it says so.

    Args:
        share: 0 to 1.
        samples: all samples of the profile that the share is one of, at least 1.
    """
    if samples < ENOUGH_SAMPLES:
        return f"{share:.0%} (too few samples)"
    return f"{share:.0%} ± {proportion_error(share, samples):.0%}"


def proportion_error(share: float, samples: int) -> float:
    """Return two standard errors of a share of so many samples, a proportion; at least 0.01.

    Args:
        share: 0 to 1; samples: at least 1.
    """
    return max(2 * sqrt(max(0.0, share * (1 - share)) / samples), 0.01)


class _Names:
    """Short names, with the place where two functions share one."""

    def __init__(self, profile: Profile) -> None:
        self.counts = Counter(function.key.qualname for function in profile.functions)

    def of(self, key: FunctionKey) -> str:
        if key.qualname == "<module>":
            return f"{key.file} (module body)"
        return f"{key.qualname} ({key.place})" if self.counts[key.qualname] > 1 else key.qualname


def _cpu(profile: Profile, names: _Names) -> str:
    whole_s = profile.cpu_sampled_s
    if not profile.samples or whole_s <= 0:
        return "too few samples"
    shown = [function for function in profile.functions[:_SHOWN] if function.cpu_self_s / whole_s >= _SMALLEST_SHARE]
    parts = [f"{names.of(function.key)} {_share(function, whole_s, profile.samples)}" for function in shown]
    outside = max(0.0, 1 - sum(function.cpu_self_s for function in profile.functions) / whole_s)
    if outside >= _SMALLEST_SHARE:
        parts.append(f"outside the project {share_text(outside, profile.samples)}")
    return ", ".join(parts) or "nothing of the project over 1%"


def _share(function: FunctionProfile, whole_s: float, samples: int) -> str:
    share = min(1.0, function.cpu_self_s / whole_s)
    return share_text(share, 0 if function.samples_self < ENOUGH_SAMPLES else samples)


def _memory(profile: Profile, names: _Names) -> str:
    traced = profile.memory_pass is not None
    sizes = sorted(
        (
            ((function.peak_owned_bytes or 0) if traced else function.rss_growth_bytes, function.key)
            for function in profile.functions
        ),
        reverse=True,
    )
    parts = [f"{names.of(key)} +{_mib(size)}" for size, key in sizes[:_SHOWN] if size >= _MIB]
    title = "Memory" if traced else "Memory (resident growth)"
    return f"{title}: {', '.join(parts) or 'no function over 1 MiB'}"


def _gc(profile: Profile) -> str:
    count = sum(profile.gc.collections)
    if not count:
        return "no collections"
    share = f" ({profile.gc.pause_s / profile.cpu_covered_s:.0%} of CPU time)" if profile.cpu_covered_s > 0 else ""
    noun = "collection" if count == 1 else "collections"
    return f"{count} {noun}, {_seconds(profile.gc.pause_s)} total{share}"


def _loop(profile: Profile, names: _Names) -> str:
    held = sorted(profile.functions, key=lambda each: -(each.loop_cpu_s + each.loop_blocked_s))
    return ", ".join(
        f"{names.of(each.key)} held the loop {_seconds(each.loop_cpu_s + each.loop_blocked_s)}"
        f" ({_seconds(each.loop_blocked_s)} without CPU)"
        for each in held[:_SHOWN]
        if each.loop_cpu_s + each.loop_blocked_s >= _SMALLEST_LOOP_S
    )


def _queries(profile: Profile, names: _Names) -> str:
    asked = [
        f"{names.of(each.key)} line {each.line} the same {each.count} times, {_seconds(each.wall_s)}"
        for each in profile.queries[:_SHOWN]
    ]
    more = len(profile.queries) - len(asked)
    return "; ".join(asked) + (f"; and {more} more" if more else "")


def _seconds(value_s: float) -> str:
    return f"{value_s:.1f}s" if value_s >= 0.1 else f"{value_s * 1000:.1f}ms"


def _mib(size: int) -> str:
    return f"{size / _MIB:.0f} MiB" if abs(size) >= 10 * _MIB or size == 0 else f"{size / _MIB:.1f} MiB"
