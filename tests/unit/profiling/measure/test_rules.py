import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.comparison import Decision, Pair, RunSample
from profiling.measure.rules import (
    TIMED,
    TracedPeaks,
    another_leads,
    comparisons,
    cpu_watch_is_over,
    improvement,
    log_ratios,
)
from profiling.measure.stats import Test
from profiling.model import Dimension

TEST = Test()
COMMON = {
    Dimension.CPU_S: 1.0,
    Dimension.WALL_S: 1.0,
    Dimension.PEAK_MIB: 100.0,
    Dimension.GC_COLLECTIONS: 100.0,
    Dimension.GC_S: 0.1,
    Dimension.IMPORT_S: 0.2,
    Dimension.LOOP_BLOCK_S: 0.3,
    Dimension.THROUGHPUT: 50.0,
}


def sample(factors: dict[Dimension, float]) -> RunSample:
    values = {dimension: value * factors.get(dimension, 1.0) for dimension, value in COMMON.items()}
    return RunSample(values=values, exit_code=0, output_sha256="", origins={})


def pair(index: int, factors: dict[Dimension, float]) -> Pair:
    return Pair(index=index, seed=1, core=0, base_first=True, base=sample({}), change=sample(factors))


def pairs(count: int, factors: dict[Dimension, float]) -> list[Pair]:
    """Make pairs in which the change has these factors of the base."""
    return [pair(index, factors) for index in range(count)]


def swapped(found: Sequence[Pair]) -> list[Pair]:
    return [
        Pair(index=one.index, seed=one.seed, core=0, base_first=True, base=one.change, change=one.base) for one in found
    ]


@pytest.mark.parametrize("target", sorted(TIMED))
def test_a_timed_target_is_decided_by_the_sequential_test(target: Dimension) -> None:
    better = {target: 0.9 if target.lower_is_better else 1 / 0.9}

    assert improvement(pairs(6, better), target, TEST) is Decision.UNDECIDED
    assert improvement(pairs(7, better), target, TEST) is Decision.IMPROVED
    assert improvement(pairs(8, {}), target, TEST) is Decision.NOT_IMPROVED
    assert improvement(pairs(8, {target: 1 / better[target]}), target, TEST) is Decision.NOT_IMPROVED


@given(st.sampled_from(sorted(TIMED)), st.lists(st.floats(0.3, 3.0), min_size=1, max_size=20))
def test_swapping_the_sides_flips_every_comparison(target: Dimension, factors: list[float]) -> None:
    found = [pair(index, {target: factor}) for index, factor in enumerate(factors)]
    forward, backward = (comparisons(side, target, TEST)[target] for side in (found, swapped(found)))

    assert not (forward.improved and backward.improved)
    assert not (forward.improved and forward.regressed)
    if len(factors) % 2:
        assert forward.ratio == pytest.approx(1 / backward.ratio)
    assert forward.low == pytest.approx(1 / backward.high)


@pytest.mark.parametrize("dimension", Dimension)
def test_every_dimension_has_a_rule_by_which_it_improves_and_counts_no_worse_value_as_better(
    dimension: Dimension,
) -> None:
    less, more = ({dimension: factor} for factor in (0.5, 2.0))
    better, worse = (less, more) if dimension.lower_is_better else (more, less)

    assert improvement(pairs(10, better), dimension, TEST) is Decision.IMPROVED
    assert improvement(pairs(10, worse), dimension, TEST) is Decision.NOT_IMPROVED
    assert comparisons(pairs(10, better), dimension, TEST)[dimension].improved
    assert comparisons(pairs(10, better), dimension, TEST)[dimension].limit
    assert not comparisons(pairs(10, worse), dimension, TEST)[dimension].improved
    assert comparisons(pairs(10, better), dimension, TEST)[dimension].gain > 0


@given(st.permutations([0.8, 0.85, 0.9, 0.95, 1.0, 1.05]))
def test_estimates_do_not_depend_on_the_order_of_pairs(factors: list[float]) -> None:
    found = [pair(index, {Dimension.CPU_S: factor}) for index, factor in enumerate(factors)]

    compared = comparisons(found, Dimension.CPU_S, TEST)[Dimension.CPU_S]

    assert (compared.ratio, compared.low, compared.high) == pytest.approx((0.925, 0.8, 1.05))
    assert compared.pairs == 6


