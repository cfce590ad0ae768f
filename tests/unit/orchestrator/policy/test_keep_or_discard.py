import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestrator.policy.keep_or_discard import ExperimentEvidence, choose_level, decide
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from profiling.comparison import Comparison, Decision, Measurement
from profiling.model import Dimension

CPU, WALL, PEAK, GC, PAUSES = (
    Dimension.CPU_S,
    Dimension.WALL_S,
    Dimension.PEAK_MIB,
    Dimension.GC_COLLECTIONS,
    Dimension.GC_S,
)
SAME, BETTER, WORSE = "same", "better", "worse"
IMPROVED, NOT, UNDECIDED = Decision.IMPROVED, Decision.NOT_IMPROVED, Decision.UNDECIDED


def compared(dimension: Dimension, ratio: float = 1.0, how: str = SAME, *, base: float = 2.0) -> Comparison:
    return Comparison(
        dimension=dimension,
        ratio=ratio,
        low=ratio * 0.98,
        high=ratio * 1.02,
        base_median=base,
        change_median=base * ratio,
        pairs=9,
        improved=how == BETTER,
        regressed=how == WORSE,
        limit="median above 1.10x",
    )


def measured(target: Dimension, decision: Decision, *comparisons: Comparison) -> Measurement:
    return Measurement(
        target=target,
        decision=decision,
        stopped_because="it was enough",
        evidence_gain=0.0,
        evidence_no_gain=0.0,
        comparisons={one.dimension: one for one in comparisons},
        pairs=(),
        elapsed_s=1.0,
    )


def evidence(measurement: Measurement | None, **changes: object) -> ExperimentEvidence:
    plain = ExperimentEvidence(
        failed_gate=None,
        primary=CPU,
        level=Level.WORKLOAD,
        measurement=measurement,
        share=1.0,
        workload_base_s=2.0,
        diff_lines=10,
        prescreen_gain=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def judged(decision: Decision, *comparisons: Comparison, **changes: object) -> Verdict:
    return decide(evidence(measured(CPU, decision, *comparisons), **changes))


CPU_FASTER = compared(CPU, 0.85, BETTER)


def test_a_better_target_with_nothing_worse_is_kept() -> None:
    verdict = judged(IMPROVED, CPU_FASTER, compared(PEAK))
    assert (verdict.status, verdict.reason, verdict.level) == (Status.KEEP, Reason.IMPROVED, Level.WORKLOAD)
    assert verdict.improved == (CPU,)
    assert verdict.explanation == ("1.18x (15% less cpu_s) [0.83, 0.87], 9 pairs, saves 300 ms, 15% of the workload")


def test_the_gain_formula_reads_as_specified() -> None:
    assert judged(IMPROVED, compared(CPU, 0.5, BETTER)).explanation.startswith("2.0x (50% less cpu_s) [")


def test_another_better_dimension_makes_it_a_compound_keep() -> None:
    verdict = judged(IMPROVED, CPU_FASTER, compared(PEAK, 0.8, BETTER, base=50))
    assert (verdict.status, verdict.reason) == (Status.KEEP, Reason.COMPOUND)
    assert verdict.improved == (CPU, PEAK)
    assert "also 1.25x (20% less peak_mib)" in verdict.explanation
    assert verdict.net_effect == pytest.approx(-0.5 * math.log(0.85) - math.log(0.8))


def test_a_surely_positive_net_effect_keeps_a_trade_off_and_names_it() -> None:
    verdict = judged(IMPROVED, compared(CPU, 0.5, BETTER), compared(PEAK, 1.15, WORSE, base=50))
    assert (verdict.status, verdict.reason) == (Status.KEEP, Reason.TRADEOFF)
    assert verdict.regressed == (PEAK,)
    assert "at the cost of 0.87x (15% more peak_mib)" in verdict.explanation


def test_a_negative_net_effect_is_discarded() -> None:
    verdict = judged(IMPROVED, compared(CPU, 0.9, BETTER), compared(PEAK, 1.15, WORSE, base=50))
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.REGRESSION)
    assert verdict.net_effect < 0
    assert "not positive" in verdict.explanation


def test_a_net_effect_whose_interval_holds_zero_is_discarded() -> None:
    verdict = judged(IMPROVED, compared(CPU, 0.78, BETTER), compared(PEAK, 1.12, WORSE, base=50))
    assert verdict.net_effect > 0
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.REGRESSION)
    assert "not surely positive" in verdict.explanation


def test_an_unexpected_gain_elsewhere_is_kept() -> None:
    verdict = judged(NOT, compared(CPU), compared(PEAK, 0.8, BETTER, base=50))
    assert (verdict.status, verdict.reason) == (Status.KEEP, Reason.UNEXPECTED_GAIN)
    assert "cpu_s itself: 1.00x" in verdict.explanation


