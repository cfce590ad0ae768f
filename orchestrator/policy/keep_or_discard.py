"""Keep or discard: a pure function of what was tested and measured. One rule after the other; the first that speaks decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orchestrator.policy.dimensions import DEFAULT_WEIGHTS, formula, formulas, log_gain, worst_ratio
from orchestrator.policy.materiality import Floor, Saving, function_saving, workload_saving
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from profiling.comparison import Comparison, Decision, Measurement
from profiling.model import Dimension

WORKLOAD_LEVEL_SHARE = 0.03
"""From this share of the workload on, a gain can be seen through the workload's noise (specification, section 6)."""

MOST_MEMORY_RATIO = 1.20
"""A peak that grows by more is never kept, whatever the net effect."""

_CRASHES = frozenset({Reason.CRASH, Reason.TIMEOUT, Reason.GAMING_SUSPECTED})


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
    floor: Floor = Floor()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The evidence, read once: at which level it is judged and what changed.

    Attributes:
        workload: comparisons of the whole workload.
        judged: the measurement that decides on the primary dimension; target: that dimension in it.
        target_improved: by the sequential test of the judged measurement.
        improved, regressed: dimensions that changed; a dimension is never both.
        savings: of the improved dimensions, the primary one first.
        net, net_at_worst: net effect, by the estimates and by the ends of the intervals that speak against the change.
    """

    evidence: ExperimentEvidence
    level: Level
    workload: Mapping[Dimension, Comparison]
    judged: Measurement
    target: Comparison
    target_improved: bool
    improved: tuple[Dimension, ...]
    regressed: tuple[Dimension, ...]
    savings: tuple[Saving, ...]
    net: float
    net_at_worst: float

    @property
    def costs(self) -> str:
        """Return how the dimensions that got worse read."""
        return formulas(self.workload[dimension] for dimension in self.regressed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruling:
    status: Status
    reason: Reason
    text: str


def choose_level(share: float, expected_gain: float) -> Level:
    """Return where a gain is to be proved, chosen before measuring.

    Args:
        share: of the workload that the target has, 0 to 1.
        expected_gain: share of the target's own cost that the fix is expected to save, 0 to 1.
    """
    return Level.WORKLOAD if share * expected_gain >= WORKLOAD_LEVEL_SHARE else Level.FUNCTION


def decide(evidence: ExperimentEvidence) -> Verdict:
    """Return the verdict on one experiment (the table of the specification, section 6)."""
    level = Level.FUNCTION if _is_function_level(evidence) else Level.WORKLOAD
    if evidence.failed_gate is not None:
        status = Status.CRASH if evidence.failed_gate in _CRASHES else Status.DISCARD
        text = evidence.failure or f"the gate failed: {evidence.failed_gate.value}"
        return _unmeasured(level, _Ruling(status=status, reason=evidence.failed_gate, text=text))
    case = _read(evidence, level)
    if isinstance(case, _Ruling):
        return _unmeasured(level, case)
    ruling = next(ruling for rule in _RULES if (ruling := rule(case)) is not None)
    return Verdict(
        status=ruling.status,
        reason=ruling.reason,
        level=level,
        net_effect=case.net,
        improved=case.improved,
        regressed=case.regressed,
        explanation=ruling.text,
    )


def _is_function_level(evidence: ExperimentEvidence) -> bool:
    """Say whether the function's own calls decide: only when they were measured."""
    return evidence.level is Level.FUNCTION and evidence.function is not None


def _unmeasured(level: Level, ruling: _Ruling) -> Verdict:
    return Verdict(
        status=ruling.status,
        reason=ruling.reason,
        level=level,
        net_effect=0.0,
        improved=(),
        regressed=(),
        explanation=ruling.text,
    )


