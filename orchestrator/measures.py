"""What is tracked of a repository over sessions: figures of one tree, taken by one method on one machine."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from profiling.collect.queries import FEWEST
from profiling.collect.uncertainty import cpu_error_s, waiting_error_s
from profiling.model import FunctionKey, RunUsage
from profiling.profile import Profile, RepeatedQuery
from profiling.targets import MODULE_BODY

_TOP_FUNCTIONS = 10
LEAST_BUSY_SHARE = 0.01


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
class Sampled:
    """A share (0 to 1) of the workload's CPU time, and how many samples the whole of it had."""

    share: float
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Sampled seconds of a function with all it called, and two standard errors of them.

    They are of CPU and of waiting for something else than a core: what else the machine did is not in them.
    """

    seconds: float
    error_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Queries that a function repeats in one run.

    Attributes:
        count: exact; executemany is one.
        entry: `file:name` of the function that repeats them: the innermost on the way to them that was called a fifth
            as often at most, else the outermost that the profile keeps.
    """

    count: int
    entry: str


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
        logging: what project code spends in the `logging` package and all that it calls, None where not noted.
        queries: repeated ones, by `file:name` of the function that asks; None where not noted.
        busy: of functions on a stack for 1% of the profile's run or more, by `file:name`.
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
    logging: Sampled | None = None
    queries: Mapping[str, Asked] | None = None
    busy: Mapping[str, Busy] = field(default_factory=dict)


def of_profile(profile: Profile) -> Measures:
    """Return what a profile knows: times, memory, calls, caches, logging and queries.

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
        logging=_logging(profile),
        queries=_queries(profile),
        busy=_busy(profile),
    )


def name_of(key: FunctionKey) -> str:
    """Return how a function is known over sessions: without its line, which moves."""
    return f"{key.file}:{key.qualname}"


def _spread(runs: tuple[RunUsage, ...], name: str) -> Spread:
    values = [float(getattr(run, name)) for run in runs]
    return Spread(middle=median(values), low=min(values), high=max(values), runs=len(values))


def _logging(profile: Profile) -> Sampled | None:
    if profile.cpu_sampled_s <= 0:
        return None
    spent_s = sum(library.cpu_s for library in profile.libraries if library.name == "logging")
    return Sampled(share=min(spent_s / profile.cpu_sampled_s, 1.0), samples=profile.samples)


def _queries(profile: Profile) -> dict[str, Asked]:
    """Return them by the function that asks, with the entry of those that take most time."""
    calls = {each.key: each.calls for each in profile.functions if each.calls is not None}
    found: dict[str, Asked] = {}
    for query in profile.queries:
        name = name_of(query.key)
        before = found.get(name)
        entry = before.entry if before is not None else _entry(query, calls)
        found[name] = Asked(count=query.count + (before.count if before is not None else 0), entry=entry)
    return found


def _entry(query: RepeatedQuery, calls: Mapping[FunctionKey, int]) -> str:
    way = [query.key, *(one.key for one in query.callers)]
    functions = [key for key in way if key.qualname != MODULE_BODY] or way
    repeating = [key for key in functions if calls.get(key, query.count) * FEWEST <= query.count]
    return name_of(repeating[0] if repeating else functions[-1])


def _busy(profile: Profile) -> dict[str, Busy]:
    cpu_s, waited_s = defaultdict[str, float](float), defaultdict[str, float](float)
    samples = Counter[str]()
    for stack in profile.stacks:
        for name in {name_of(key) for key in stack.frames}:
            cpu_s[name] += stack.cpu_s
            waited_s[name] += stack.waited_s
            samples[name] += stack.samples
    least_s = LEAST_BUSY_SHARE * profile.time_pass.wall_s
    return {
        name: Busy(
            seconds=round(spent_s + waited_s[name], 6),
            error_s=round(cpu_error_s(spent_s, samples[name], profile) + waiting_error_s(waited_s[name]), 6),
        )
        for name, spent_s in sorted(cpu_s.items())
        if spent_s + waited_s[name] >= least_s
    }
