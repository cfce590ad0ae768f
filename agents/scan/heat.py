"""What a profile says of the functions of a tree: hot, cold, or nothing."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from statistics import median

from agents.scan.finding import Heat
from agents.scan.weighing import Scales
from profiling.facts import Facts
from profiling.growth import Growth
from profiling.interactions.observed import Observed
from profiling.interactions.repeated_query import looped
from profiling.model import FunctionKey
from profiling.profile import CallLine, Profile, RepeatedQuery

HOT_SHARE = 0.01
"""Share of a workload's CPU time from which on a function counts as hot, as for targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """The heat of functions, and the queries that lines of them repeat.

    Attributes:
        shares: share (0 to 1) of the workload's CPU time with the function on the stack, by file and qualified name:
            lines move while a profile is kept.
        queries: repeated ones, most time first, by file; wall_s: what the workload took, 0 where no profile knows.
        samples: of the profile.
        scales: weigh what a fix would save; None without a profile.
        growth: the last scaling test, None where there was none.
        is_known: there is a profile; a function it does not name is cold, for it did not run or cost next to nothing.
    """

    shares: Mapping[tuple[str, str], float] = field(default_factory=dict)
    is_known: bool = False
    queries: Mapping[str, tuple[RepeatedQuery, ...]] = field(default_factory=dict)
    wall_s: float = 0.0
    samples: int = 0
    scales: Scales | None = None
    growth: Growth | None = None

    @classmethod
    def by(cls, profile: Profile | None, root: Path | None = None, facts: Facts | None = None) -> "Temperature":
        """Return what a profile says; nothing without one.

        Args:
            profile: of the tree, or of one much like it.
            root: of the tree, to tell the loops around queries.
            facts: recorded with it, None where none were.
        """
        if profile is None:
            return cls()
        whole = profile.cpu_sampled_s
        shares: dict[tuple[str, str], float] = {}
        for function in profile.functions if whole > 0 else ():
            name = (function.key.file, function.key.qualname)
            shares[name] = max(shares.get(name, 0.0), min(function.cpu_total_s / whole, 1.0))
        queries: dict[str, tuple[RepeatedQuery, ...]] = {}
        layers = {name for query in profile.queries for name in (query.driver, query.library)}
        for query, loop in looped(Observed(profile=profile, facts=Facts(), root=root)):
            told = _where_it_is_repeated(query, loop)
            if _is_of_a_database_layer(told, layers, root):
                continue
            queries[told.key.file] = (*queries.get(told.key.file, ()), told)
        wall_s = median(usage.wall_s for usage in profile.baseline or (profile.time_pass,))
        return cls(
            shares=shares,
            is_known=True,
            queries=queries,
            wall_s=wall_s,
            samples=profile.samples,
            scales=Scales(profile, facts),
        )

    @property
    def has_facts(self) -> bool:
        """Say whether there is a profile with facts beside it."""
        return self.scales is not None and self.scales.has_facts

    def may_weigh(self, file: str) -> bool:
        """Say whether code of a file ran, as far as is known."""
        return self.scales is None or file in self.scales.files

    def of(self, key: FunctionKey) -> tuple[Heat, float | None]:
        """Return a function's heat, and its share where a profile knows it."""
        if not self.is_known:
            return Heat.UNKNOWN, None
        share = self.shares.get((key.file, key.qualname), 0.0)
        return (Heat.HOT if share >= HOT_SHARE else Heat.COLD), share


def _is_of_a_database_layer(query: RepeatedQuery, layers: Container[str | None], root: Path | None) -> bool:
    """Say whether a query is repeated in a package that queries are handed to: what asks stands elsewhere."""
    folders = PurePosixPath(query.key.file).parents
    return any(
        folder.name in layers and (root is None or (root / folder / "__init__.py").is_file()) for folder in folders
    )


def _where_it_is_repeated(query: RepeatedQuery, loop: CallLine | None) -> RepeatedQuery:
    """Return a query at the line of the loop that repeats it: what only hands statements on has nothing to change."""
    inner = (CallLine(key=query.key, line=query.line, column=query.column), *query.callers)
    repeated = next((one for one in inner if loop is not None and one.key == loop.key), inner[0])
    return replace(query, key=repeated.key, line=repeated.line, column=repeated.column)