def _read(evidence: ExperimentEvidence, level: Level) -> _Case | _Ruling:
    """Return the case, or the ruling that there is nothing to judge."""
    measurement, primary = evidence.measurement, evidence.primary
    judged = evidence.function if level is Level.FUNCTION else measurement
    if measurement is None or judged is None:
        return _discard(Reason.UNDECIDED, "the workload was not measured")
    if judged.target is not primary or primary not in judged.comparisons:
        text = f"measured on {judged.target.value}, which says nothing of {primary.value}"
        return _discard(Reason.UNDECIDED, text)
    workload = measurement.comparisons
    regressed = tuple(dimension for dimension, one in workload.items() if one.regressed)
    target_improved = judged.decision is Decision.IMPROVED and (level is Level.FUNCTION or primary not in regressed)
    others = tuple(
        dimension
        for dimension, one in workload.items()
        if one.improved and not one.regressed and dimension is not primary
    )
    improved = (primary, *others) if target_improved else others
    effects = _effects(evidence, level, judged.comparisons[primary], improved, regressed)
    return _Case(
        evidence=evidence,
        level=level,
        workload=workload,
        judged=judged,
        target=judged.comparisons[primary],
        target_improved=target_improved,
        improved=improved,
        regressed=regressed,
        savings=tuple(_saving(evidence, level, judged, dimension) for dimension in improved),
        net=sum(effect.estimate for effect in effects),
        net_at_worst=sum(effect.at_worst for effect in effects),
    )


