import pytest

from orchestrator.live.effects import count_text, effect_line, effect_lines, figure
from profiling.comparison import Comparison, Decision, Measurement
from profiling.model import Dimension


def compared(dimension: Dimension, base: float, change: float, **flags: bool) -> Comparison:
    ratio = change / base
    return Comparison(
        dimension=dimension,
        ratio=ratio,
        low=ratio - 0.02,
        high=ratio + 0.02,
        base_median=base,
        change_median=change,
        pairs=9,
        improved=flags.get("improved", False),
        regressed=flags.get("regressed", False),
        limit="",
    )


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (compared(Dimension.CPU_S, 0.82, 0.6806), "CPU: 0.82s → 0.681s (17% faster) 0.83x [0.81, 0.85], 9 pairs"),
        (compared(Dimension.WALL_S, 1.0, 1.5), "Wall: 1s → 1.5s (50% slower) 1.50x [1.48, 1.52], 9 pairs"),
        (compared(Dimension.PEAK_MIB, 200, 150), "Memory: 200 MiB → 150 MiB (25% less) 0.75x [0.73, 0.77], 9 pairs"),
        (compared(Dimension.THROUGHPUT, 10, 80), "Throughput: 10/s → 80/s (700% more) 8.00x [7.98, 8.02], 9 pairs"),
        (
            compared(Dimension.GC_COLLECTIONS, 4, 5),
            "GC: 4 collections → 5 collections (25% more) 1.25x [1.23, 1.27], 9 pairs",
        ),
    ],
)
def test_an_effect_reads_with_its_unit_its_direction_and_its_interval(one: Comparison, text: str) -> None:
    assert effect_line(one) == text


def test_what_did_not_move_is_left_out_but_the_target_never_is() -> None:
    still = compared(Dimension.CPU_S, 1, 1)
    worse = compared(Dimension.PEAK_MIB, 100, 130, regressed=True)
    quiet = compared(Dimension.WALL_S, 1, 1)
    measurement = Measurement(
        target=Dimension.CPU_S,
        decision=Decision.NOT_IMPROVED,
        stopped_because="",
        evidence_gain=0,
        evidence_no_gain=0,
        comparisons={one.dimension: one for one in (worse, quiet, still)},
        pairs=(),
        elapsed_s=0,
    )
    assert [line.split(":")[0] for line in effect_lines(measurement)] == ["CPU", "Memory"]


def test_figures_have_three_significant_digits_and_large_ones_none_behind_the_point() -> None:
    assert [figure(value) for value in (0.012345, 1.2345, 12.345, 1234.5)] == ["0.0123", "1.23", "12.3", "1234"]


def test_one_experiment_is_singular() -> None:
    assert (count_text(1, 1), count_text(0, 0)) == ("1 experiment, 1 kept", "0 experiments, 0 kept")
