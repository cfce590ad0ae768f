"""What changed between two profiles, function by function. Pure."""

from dataclasses import dataclass

from profiling.profile import FunctionProfile, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDelta:
    """One function in two profiles, matched by file and qualified name: its line may have moved.

    Attributes:
        file, qualname: of the function; absent from a profile counts as zero there.
        cpu_before_s, cpu_after_s: CPU seconds with it the innermost project function.
        memory_before_bytes, memory_after_bytes: its part of the traced peak, or of resident growth where one of the
            profiles has no memory pass.
        gc_before_s, gc_after_s: pauses of collections triggered in it.
        samples: behind the smaller of the two CPU figures that have any; below 30 they are uncertain.
    """

    file: str
    qualname: str
    cpu_before_s: float
    cpu_after_s: float
    memory_before_bytes: int
    memory_after_bytes: int
    gc_before_s: float
    gc_after_s: float
    samples: int

    @property
    def is_change(self) -> bool:
        """Say whether any figure differs."""
        return (self.cpu_before_s, self.memory_before_bytes, self.gc_before_s) != (
            self.cpu_after_s,
            self.memory_after_bytes,
            self.gc_after_s,
        )


def delta(before: Profile, after: Profile) -> tuple[FunctionDelta, ...]:
    """Return every function of two profiles whose figures differ, largest change of CPU first."""
    traced = before.memory_pass is not None and after.memory_pass is not None
    olds, news = _by_name(before), _by_name(after)
    found = [
        _delta(file, qualname, olds.get((file, qualname), ()), news.get((file, qualname), ()), traced=traced)
        for file, qualname in olds.keys() | news.keys()
    ]
    changed = [each for each in found if each.is_change]
    return tuple(
        sorted(changed, key=lambda each: (-abs(each.cpu_after_s - each.cpu_before_s), each.file, each.qualname))
    )


def _by_name(profile: Profile) -> dict[tuple[str, str], tuple[FunctionProfile, ...]]:
    """Group functions; two of one name (a conditional definition) are one here."""
    groups: dict[tuple[str, str], tuple[FunctionProfile, ...]] = {}
    for function in profile.functions:
        name = (function.key.file, function.key.qualname)
        groups[name] = (*groups.get(name, ()), function)
    return groups


def _delta(
    file: str,
    qualname: str,
    olds: tuple[FunctionProfile, ...],
    news: tuple[FunctionProfile, ...],
    *,
    traced: bool,
) -> FunctionDelta:
    samples = [count for each in (olds, news) if (count := sum(function.samples_self for function in each))]
    return FunctionDelta(
        file=file,
        qualname=qualname,
        cpu_before_s=sum(function.cpu_self_s for function in olds),
        cpu_after_s=sum(function.cpu_self_s for function in news),
        memory_before_bytes=sum(_memory(function, traced=traced) for function in olds),
        memory_after_bytes=sum(_memory(function, traced=traced) for function in news),
        gc_before_s=sum(function.gc_pause_s for function in olds),
        gc_after_s=sum(function.gc_pause_s for function in news),
        samples=min(samples, default=0),
    )


def _memory(function: FunctionProfile, *, traced: bool) -> int:
    return (function.peak_owned_bytes or 0) if traced else function.rss_growth_bytes