def _saving(evidence: ExperimentEvidence, level: Level, judged: Measurement, dimension: Dimension) -> Saving:
    assert evidence.measurement is not None
    workload = evidence.measurement.comparisons
    if level is Level.FUNCTION and dimension is evidence.primary:
        return function_saving(judged.comparisons[dimension], evidence.share, workload, evidence.workload_base_s)
    return workload_saving(workload[dimension], workload, evidence.workload_base_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effect:
    """Weight x ln(before / after) of one dimension: by its estimate, and by the end of its interval against it."""

    estimate: float
    at_worst: float


def _effects(
    evidence: ExperimentEvidence,
    level: Level,
    target: Comparison,
    improved: Iterable[Dimension],
    regressed: Iterable[Dimension],
) -> list[_Effect]:
    assert evidence.measurement is not None
    workload = evidence.measurement.comparisons
    effects = []
    for dimension in improved:
        one, share = workload.get(dimension, target), 1.0
        if level is Level.FUNCTION and dimension is evidence.primary:
            one, share = target, evidence.share
        estimate, at_worst = (1 + share * (ratio - 1) for ratio in (one.ratio, worst_ratio(one)))
        weight = _weight(evidence, dimension)
        gain, gain_at_worst = log_gain(dimension, estimate), log_gain(dimension, at_worst)
        effects.append(_Effect(estimate=weight * gain, at_worst=weight * min(gain, gain_at_worst)))
    for dimension in regressed:
        one, weight = workload[dimension], _weight(evidence, dimension)
        # What counts as worse never speaks for a change, even where "not shown to be no worse" has a ratio below 1.
        loss, loss_at_worst = (min(log_gain(dimension, ratio), 0.0) for ratio in (one.ratio, worst_ratio(one)))
        effects.append(_Effect(estimate=weight * loss, at_worst=weight * min(loss, loss_at_worst)))
    return effects


def _weight(evidence: ExperimentEvidence, dimension: Dimension) -> float:
    return max(0.0, evidence.weights.get(dimension, DEFAULT_WEIGHTS[dimension]))


def _hard_limit(case: _Case) -> _Ruling | None:
    """No net effect buys more than 20% memory, or anything of an untouchable dimension."""
    broken = [dimension for dimension in case.regressed if dimension in case.evidence.untouchable]
    if broken:
        text = f"{formulas(case.workload[dimension] for dimension in broken)}: may not get worse (conventions)"
        return _discard(Reason.REGRESSION, text)
    peak = case.workload.get(Dimension.PEAK_MIB)
    if peak is not None and peak.regressed and peak.ratio > MOST_MEMORY_RATIO:
        return _discard(Reason.REGRESSION, f"{formula(peak)}: over the hard limit of {MOST_MEMORY_RATIO - 1:.0%}")
    return None


def _undecided(case: _Case) -> _Ruling | None:
    if case.judged.decision is not Decision.UNDECIDED:
        return None
    return _discard(Reason.UNDECIDED, f"not decided: {formula(case.target)}; {case.judged.stopped_because}")


def _worse_at_function_level(case: _Case) -> _Ruling | None:
    """A fix proved on the function alone needs the workload shown not worse, with no net effect to buy it."""
    if case.level is Level.WORKLOAD or not case.regressed:
        return None
    return _discard(Reason.REGRESSION, f"the function gains ({formula(case.target)}), the workload loses: {case.costs}")


def _nothing_gained(case: _Case) -> _Ruling | None:
    if case.improved:
        return None
    if case.regressed:
        return _discard(Reason.REGRESSION, f"nothing gained, and {case.costs}")
    if log_gain(case.target.dimension, worst_ratio(case.target)) > 0:
        return _discard(Reason.BELOW_THRESHOLD, f"a gain, but less than the 5% sought: {formula(case.target)}")
    return _discard(Reason.NO_IMPROVEMENT, f"no difference shown: {formula(case.target)}")


def _not_paid_for(case: _Case) -> _Ruling | None:
    """What got worse must be paid for by the target dimension, surely."""
    if not case.regressed:
        return None
    if not case.target_improved:
        gained = formulas(case.workload[dimension] for dimension in case.improved)
        return _discard(Reason.REGRESSION, f"{case.costs}; {case.target.dimension.value} gained nothing, only {gained}")
    if case.net_at_worst > 0:
        return None
    unsure = "not surely positive" if case.net > 0 else "not positive"
    return _discard(Reason.REGRESSION, f"{formula(case.target)} at the cost of {case.costs}; {_net(case)}, {unsure}")


def _immaterial(case: _Case) -> _Ruling | None:
    evidence = case.evidence
    if any(saving.reaches(evidence.floor) for saving in case.savings):
        return None
    gain = evidence.prescreen_gain
    if gain is not None and gain >= evidence.floor.tiny_gain and evidence.diff_lines <= evidence.floor.tiny_lines:
        return None
    floor = f"{evidence.floor.share:.1%} of the workload or {evidence.floor.seconds * 1000:g} ms"
    return _discard(Reason.IMMATERIAL, f"{_gains(case)}: below the floor of {floor}")


def _keep(case: _Case) -> _Ruling:
    if case.regressed:
        text = f"{_gains(case)}; at the cost of {case.costs}; {_net(case)}"
        return _Ruling(status=Status.KEEP, reason=Reason.TRADEOFF, text=text)
    if not case.target_improved:
        text = f"{_gains(case)}; {case.target.dimension.value} itself: {formula(case.target)}"
        return _Ruling(status=Status.KEEP, reason=Reason.UNEXPECTED_GAIN, text=text)
    reason = Reason.COMPOUND if len(case.improved) > 1 else Reason.IMPROVED
    return _Ruling(status=Status.KEEP, reason=reason, text=_gains(case))


_RULES = (
    _hard_limit,
    _undecided,
    _worse_at_function_level,
    _nothing_gained,
    _not_paid_for,
    _immaterial,
    _keep,
)


def _discard(reason: Reason, text: str) -> _Ruling:
    return _Ruling(status=Status.DISCARD, reason=reason, text=text)


def _gains(case: _Case) -> str:
    """Return every dimension that got better, with its absolute saving and its share of the workload."""
    return "; also ".join(
        f"{formula(_compared(case, saving.dimension))}{_where(case, saving)}; {saving}" for saving in case.savings
    )


def _compared(case: _Case, dimension: Dimension) -> Comparison:
    return case.target if dimension is case.target.dimension else case.workload[dimension]


def _where(case: _Case, saving: Saving) -> str:
    own = case.level is Level.FUNCTION and saving.dimension is case.target.dimension
    return " of the function's own cost" if own else ""


def _net(case: _Case) -> str:
    return f"net effect {case.net:+.3f} (at worst {case.net_at_worst:+.3f})"