def test_an_unexpected_gain_never_pays_for_a_loss() -> None:
    verdict = judged(NOT, compared(CPU, 1.03, WORSE), compared(PEAK, 0.2, BETTER, base=50))
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.REGRESSION)


def test_no_difference_is_a_result() -> None:
    verdict = judged(NOT, compared(CPU), compared(PEAK))
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.NO_IMPROVEMENT)
    assert verdict.explanation == "no difference shown: 1.00x (0.0% less cpu_s) [0.98, 1.02], 9 pairs"


def test_a_gain_smaller_than_sought_is_below_the_threshold() -> None:
    assert judged(NOT, compared(CPU, 0.97)).reason is Reason.BELOW_THRESHOLD


def test_nothing_gained_and_something_lost_is_a_regression() -> None:
    assert judged(NOT, compared(CPU), compared(PEAK, 1.15, WORSE)).reason is Reason.REGRESSION


def test_an_undecided_target_is_discarded_as_undecided_even_with_a_gain_elsewhere() -> None:
    verdict = judged(UNDECIDED, compared(CPU, 0.9), compared(PEAK, 0.8, BETTER, base=50))
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.UNDECIDED)
    assert "it was enough" in verdict.explanation


def test_what_was_not_measured_or_measured_on_something_else_is_never_kept() -> None:
    elsewhere = measured(PEAK, IMPROVED, CPU_FASTER, compared(PEAK, 0.5, BETTER))
    for one in (None, elsewhere, measured(CPU, IMPROVED, compared(PEAK, 0.5, BETTER))):
        assert decide(evidence(one)).reason is Reason.UNDECIDED


@pytest.mark.parametrize("gate", list(Reason))
def test_a_failed_gate_is_never_kept_and_gives_its_reason(gate: Reason) -> None:
    verdict = judged(IMPROVED, CPU_FASTER, failed_gate=gate, failure="2 tests fail")
    assert verdict.status is not Status.KEEP
    assert (verdict.reason, verdict.explanation) == (gate, "2 tests fail")


@pytest.mark.parametrize(
    ("gate", "status"),
    [
        (Reason.TESTS_FAILED, Status.DISCARD),
        (Reason.SYNTAX_ERROR, Status.DISCARD),
        (Reason.CRASH, Status.CRASH),
        (Reason.TIMEOUT, Status.CRASH),
        (Reason.GAMING_SUSPECTED, Status.CRASH),
    ],
)
def test_crashes_are_told_from_discards(gate: Reason, status: Status) -> None:
    assert judged(IMPROVED, CPU_FASTER, failed_gate=gate).status is status


def test_memory_over_the_hard_limit_is_discarded_whatever_the_net_effect() -> None:
    verdict = judged(IMPROVED, compared(CPU, 0.01, BETTER), compared(PEAK, 1.21, WORSE))
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.REGRESSION)
    assert "hard limit of 20%" in verdict.explanation


def test_memory_within_its_absolute_floor_does_not_reach_the_hard_limit() -> None:
    assert judged(IMPROVED, CPU_FASTER, compared(PEAK, 2.0, SAME, base=0.1)).status is Status.KEEP


def test_an_untouchable_dimension_is_never_traded() -> None:
    comparisons = compared(CPU, 0.01, BETTER), compared(PEAK, 1.11, WORSE)
    assert judged(IMPROVED, *comparisons).status is Status.KEEP
    assert judged(IMPROVED, *comparisons, untouchable=frozenset({PEAK})).status is Status.DISCARD


def test_what_is_not_shown_to_be_no_worse_never_speaks_for_a_change() -> None:
    doubtful = compared(WALL, 0.5, WORSE)
    verdict = judged(IMPROVED, compared(CPU, 0.8, BETTER), doubtful)
    assert verdict.net_effect == pytest.approx(-0.5 * math.log(0.8))


def test_a_target_found_both_better_and_worse_is_not_kept() -> None:
    verdict = judged(IMPROVED, compared(CPU, 0.8, WORSE), compared(PEAK, 0.5, BETTER))
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.REGRESSION)


def test_throughput_pays_for_latency_and_the_latency_is_named() -> None:
    faster = compared(Dimension.THROUGHPUT, 8.0, BETTER, base=100)
    measurement = measured(Dimension.THROUGHPUT, IMPROVED, faster, compared(WALL, 1.4, WORSE))
    verdict = decide(evidence(measurement, primary=Dimension.THROUGHPUT))
    assert (verdict.status, verdict.reason) == (Status.KEEP, Reason.TRADEOFF)
    assert verdict.explanation.startswith("8.0x (700% more throughput)")
    assert "wall_s" in verdict.explanation


