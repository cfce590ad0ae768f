"""What a verdict rests on, and what it comes to: which dimensions changed, what that saves, the net effect."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.policy.dimensions import DEFAULT_WEIGHTS, log_gain, worst_ratio
from orchestrator.policy.materiality import DEFAULT_FLOOR, Floor, Saving, function_saving, workload_saving
from orchestrator.policy.verdict import Level, Reason
from profiling.comparison import Comparison, Decision, Measurement
from profiling.model import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentEvidence:
    """All that a verdict rests on.

    Attributes:
        failed_gate: the safety gate that failed, None when all passed.
        failure: what it saw.
        primary: the dimension the fix is meant to improve.
        level: chosen before measuring (`choose_level`).
        measurement: of the whole workload, None when it was not measured.
        share: of the workload that the target has, 0 to 1; used at function level.
        workload_base_s: seconds the workload costs on the base.
        diff_lines: lines changed.
        prescreen_gain: share of its own cost (0 to 1) the function saved on its recorded calls, None when not replayed.
        weights: per dimension, of the net effect; `DEFAULT_WEIGHTS` where one is missing.
        untouchable: dimensions that may not get worse whatever the net effect.
        function: of the function's own calls, for the function level. Without it the workload decides.
        function_doubt: why a gain on those calls is none; empty where it holds on calls held back too.
        floor: of materiality.
    """

    failed_gate: Reason | None
    primary: Dimension
    level: Level
    measurement: Measurement | None
    share: float
    workload_base_s: float
    diff_lines: int
    prescreen_gain: float | None
    failure: str = ""
    weights: Mapping[Dimension, float] = field(default_factory=dict)
    untouchable: frozenset[Dimension] = frozenset()
    function: Measurement | None = None
    function_doubt: str = ""
    floor: Floor = DEFAULT_FLOOR

    @property
    def decided_at(self) -> Level:
        """Return the level that decides: the function's only when its own calls were measured."""
        chosen = self.level is Level.FUNCTION and self.function is not None
        return Level.FUNCTION if chosen else Level.WORKLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A measured experiment as it is judged.

    Attributes:
        evidence: what it is made of.
        workload: comparisons of the whole workload.
        judged: the measurement that decides on the primary dimension: the workload's or the function's own.
    """

    evidence: ExperimentEvidence
    workload: Mapping[Dimension, Comparison]
    judged: Measurement

    @property
    def metric(self) -> Dimension:
        """Return the dimension that was decided on: the primary one, or wall time where the workload mostly waits."""
        return self.judged.decided_on

    @property
    def target(self) -> Comparison:
        """Return that dimension in the measurement that decides on it."""
        return self.judged.comparisons[self.metric]

    @property
    def is_function_level(self) -> bool:
        """Say whether the function's own calls decide."""
        return self.evidence.decided_at is Level.FUNCTION

    @property
    def regressed(self) -> tuple[Dimension, ...]:
        """Return the dimensions of the workload that got worse than their limits."""
        return tuple(dimension for dimension, one in self.workload.items() if one.regressed)

    @property
    def target_improved(self) -> bool:
        """Say whether the sequential test found it better, and nothing finds it worse."""
        return self.judged.decision is Decision.IMPROVED and self.metric not in self.regressed

    @property
    def improved(self) -> tuple[Dimension, ...]:
        """Return the dimensions that got better, that which decided first.

        At function level others count only beside it: the workload was measured there to show that it does not lose.
        """
        others = tuple(
            dimension
            for dimension, one in self.workload.items()
            if one.improved and not one.regressed and dimension is not self.metric
        )
        if self.target_improved:
            return (self.metric, *others)
        return () if self.is_function_level else others

    @property
    def savings(self) -> tuple[Saving, ...]:
        """Return what each improved dimension saves of the workload."""
        return tuple(self._saving(dimension) for dimension in self.improved)

    @property
    def net_effect(self) -> float:
        """Return the sum of weight x ln(before / after) over the dimensions that changed, by their estimates."""
        return sum(self._weight(one.dimension) * self._log_gain(one, one.ratio) for one in self._changed)

    @property
    def net_effect_at_worst(self) -> float:
        """Return the same sum by the ends of the intervals that speak against the change."""
        ratios = [(one, worst_ratio(one)) for one in self._changed]
        return sum(self._weight(one.dimension) * self._log_gain(one, ratio) for one, ratio in ratios)

    def compared(self, dimension: Dimension) -> Comparison:
        """Return a dimension in the measurement that speaks of it."""
        return self.target if dimension is self.metric else self.workload[dimension]

    @property
    def _changed(self) -> list[Comparison]:
        return [self.compared(one) for one in self.improved] + [self.workload[one] for one in self.regressed]

    def _log_gain(self, one: Comparison, ratio: float) -> float:
        if one.dimension in self.regressed:
            # What counts as worse never speaks for a change, even where "not shown to be no worse" is below 1.
            return min(log_gain(one.dimension, ratio), 0.0)
        diluted = self.is_function_level and one.dimension is self.metric
        share = self.evidence.share if diluted else 1.0
        return log_gain(one.dimension, 1 + share * (ratio - 1))

    def _weight(self, dimension: Dimension) -> float:
        return max(0.0, self.evidence.weights.get(dimension, DEFAULT_WEIGHTS[dimension]))

    def _saving(self, dimension: Dimension) -> Saving:
        base_s = self.evidence.workload_base_s
        if self.is_function_level and dimension is self.metric:
            return function_saving(self.target, self.evidence.share, self.workload, base_s)
        return workload_saving(self.workload[dimension], self.workload, base_s)


def read(evidence: ExperimentEvidence) -> Case | str:
    """Return the case, or why there is nothing to judge."""
    measurement = evidence.measurement
    judged = evidence.function if evidence.decided_at is Level.FUNCTION else measurement
    if measurement is None or judged is None:
        return "the workload was not measured"
    if judged.target is not evidence.primary or judged.decided_on not in judged.comparisons:
        return f"measured on {judged.target.value}, which says nothing of {evidence.primary.value}"
    return Case(evidence=evidence, workload=measurement.comparisons, judged=judged)