@pytest.mark.parametrize(
    ("dimension", "factor", "regressed"),
    [
        (Dimension.CPU_S, 1.01, False),
        (Dimension.CPU_S, 1.03, True),
        (Dimension.WALL_S, 1.03, True),
        (Dimension.PEAK_MIB, 1.09, False),
        (Dimension.PEAK_MIB, 1.11, True),
        (Dimension.IMPORT_S, 1.09, False),
        (Dimension.IMPORT_S, 1.11, True),
        (Dimension.GC_S, 3.0, False),
        (Dimension.GC_COLLECTIONS, 3.0, False),
        (Dimension.LOOP_BLOCK_S, 1.09, False),
        (Dimension.LOOP_BLOCK_S, 1.11, True),
    ],
)
def test_a_cpu_target_may_cost_other_dimensions_only_so_much(
    dimension: Dimension, factor: float, regressed: bool
) -> None:
    assert comparisons(pairs(9, {dimension: factor}), Dimension.CPU_S, TEST)[dimension].regressed is regressed


def test_a_slow_down_that_noise_can_explain_is_no_regression() -> None:
    found = [pair(index, {Dimension.WALL_S: factor}) for index, factor in enumerate([0.99, 1.05, 1.06, 1.04, 1.05])]

    assert not comparisons(found, Dimension.CPU_S, TEST)[Dimension.WALL_S].regressed


def test_a_small_absolute_growth_of_memory_is_no_regression() -> None:
    found = [Pair(index=n, seed=1, core=0, base_first=True, base=_peak(10.0), change=_peak(11.5)) for n in range(5)]

    assert not comparisons(found, Dimension.CPU_S, TEST)[Dimension.PEAK_MIB].regressed


def _peak(mib: float) -> RunSample:
    return RunSample(values={Dimension.PEAK_MIB: mib}, exit_code=0, output_sha256="", origins={})


@pytest.mark.parametrize("target", [Dimension.WALL_S, Dimension.THROUGHPUT, Dimension.LOOP_BLOCK_S])
def test_work_that_waits_may_cost_a_tenth_more_cpu(target: Dimension) -> None:
    dearer, much_dearer = (pairs(9, {Dimension.CPU_S: factor}) for factor in (1.09, 1.11))

    assert not comparisons(dearer, target, TEST)[Dimension.CPU_S].regressed
    assert comparisons(much_dearer, target, TEST)[Dimension.CPU_S].regressed


def test_throughput_and_wall_time_are_one_gain_and_one_loss() -> None:
    faster, slower = ({Dimension.WALL_S: ratio, Dimension.THROUGHPUT: 1 / ratio} for ratio in (0.5, 2.0))

    for target, echo in ((Dimension.WALL_S, Dimension.THROUGHPUT), (Dimension.THROUGHPUT, Dimension.WALL_S)):
        gained, lost = (comparisons(pairs(10, factors), target, TEST) for factors in (faster, slower))
        assert (gained[target].improved, gained[echo].improved) == (True, False)
        assert (lost[target].regressed, lost[echo].regressed) == (True, False)
        assert "counts once" in gained[echo].limit


def test_a_limit_of_throughput_is_said_the_way_it_is_read() -> None:
    compared = [
        comparisons(pairs(9, {Dimension.THROUGHPUT: ratio}), Dimension.THROUGHPUT, TEST) for ratio in (0.99, 0.97)
    ]

    assert [each[Dimension.THROUGHPUT].regressed for each in compared] == [False, True]
    assert compared[0][Dimension.THROUGHPUT].limit == "upper end of the interval below 0.98x"


def _held(seconds: float) -> RunSample:
    values = {Dimension.LOOP_BLOCK_S: seconds, Dimension.CPU_S: 1.0}
    return RunSample(values=values, exit_code=0, output_sha256="", origins={})


