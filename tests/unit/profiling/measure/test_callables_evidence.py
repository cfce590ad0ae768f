import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from profiling.comparison import Comparison, Decision, Measurement, Pair, RunSample
from profiling.measure.call_evidence import CallEvidence, gains_from_cache, part_comparison, work_was_moved
from profiling.measure.call_pair import CallPair, Part
from profiling.measure.failures import Side
from profiling.model import Dimension, FunctionKey

SAMPLE = RunSample(values={Dimension.CPU_S: 0.1}, exit_code=0, output_sha256="", origins={})
PAIR = CallPair(
    pair=Pair(index=0, seed=1, core=0, base_first=True, base=SAMPLE, change=SAMPLE),
    x={Part.MEASURED: 0.0},
    seconds={Part.MEASURED: {Side.BASE: 0.1, Side.CHANGE: 0.1}},
    calls=100,
    saved_in_blocks_s=0.0,
    saved_in_all_s=0.0,
    all_s=0.5,
    hidden_more_s=0.0,
    raised={Side.BASE: 0, Side.CHANGE: 0},
)


def compared(ratio: float, spread: float = 0.01) -> Comparison:
    return Comparison(
        dimension=Dimension.CPU_S,
        ratio=ratio,
        low=ratio - spread,
        high=ratio + spread,
        base_median=0.1,
        change_median=0.1 * ratio,
        pairs=8,
        improved=ratio < 1,
        regressed=False,
        limit="",
    )


def evidence(
    warm: float,
    *,
    cold: Comparison | None,
    held_back: float | None = None,
    repeated: float = 0.0,
    decision: Decision = Decision.IMPROVED,
) -> CallEvidence:
    return CallEvidence(
        function=FunctionKey(file="mod.py", first_line=1, qualname="f"),
        measurement=Measurement(
            target=Dimension.CPU_S,
            decision=decision,
            stopped_because="because",
            evidence_gain=5.0,
            evidence_no_gain=0.0,
            comparisons={Dimension.CPU_S: compared(warm)},
            pairs=(PAIR.pair,),
            elapsed_s=1.0,
        ),
        least_gain=0.03,
        held_back=None if held_back is None else compared(held_back),
        cold=cold,
        first_call=None,
        cache_gain=gains_from_cache(compared(warm), cold),
        repeated_share=repeated,
        moved=False,
        calls=20,
        calls_per_pair=100,
    )


def test_a_gain_that_all_parts_show_holds() -> None:
    found = evidence(0.9, cold=compared(0.92), held_back=0.91)

    assert found.holds
    assert not found.cache_gain
    assert found.text == (
        "f: 1 ms -> 900 us a call (cpu_s), 0.90x [0.89, 0.91], 8 pairs; held back 0.91x [0.90, 0.92]; "
        "first seen 0.92x [0.91, 0.93]"
    )


def test_a_gain_that_is_not_there_on_inputs_held_back_does_not_hold() -> None:
    found = evidence(0.9, cold=compared(0.9), held_back=0.99)

    assert not found.holds
    assert "not so on inputs held back: 0.99x" in found.text


def test_a_memo_holds_only_in_the_share_of_calls_that_the_run_repeats() -> None:
    assert not evidence(0.01, cold=compared(1.02)).holds
    assert not evidence(0.01, cold=compared(1.02), repeated=0.02).holds
    kept = evidence(0.01, cold=compared(1.02), repeated=0.5)
    assert kept.holds
    assert kept.cache_gain
    assert 0.45 < kept.run_gain < 0.5
    assert "remembers earlier calls (50% of the recorded ones repeat)" in kept.text


def test_a_small_gain_of_repeated_calls_alone_is_found_out_by_the_interval_of_first_calls() -> None:
    assert not evidence(0.88, cold=compared(1.0, 0.02)).holds
    assert evidence(0.88, cold=compared(1.0, 0.2)).holds


def test_a_great_gain_that_first_calls_share_in_part_holds() -> None:
    found = evidence(0.3, cold=compared(0.7))

    assert found.cache_gain
    assert found.holds


def test_what_was_not_improved_does_not_hold_and_says_why_it_ended() -> None:
    found = evidence(0.99, cold=compared(0.99), decision=Decision.NOT_IMPROVED)

    assert not found.holds
    assert found.text.endswith("; because")


def test_work_that_blocks_save_and_the_process_does_not_was_moved() -> None:
    honest = replace(PAIR, saved_in_blocks_s=0.1, saved_in_all_s=0.095)
    between = replace(PAIR, saved_in_blocks_s=0.1, saved_in_all_s=0.01)
    hidden = replace(PAIR, saved_in_blocks_s=0.02, saved_in_all_s=0.0, hidden_more_s=0.018)
    noise = replace(PAIR, saved_in_blocks_s=0.005, saved_in_all_s=-0.01, hidden_more_s=0.004)

    assert not work_was_moved([honest])
    assert work_was_moved([between])
    assert work_was_moved([hidden])
    assert not work_was_moved([noise])
    assert not replace(evidence(0.9, cold=None), moved=True).holds


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_a_part_swapped_has_the_inverse_ratio(xs: list[float]) -> None:
    def part(sign: int) -> Comparison:
        pairs = [replace(PAIR, x={Part.MEASURED: sign * x}) for x in xs]
        found = part_comparison(pairs, Part.MEASURED, Dimension.CPU_S)
        assert found is not None
        return found

    there, back = part(1), part(-1)
    assert math.isclose(there.low * back.high, 1)
    if len(xs) % 2:
        assert math.isclose(there.ratio * back.ratio, 1)


def test_a_part_that_was_not_run_has_no_comparison() -> None:
    assert part_comparison([PAIR], Part.COLD, Dimension.CPU_S) is None
