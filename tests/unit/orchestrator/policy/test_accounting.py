import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.accounting import Claim, Span, falls_short, is_about, unaccounted
from profiling.comparison import Comparison
from profiling.model import Dimension


def compared(ratio: float, low: float, high: float, dimension: Dimension = Dimension.CPU_S) -> Comparison:
    return Comparison(
        dimension=dimension,
        ratio=ratio,
        low=low,
        high=high,
        base_median=1.0,
        change_median=ratio,
        pairs=7,
        improved=ratio < 1,
        regressed=False,
        limit="",
    )


@given(count=st.integers(1, 40), data=st.data())
def test_the_search_finds_exactly_those_that_fall_short(count: int, data: st.DataObject) -> None:
    short = data.draw(st.sets(st.integers(0, count - 1), min_size=1))
    search = unaccounted(count)
    measured = 0
    try:
        span = next(search)
        while True:
            measured += 1
            span = search.send(any(span.first <= number < span.end for number in short))
    except StopIteration as end:
        found = end.value
    assert set(found) == short
    assert measured <= 2 * len(short) * math.ceil(math.log2(count)) + 1


def test_a_single_keep_is_measured_once_more_before_it_is_named() -> None:
    search = unaccounted(1)
    assert next(search) == Span(first=0, end=1)
    with pytest.raises(StopIteration) as ended:
        search.send(False)
    assert ended.value.value == ()


def test_halves_that_hold_leave_nobody_to_blame() -> None:
    search = unaccounted(4)
    assert next(search) == Span(first=0, end=2)
    assert search.send(False) == Span(first=2, end=4)
    with pytest.raises(StopIteration) as ended:
        search.send(False)
    assert ended.value.value == ()


def test_what_is_within_the_intervals_is_no_shortfall() -> None:
    claims = [Claim(log_gain=0.10, half_width=0.02), Claim(log_gain=0.10, half_width=0.02)]
    assert not falls_short(compared(math.exp(-0.17), math.exp(-0.19), math.exp(-0.15)), claims)
    assert falls_short(compared(math.exp(-0.10), math.exp(-0.12), math.exp(-0.08)), claims)


@given(gain=st.floats(0, 0.5), width=st.floats(0, 0.1))
def test_more_than_was_claimed_never_falls_short(gain: float, width: float) -> None:
    measured = compared(math.exp(-gain - 0.01), math.exp(-gain - 0.02), math.exp(-gain))
    assert not falls_short(measured, [Claim(log_gain=gain, half_width=width)])


def test_the_clocks_account_for_each_other_and_nothing_else_does() -> None:
    assert is_about(Dimension.WALL_S, Dimension.CPU_S)
    assert is_about(Dimension.PEAK_MIB, Dimension.PEAK_MIB)
    assert not is_about(Dimension.PEAK_MIB, Dimension.CPU_S)


def test_next_to_nothing_of_the_base_is_no_shortfall() -> None:
    claims = [Claim(log_gain=math.log(1000), half_width=0.01)]
    assert not falls_short(compared(1 / 500, 1 / 510, 1 / 490), claims)
    assert falls_short(compared(1 / 50, 1 / 51, 1 / 49), claims)