def test_loops_that_are_never_held_compare_as_alike_and_a_hold_that_is_gone_is_an_improvement() -> None:
    never, gone = (
        [Pair(index=n, seed=1, core=0, base_first=True, base=_held(held), change=_held(0.0)) for n in range(10)]
        for held in (0.0, 0.2)
    )

    assert comparisons(never, Dimension.CPU_S, TEST)[Dimension.LOOP_BLOCK_S].ratio == 1
    assert comparisons(gone, Dimension.CPU_S, TEST)[Dimension.LOOP_BLOCK_S].improved
    tiny = [Pair(index=n, seed=1, core=0, base_first=True, base=_held(0.0005), change=_held(0.0)) for n in range(10)]
    assert not comparisons(tiny, Dimension.LOOP_BLOCK_S, TEST)[Dimension.LOOP_BLOCK_S].improved


def test_another_timed_dimension_needs_five_times_the_evidence() -> None:
    gain = {Dimension.CPU_S: 0.8}

    assert not comparisons(pairs(7, gain), Dimension.WALL_S, TEST)[Dimension.CPU_S].improved
    assert comparisons(pairs(10, gain), Dimension.WALL_S, TEST)[Dimension.CPU_S].improved
    assert comparisons(pairs(7, gain), Dimension.CPU_S, TEST)[Dimension.CPU_S].improved


def test_pairs_go_on_for_another_dimension_that_leads_until_it_is_decided() -> None:
    gain = {Dimension.CPU_S: 0.8}

    assert another_leads(pairs(5, gain), Dimension.IMPORT_S, TEST)
    assert not another_leads(pairs(10, gain), Dimension.IMPORT_S, TEST)
    assert not another_leads(pairs(5, gain), Dimension.CPU_S, TEST)
    assert not another_leads(pairs(5, {}), Dimension.IMPORT_S, TEST)
    assert not another_leads(pairs(5, {Dimension.GC_S: 0.5}), Dimension.IMPORT_S, TEST)
    assert another_leads(pairs(5, {Dimension.LOOP_BLOCK_S: 0.8}), Dimension.IMPORT_S, TEST)


def test_a_saving_below_a_millisecond_is_no_other_improvement() -> None:
    small = [
        Pair(index=n, seed=1, core=0, base_first=True, base=_import(0.0008), change=_import(0.0001)) for n in range(12)
    ]

    assert not comparisons(small, Dimension.CPU_S, TEST)[Dimension.IMPORT_S].improved


def _import(seconds: float) -> RunSample:
    values = {Dimension.IMPORT_S: seconds, Dimension.CPU_S: 1.0}
    return RunSample(values=values, exit_code=0, output_sha256="", origins={})


def test_resident_memory_must_shrink_in_every_pair() -> None:
    shrinks = pairs(10, {Dimension.PEAK_MIB: 0.9})

    assert improvement(shrinks, Dimension.PEAK_MIB, TEST) is Decision.IMPROVED
    assert improvement(shrinks[:4], Dimension.PEAK_MIB, TEST) is Decision.UNDECIDED
    assert improvement([*shrinks[:-1], pair(9, {})], Dimension.PEAK_MIB, TEST) is Decision.NOT_IMPROVED
    assert improvement(pairs(10, {Dimension.PEAK_MIB: 0.96}), Dimension.PEAK_MIB, TEST) is Decision.NOT_IMPROVED


def test_the_traced_heap_alone_can_decide_for_memory() -> None:
    flat = pairs(10, {})
    less = TracedPeaks(base=(10.0, 10.0), change=(9.0, 9.0))

    assert improvement(flat, Dimension.PEAK_MIB, TEST, less) is Decision.IMPROVED
    compared = comparisons(flat, Dimension.PEAK_MIB, TEST, less)[Dimension.PEAK_MIB]
    assert (compared.improved, compared.base_median, compared.ratio, compared.pairs) == (True, 10.0, 0.9, 2)


