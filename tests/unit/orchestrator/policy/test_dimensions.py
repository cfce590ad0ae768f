import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.dimensions import DEFAULT_WEIGHTS, formula, log_gain, percent, primary, worst_ratio
from profiling.comparison import Comparison
from profiling.model import Dimension, Domain


def compared(dimension: Dimension, ratio: float) -> Comparison:
    return Comparison(
        dimension=dimension,
        ratio=ratio,
        low=ratio * 0.9,
        high=ratio * 1.1,
        base_median=1.0,
        change_median=ratio,
        pairs=9,
        improved=False,
        regressed=False,
        limit="",
    )


@pytest.mark.parametrize(
    ("domain", "dimension"),
    [
        (Domain.CPU, Dimension.CPU_S),
        (Domain.MEMORY, Dimension.PEAK_MIB),
        (Domain.ASYNC, Dimension.WALL_S),
        (Domain.STRUCTURE, Dimension.IMPORT_S),
    ],
)
def test_each_domain_is_judged_by_one_dimension(domain: Domain, dimension: Dimension) -> None:
    assert primary(domain) is dimension


def test_a_memory_target_whose_evidence_is_gc_is_judged_by_collections() -> None:
    assert primary(Domain.MEMORY, evidence_is_gc=True) is Dimension.GC_COLLECTIONS
    assert primary(Domain.CPU, evidence_is_gc=True) is Dimension.CPU_S


def test_every_dimension_has_a_weight_and_time_counts_once() -> None:
    assert set(DEFAULT_WEIGHTS) == set(Dimension)
    assert DEFAULT_WEIGHTS[Dimension.CPU_S] + DEFAULT_WEIGHTS[Dimension.WALL_S] == 1.0


@given(st.sampled_from(list(Dimension)), st.floats(1e-6, 1e6))
def test_a_gain_undone_is_a_loss_of_the_same_size(dimension: Dimension, ratio: float) -> None:
    assert log_gain(dimension, ratio) == pytest.approx(-log_gain(dimension, 1 / ratio))


@given(st.sampled_from(list(Dimension)), st.floats(allow_nan=False))
def test_logarithms_exist_for_whatever_was_measured(dimension: Dimension, ratio: float) -> None:
    assert math.isfinite(log_gain(dimension, ratio))


@pytest.mark.parametrize(
    ("dimension", "ratio", "text"),
    [
        (Dimension.CPU_S, 0.85, "1.18x (15% less cpu_s) [0.77, 0.94], 9 pairs"),
        (Dimension.CPU_S, 0.5, "2.0x (50% less cpu_s) [0.45, 0.55], 9 pairs"),
        (Dimension.PEAK_MIB, 1.05, "0.95x (5.0% more peak_mib) [0.95, 1.16], 9 pairs"),
        (Dimension.WALL_S, 0.001, "1000x (100% less wall_s) [0.00, 0.00], 9 pairs"),
        (Dimension.THROUGHPUT, 8.0, "8.0x (700% more throughput) [7.20, 8.80], 9 pairs"),
    ],
)
def test_the_formula_says_factor_share_interval_and_pairs(dimension: Dimension, ratio: float, text: str) -> None:
    assert formula(compared(dimension, ratio)) == text


def test_the_worst_end_of_an_interval_is_the_one_against_the_change() -> None:
    assert worst_ratio(compared(Dimension.CPU_S, 1.0)) == 1.1
    assert worst_ratio(compared(Dimension.THROUGHPUT, 1.0)) == 0.9


@pytest.mark.parametrize(("share", "text"), [(0.154, "15%"), (0.0996, "10%"), (0.034, "3.4%"), (0.0, "0.0%")])
def test_small_shares_keep_a_decimal(share: float, text: str) -> None:
    assert percent(share) == text