def test_a_gain_below_half_a_percent_of_the_workload_is_immaterial() -> None:
    measurement = measured(Dimension.IMPORT_S, IMPROVED, compared(Dimension.IMPORT_S, 0.5, BETTER, base=0.02))
    verdict = decide(evidence(measurement, primary=Dimension.IMPORT_S, workload_base_s=30.0))
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.IMMATERIAL)
    assert "saves 10 ms, 0.0% of the workload" in verdict.explanation


def test_a_gain_below_a_millisecond_is_immaterial() -> None:
    assert judged(IMPROVED, compared(CPU, 0.9, BETTER, base=0.009)).reason is Reason.IMMATERIAL
    assert judged(IMPROVED, compared(CPU, 0.9, BETTER, base=0.011)).reason is Reason.IMPROVED


@pytest.mark.parametrize(
    ("lines", "gain", "kept"), [(3, 0.2, True), (4, 0.2, False), (3, 0.19, False), (3, None, False)]
)
def test_a_tiny_diff_with_a_large_gain_of_the_function_is_excused_from_materiality(
    lines: int, gain: float | None, kept: bool
) -> None:
    verdict = judged(IMPROVED, compared(CPU, 0.9, BETTER, base=0.001), diff_lines=lines, prescreen_gain=gain)
    assert (verdict.status is Status.KEEP) is kept


def test_collections_are_worth_the_time_they_took() -> None:
    fewer = compared(GC, 0.5, BETTER, base=10)
    cheap, dear = compared(PAUSES, 1.0, base=0.001), compared(PAUSES, 1.0, base=0.4)
    assert judged(NOT, compared(CPU), fewer, cheap).reason is Reason.IMMATERIAL
    assert judged(NOT, compared(CPU), fewer, dear).reason is Reason.UNEXPECTED_GAIN


def function_evidence(share: float, function: Measurement, *workload: Comparison) -> ExperimentEvidence:
    return evidence(measured(CPU, NOT, *workload), level=Level.FUNCTION, function=function, share=share)


def test_at_function_level_the_function_decides_and_the_record_says_so() -> None:
    function = measured(CPU, IMPROVED, compared(CPU, 0.5, BETTER, base=0.01))
    verdict = decide(function_evidence(0.04, function, compared(CPU, 0.99), compared(PEAK)))
    assert (verdict.status, verdict.level) == (Status.KEEP, Level.FUNCTION)
    assert "of its own calls, saves 40 ms, 2.0% of the workload" in verdict.explanation
    assert verdict.net_effect == pytest.approx(-0.5 * math.log(1 - 0.04 * 0.5))


def test_at_function_level_the_workload_must_be_measured_and_lose_nothing() -> None:
    function = measured(CPU, IMPROVED, compared(CPU, 0.5, BETTER))
    worse = decide(function_evidence(0.5, function, compared(CPU), compared(PEAK, 1.11, WORSE)))
    assert (worse.status, worse.reason) == (Status.DISCARD, Reason.REGRESSION)
    unmeasured = evidence(None, level=Level.FUNCTION, function=function)
    assert decide(unmeasured).reason is Reason.UNDECIDED


def test_at_function_level_share_times_gain_must_be_material() -> None:
    function = measured(CPU, IMPROVED, compared(CPU, 0.5, BETTER))
    verdict = decide(function_evidence(0.008, function, compared(CPU)))
    assert (verdict.status, verdict.reason) == (Status.DISCARD, Reason.IMMATERIAL)


def test_at_function_level_the_workload_alone_keeps_nothing() -> None:
    function = measured(CPU, NOT, compared(CPU))
    verdict = decide(function_evidence(0.5, function, compared(CPU), compared(PEAK, 0.5, BETTER)))
    assert (verdict.status, verdict.level) == (Status.DISCARD, Level.FUNCTION)


def test_without_the_functions_own_calls_the_workload_decides_and_the_record_says_so() -> None:
    verdict = judged(IMPROVED, CPU_FASTER, level=Level.FUNCTION, share=0.01)
    assert (verdict.status, verdict.level) == (Status.KEEP, Level.WORKLOAD)


@pytest.mark.parametrize(
    ("share", "gain", "level"),
    [(1.0, 0.03, Level.WORKLOAD), (0.5, 0.5, Level.WORKLOAD), (0.05, 0.5, Level.FUNCTION), (0.0, 1.0, Level.FUNCTION)],
)
def test_three_percent_of_the_workload_can_be_seen_in_it(share: float, gain: float, level: Level) -> None:
    assert choose_level(share, gain) is level