@pytest.mark.parametrize(
    "traced",
    [
        TracedPeaks(base=(10.0, 10.0), change=(9.6, 9.6)),
        TracedPeaks(base=(0.1, 0.1), change=(0.05, 0.05)),
        TracedPeaks(base=(10.0, 8.0, 10.0, 10.0, 10.0), change=(9.0, 9.0, 9.0, 9.0, 9.0)),
        TracedPeaks(base=(0.0, 0.0), change=(0.0, 0.0)),
    ],
)
def test_a_traced_heap_that_is_hardly_less_decides_nothing(traced: TracedPeaks) -> None:
    assert improvement(pairs(10, {}), Dimension.PEAK_MIB, TEST, traced) is Decision.NOT_IMPROVED
    assert comparisons(pairs(10, {}), Dimension.PEAK_MIB, TEST, traced)[Dimension.PEAK_MIB].ratio > 0


def test_repeats_of_a_traced_heap_agree_within_a_thousandth() -> None:
    assert TracedPeaks(base=(10.0, 10.009), change=(9.0, 9.0)).repeatable
    assert not TracedPeaks(base=(10.0, 10.02), change=(9.0, 9.0)).repeatable


def test_a_memory_target_watches_cpu_until_slower_is_excluded() -> None:
    assert cpu_watch_is_over(pairs(5, {}))
    assert not cpu_watch_is_over(pairs(9, {Dimension.CPU_S: 1.10}))
    assert cpu_watch_is_over(pairs(10, {Dimension.CPU_S: 1.10}))
    assert improvement(pairs(9, {Dimension.PEAK_MIB: 0.5, Dimension.CPU_S: 1.1}), Dimension.PEAK_MIB, TEST) is (
        Decision.UNDECIDED
    )


@pytest.mark.parametrize(("factor", "regressed"), [(1.0, False), (1.04, False), (1.07, True)])
def test_cpu_beside_a_memory_target_must_be_shown_not_to_be_five_percent_slower(factor: float, regressed: bool) -> None:
    found = comparisons(pairs(10, {Dimension.CPU_S: factor}), Dimension.PEAK_MIB, TEST)[Dimension.CPU_S]

    assert found.regressed is regressed
    assert "not shown" in found.limit


def test_collections_must_be_fewer_in_every_pair_and_cpu_not_worse() -> None:
    fewer = {Dimension.GC_COLLECTIONS: 0.9}

    assert improvement(pairs(5, fewer), Dimension.GC_COLLECTIONS, TEST) is Decision.IMPROVED
    assert improvement(pairs(4, fewer), Dimension.GC_COLLECTIONS, TEST) is Decision.UNDECIDED
    assert improvement(pairs(5, {Dimension.GC_COLLECTIONS: 0.91}), Dimension.GC_COLLECTIONS, TEST) is (
        Decision.NOT_IMPROVED
    )
    assert improvement([*pairs(5, fewer), pair(5, {})], Dimension.GC_COLLECTIONS, TEST) is Decision.NOT_IMPROVED
    slower = pairs(5, {**fewer, Dimension.CPU_S: 1.03})
    assert improvement(slower, Dimension.GC_COLLECTIONS, TEST) is Decision.NOT_IMPROVED


def test_no_collections_at_all_still_have_a_ratio() -> None:
    gone = pairs(5, {Dimension.GC_COLLECTIONS: 0.0, Dimension.GC_S: 0.0})

    compared = comparisons(gone, Dimension.CPU_S, TEST)

    assert compared[Dimension.GC_COLLECTIONS].ratio == 0.005
    assert compared[Dimension.GC_COLLECTIONS].change_median == 0
    assert compared[Dimension.GC_COLLECTIONS].improved
    assert all(math.isfinite(x) for x in log_ratios(gone, Dimension.GC_S))
    none = [Pair(index=0, seed=1, core=0, base_first=True, base=gone[0].change, change=gone[0].change)]
    assert comparisons(none, Dimension.CPU_S, TEST)[Dimension.GC_COLLECTIONS].ratio == 1


def test_a_dimension_not_seen_in_every_run_is_not_compared() -> None:
    found = [*pairs(5, {}), Pair(index=5, seed=1, core=0, base_first=True, base=_peak(9.0), change=_peak(9.0))]

    assert set(comparisons(found, Dimension.PEAK_MIB, TEST)) == {Dimension.PEAK_MIB}
