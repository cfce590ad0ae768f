"""What is tracked of a repository over sessions: figures of one tree, taken by one method on one machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from profiling.model import FunctionKey, RunUsage
from profiling.profile import Profile

_TOP_FUNCTIONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A figure over plain runs: the middle one, the extremes, and how many runs there were."""

    middle: float
    low: float
    high: float
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """What one cache did in one run: hits and misses, exact."""

    hits: int
    misses: int

    @property
    def hit_rate(self) -> float:
        """Return hits over look-ups, 0 to 1."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Lines of the project that its tests run; percent as the tool rounds it, or why there is none."""

    percent: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileComplexity:
    """A file's cyclomatic complexity: summed over its functions, and that of the worst."""

    total: int
    worst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Figures of one tree.

    Attributes:
        wall_s, cpu_s, peak_rss_mib: of the workload's plain runs.
        heap_peak_mib: of the traced heap (memory pass), None where it was skipped.
        calls: exact calls of the functions with most CPU, by `file:name`.
        caches: of the project that were asked, by `file:name`.
        tests_passed, tests_failed: both 0 without a test command.
        coverage: of the tests.
        complexity: of files that the session changed, by path.
    """

    wall_s: Spread
    cpu_s: Spread
    peak_rss_mib: Spread
    heap_peak_mib: float | None
    calls: Mapping[str, int]
    caches: Mapping[str, Lookups]
    tests_passed: int = 0
    tests_failed: int = 0
    coverage: Coverage = field(default_factory=lambda: Coverage(percent=None, why_not="not asked"))
    complexity: Mapping[str, FileComplexity] = field(default_factory=dict)


def of_profile(profile: Profile) -> Measures:
    """Return what a profile knows: times, memory, calls and caches.

    Raises:
        ValueError: it has no plain run; one of a session always has.
    """
    if not profile.baseline:
        raise ValueError("the profile has no plain run")
    top = [each for each in profile.functions if each.calls is not None][:_TOP_FUNCTIONS]
    return Measures(
        wall_s=_spread(profile.baseline, "wall_s"),
        cpu_s=_spread(profile.baseline, "cpu_s"),
        peak_rss_mib=_spread(profile.baseline, "max_rss_mib"),
        heap_peak_mib=None if profile.peak_bytes is None else profile.peak_bytes / 2**20,
        calls={name_of(each.key): each.calls for each in top if each.calls is not None},
        caches={name_of(each.key): Lookups(hits=each.hits, misses=each.misses) for each in profile.caches},
    )


def name_of(key: FunctionKey) -> str:
    """Return how a function is known over sessions: without its line, which moves."""
    return f"{key.file}:{key.qualname}"


def _spread(runs: tuple[RunUsage, ...], name: str) -> Spread:
    values = [float(getattr(run, name)) for run in runs]
    return Spread(middle=median(values), low=min(values), high=max(values), runs=len(values))
