"""Keep or discard: a pure function of what was tested and measured, one rule after the other."""

from dataclasses import dataclass

from orchestrator.policy.dimensions import formula, formulas, log_gain, worst_ratio
from orchestrator.policy.evidence import Case, ExperimentEvidence, read
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from profiling.comparison import Decision
from profiling.model import Dimension

__all__ = ["ExperimentEvidence", "choose_level", "decide"]

WORKLOAD_LEVEL_SHARE = 0.03
"""From this share of the workload on, a gain can be seen through the workload's noise (docs/deciding.md)."""

MOST_MEMORY_RATIO = 1.20
"""A peak that grows by more is never kept, whatever the net effect."""

_CRASHES = frozenset({Reason.CRASH, Reason.TIMEOUT, Reason.GAMING_SUSPECTED})


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
    """Return the verdict on one experiment (the table of docs/deciding.md)."""
    if evidence.failed_gate is not None:
        return _verdict(evidence, None, _failed(evidence.failed_gate, evidence.failure))
    case = read(evidence)
    if isinstance(case, str):
        return _verdict(evidence, None, _discard(Reason.UNDECIDED, case))
    return _verdict(evidence, case, next(ruling for rule in _RULES if (ruling := rule(case)) is not None))


def _verdict(evidence: ExperimentEvidence, case: Case | None, ruling: _Ruling) -> Verdict:
    return Verdict(
        status=ruling.status,
        reason=ruling.reason,
        level=evidence.decided_at,
        net_effect=case.net_effect if case else 0.0,
        improved=case.improved if case else (),
        regressed=case.regressed if case else (),
        explanation=ruling.text,
    )


def _failed(gate: Reason, failure: str) -> _Ruling:
    status = Status.CRASH if gate in _CRASHES else Status.DISCARD
    return _Ruling(status=status, reason=gate, text=failure or f"the gate failed: {gate.value}")


def _hard_limit(case: Case) -> _Ruling | None:
    """No net effect buys more than 20% memory, or anything of an untouchable dimension."""
    broken = [case.workload[one] for one in case.regressed if one in case.evidence.untouchable]
    if broken:
        return _discard(Reason.REGRESSION, f"{formulas(broken)}: untouchable, may not get worse")
    peak = case.workload.get(Dimension.PEAK_MIB)
    if peak is not None and peak.regressed and peak.ratio > MOST_MEMORY_RATIO:
        return _discard(Reason.REGRESSION, f"{formula(peak)}: over the hard limit of {MOST_MEMORY_RATIO - 1:.0%} more")
    return None


def _undecided(case: Case) -> _Ruling | None:
    if case.judged.decision is not Decision.UNDECIDED:
        return None
    return _discard(Reason.UNDECIDED, f"{formula(case.target)}; {case.judged.stopped_because}")


def _nothing_gained(case: Case) -> _Ruling | None:
    if case.improved:
        return None
    if case.regressed:
        return _discard(Reason.REGRESSION, f"nothing gained, and {_costs(case)}")
    if log_gain(case.target.dimension, worst_ratio(case.target)) > 0:
        return _discard(Reason.BELOW_THRESHOLD, f"a gain, but less than the 5% sought: {formula(case.target)}")
    return _discard(Reason.NO_IMPROVEMENT, f"no difference shown: {formula(case.target)}")


def _vanishes(case: Case) -> _Ruling | None:
    """A gain on the measured calls alone is none."""
    if not case.is_function_level or not case.evidence.function_doubt:
        return None
    return _discard(Reason.NO_IMPROVEMENT, case.evidence.function_doubt)


def _not_paid_for(case: Case) -> _Ruling | None:
    """What got worse must be paid for by the target dimension, surely; at function level by nothing."""
    if not case.regressed:
        return None
    if case.is_function_level:
        text = f"the function gains, {formula(case.target)}, but the workload loses: {_costs(case)}"
        return _discard(Reason.REGRESSION, text)
    if not case.target_improved:
        gained = formulas(case.workload[one] for one in case.improved)
        return _discard(
            Reason.REGRESSION, f"{_costs(case)}; {case.target.dimension.value} gained nothing, only {gained}"
        )
    if case.net_effect_at_worst > 0:
        return None
    doubt = "not surely positive" if case.net_effect > 0 else "not positive"
    return _discard(Reason.REGRESSION, f"{formula(case.target)} at the cost of {_costs(case)}; {_net(case)}, {doubt}")


def _immaterial(case: Case) -> _Ruling | None:
    evidence = case.evidence
    if any(saving.reaches(evidence.floor) for saving in case.savings):
        return None
    gain = evidence.prescreen_gain
    if gain is not None and gain >= evidence.floor.tiny_gain and evidence.diff_lines <= evidence.floor.tiny_lines:
        return None
    floor = f"{evidence.floor.share:.1%} of the workload or {evidence.floor.seconds * 1000:g} ms"
    return _discard(Reason.IMMATERIAL, f"{_gains(case)}: below the floor of {floor}")


def _keep(case: Case) -> _Ruling:
    if case.regressed:
        text = f"{_gains(case)}; at the cost of {_costs(case)}; {_net(case)}"
        return _Ruling(status=Status.KEEP, reason=Reason.TRADEOFF, text=text)
    if not case.target_improved:
        text = f"{_gains(case)}; {case.target.dimension.value} itself: {formula(case.target)}"
        return _Ruling(status=Status.KEEP, reason=Reason.UNEXPECTED_GAIN, text=text)
    reason = Reason.COMPOUND if len(case.improved) > 1 else Reason.IMPROVED
    return _Ruling(status=Status.KEEP, reason=reason, text=_gains(case))


_RULES = (_hard_limit, _undecided, _nothing_gained, _vanishes, _not_paid_for, _immaterial, _keep)


def _discard(reason: Reason, text: str) -> _Ruling:
    return _Ruling(status=Status.DISCARD, reason=reason, text=text)


def _gains(case: Case) -> str:
    """Return every dimension that got better, with its absolute saving and its share of the workload."""
    return "; also ".join(
        f"{formula(case.compared(saving.dimension))}{_whose(case, saving.dimension)}, {saving}"
        for saving in case.savings
    )


def _whose(case: Case, dimension: Dimension) -> str:
    return " of its own calls" if case.is_function_level and dimension is case.metric else ""


def _costs(case: Case) -> str:
    return formulas(case.workload[dimension] for dimension in case.regressed)


def _net(case: Case) -> str:
    return f"net effect {case.net_effect:+.3f} (at worst {case.net_effect_at_worst:+.3f})"