DIMENSIONS = st.sampled_from([one for one in Dimension if one is not CPU])


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    dimension = draw(DIMENSIONS)
    how = draw(st.sampled_from([SAME, BETTER, WORSE]))
    span = {SAME: (0.9, 1.1), BETTER: (0.01, 0.95), WORSE: (1.05, 3.0)}[how]
    ratio = draw(st.floats(*span))
    ratio = ratio if dimension.lower_is_better else 1 / ratio
    return compared(dimension, ratio, how, base=draw(st.floats(0.001, 1000)))


@st.composite
def cases(draw: st.DrawFn) -> ExperimentEvidence:
    decision = draw(st.sampled_from(list(Decision)))
    span = (0.01, 0.95) if decision is IMPROVED else (0.9, 1.5)
    target = compared(CPU, draw(st.floats(*span)), BETTER if decision is IMPROVED else SAME)
    others = draw(st.lists(comparisons(), max_size=5))
    function = measured(CPU, decision, target) if draw(st.booleans()) else None
    return evidence(
        measured(CPU, decision, target, *others),
        level=draw(st.sampled_from(list(Level))),
        share=draw(st.floats(0, 1)),
        function=function,
        weights=draw(st.dictionaries(st.sampled_from(list(Dimension)), st.floats(-1, 5))),
        untouchable=frozenset(draw(st.sets(DIMENSIONS, max_size=2))),
        diff_lines=draw(st.integers(1, 20)),
        prescreen_gain=draw(st.none() | st.floats(0, 1)),
    )


def with_comparison(case: ExperimentEvidence, one: Comparison) -> ExperimentEvidence:
    assert case.measurement is not None
    together = {**case.measurement.comparisons, one.dimension: one}
    return replace(case, measurement=replace(case.measurement, comparisons=together))


@given(cases())
def test_every_case_has_a_verdict_with_figures_and_its_level(case: ExperimentEvidence) -> None:
    verdict = decide(case)
    assert "pairs" in verdict.explanation
    assert math.isfinite(verdict.net_effect)
    assert verdict.level is (Level.FUNCTION if case.function and case.level is Level.FUNCTION else Level.WORKLOAD)
    assert not set(verdict.improved) & set(verdict.regressed)
    if verdict.status is Status.KEEP:
        assert verdict.improved
        assert (verdict.reason is Reason.TRADEOFF) is bool(verdict.regressed)


@given(cases(), st.sampled_from(list(Reason)))
def test_no_figures_save_a_change_that_failed_a_gate(case: ExperimentEvidence, gate: Reason) -> None:
    assert decide(replace(case, failed_gate=gate)).status is not Status.KEEP


@given(cases(), DIMENSIONS, st.floats(1.01, 5.0))
def test_one_more_regression_never_turns_a_discard_into_a_keep(
    case: ExperimentEvidence, dimension: Dimension, ratio: float
) -> None:
    worse = compared(dimension, ratio if dimension.lower_is_better else 1 / ratio, WORSE)
    assert case.measurement is not None
    before = case.measurement.comparisons.get(dimension)
    assume(before is None or not before.regressed)
    if decide(case).status is not Status.KEEP:
        assert decide(with_comparison(case, worse)).status is not Status.KEEP


@given(cases(), DIMENSIONS)
def test_a_worse_untouchable_dimension_wins_over_everything(case: ExperimentEvidence, dimension: Dimension) -> None:
    worse = compared(dimension, 1.3 if dimension.lower_is_better else 0.7, WORSE)
    case = replace(with_comparison(case, worse), untouchable=frozenset({dimension}))
    assert decide(case).status is Status.DISCARD


def swapped(case: ExperimentEvidence) -> ExperimentEvidence:
    """Exchange base and change, as if the change were undone."""

    def back(one: Comparison) -> Comparison:
        return replace(
            one,
            ratio=1 / one.ratio,
            low=1 / one.high,
            high=1 / one.low,
            base_median=one.change_median,
            change_median=one.base_median,
            improved=one.regressed,
            regressed=one.improved,
        )

    assert case.measurement is not None
    flipped = {dimension: back(one) for dimension, one in case.measurement.comparisons.items()}
    decision = {IMPROVED: NOT, NOT: NOT, UNDECIDED: UNDECIDED}[case.measurement.decision]
    return replace(case, function=None, measurement=replace(case.measurement, comparisons=flipped, decision=decision))


@given(cases())
def test_undoing_what_was_kept_is_discarded(case: ExperimentEvidence) -> None:
    case = replace(case, function=None)
    if decide(case).status is Status.KEEP:
        assert decide(swapped(case)).status is Status.DISCARD


@given(cases())
def test_weights_below_zero_never_turn_a_loss_into_a_gain(case: ExperimentEvidence) -> None:
    negative = replace(case, weights=dict.fromkeys(Dimension, -1.0))
    verdict = decide(negative)
    assert verdict.net_effect == 0
    assert verdict.reason is not Reason.TRADEOFF
