import math
import random
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.comparing.judging import Judgement, Standing, judge, worst
from profiling.comparison import Decision, Measurement, Pair, RunSample
from profiling.measure import rules, stats
from profiling.model import Dimension

TEST = stats.Test(design_effect=0.05, alpha=0.01, beta=0.02)
CPU, WALL = Dimension.CPU_S, Dimension.WALL_S


def pair(index: int, base: dict[Dimension, float], head: dict[Dimension, float]) -> Pair:
    samples = (RunSample(values=values, exit_code=0, output_sha256="", origins={}) for values in (base, head))
    first, second = samples
    return Pair(index=index, seed=1, core=0, base_first=True, base=first, change=second)


def measurement(ratios: Sequence[float], **heads: float) -> Measurement:
    """Return what the engine would say of pairs whose CPU has these ratios; other dimensions by their ratio."""
    pairs = tuple(
        pair(
            index,
            {CPU: 1.0, **{Dimension(name): 1.0 for name in heads}},
            {CPU: ratio, **{Dimension(name): value for name, value in heads.items()}},
        )
        for index, ratio in enumerate(ratios)
    )
    evidence = stats.gather(TEST, rules.log_ratios(pairs, CPU))
    return Measurement(
        target=CPU,
        decision=stats.decide(evidence),
        stopped_because="it knew",
        evidence_gain=evidence.gain,
        evidence_no_gain=evidence.no_gain,
        comparisons=rules.comparisons(pairs, CPU, TEST),
        pairs=pairs,
        elapsed_s=10.0,
    )


def judged(ratios: Sequence[float], **heads: float) -> Judgement:
    return judge(measurement(ratios, **heads), TEST)


def noisy(middle: float, count: int = 12, spread: float = 0.005) -> list[float]:
    rng = random.Random(count)
    return [middle * math.exp(rng.gauss(0, spread)) for _ in range(count)]


def test_less_is_better_more_is_a_regression_and_the_same_is_no_difference() -> None:
    assert judged(noisy(0.8)).standing is Standing.BETTER
    assert judged(noisy(1.2)).standing is Standing.REGRESSED
    assert judged(noisy(1.0)).standing is Standing.NO_DIFFERENCE


def test_no_difference_is_said_with_what_was_ruled_out_in_either_direction() -> None:
    assert judged(noisy(1.0)).reason == "cpu_s differs by less than 5% in either direction, after 12 pairs"


def test_few_pairs_leave_it_undecided_and_say_what_is_missing() -> None:
    found = judged([0.99, 1.0, 1.01])
    assert found.standing is Standing.UNDECIDED
    assert found.more is not None
    assert found.more.pairs >= 1
    assert found.more.seconds == pytest.approx(found.more.pairs * 10 / 3)
    assert found.more.text in found.reason


def test_a_gain_in_the_metric_does_not_hide_another_dimension_s_regression() -> None:
    found = judged(noisy(0.8), peak_mib=10.0)
    assert found.dimensions[CPU] is Standing.BETTER
    assert found.dimensions[Dimension.PEAK_MIB] is Standing.REGRESSED
    assert found.standing is Standing.REGRESSED
    assert found.reason == "peak_mib beyond its limit after 12 pairs"


def test_beside_the_metric_the_interval_is_named_where_nothing_is_proved() -> None:
    found = judged(noisy(1.0), gc_collections=1.04, wall_s=0.999)
    assert found.dimensions[Dimension.GC_COLLECTIONS] is Standing.WORSE
    assert found.dimensions[WALL] is Standing.SEEMS_BETTER


@given(st.lists(st.floats(0.5, 2.0), min_size=1, max_size=30))
def test_exchanging_the_sides_exchanges_better_and_regressed(ratios: list[float]) -> None:
    there, back = judged(ratios), judged([1 / ratio for ratio in ratios])
    # A table's limit is stricter than the test: a proved gain is a proved loss from the other side, not the reverse.
    if there.standing is Standing.BETTER:
        assert back.standing is Standing.REGRESSED
    if there.standing is Standing.NO_DIFFERENCE:
        assert back.standing is not Standing.BETTER


def compare(middle: float, spread: float, rng: random.Random) -> Standing:
    """Run pairs of this ratio as long as the engine would."""
    ratios: list[float] = []
    while len(ratios) < 30:
        ratios.append(middle * math.exp(rng.gauss(0, spread)))
        logs = [-math.log(ratio) for ratio in ratios]
        gain = stats.decide(stats.gather(TEST, logs))
        loss = stats.decide(stats.gather(TEST, [-x for x in logs]))
        if gain is Decision.IMPROVED or (gain is Decision.NOT_IMPROVED and loss is not Decision.UNDECIDED):
            break
    return judged(ratios).standing


@pytest.mark.parametrize(
    ("middle", "told", "least"),
    [(1.0, Standing.NO_DIFFERENCE, 0.98), (1.05, Standing.REGRESSED, 0.96), (0.95, Standing.BETTER, 0.94)],
)
def test_at_the_noise_of_a_loaded_machine_it_is_nearly_always_right(
    middle: float, told: Standing, least: float
) -> None:
    rng = random.Random(5)
    seen = [compare(middle, 0.03, rng) for _ in range(150)]
    assert seen.count(told) >= least * len(seen), Counter(seen)


def test_of_several_workloads_a_regression_is_named_first_then_what_is_open() -> None:
    assert worst([Standing.BETTER, Standing.UNDECIDED, Standing.REGRESSED]) is Standing.REGRESSED
    assert worst([Standing.BETTER, Standing.UNDECIDED]) is Standing.UNDECIDED
    assert worst([Standing.BETTER, Standing.NO_DIFFERENCE]) is Standing.BETTER
    assert worst([]) is Standing.NO_DIFFERENCE
