import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.audit.correlation import non_negative_weights, spearman

values = st.lists(st.integers(-50, 50).map(float), min_size=3, max_size=20)


def test_the_same_order_correlates_fully_and_the_reverse_order_fully_against():
    assert spearman([1, 5, 9], [2, 3, 100]) == pytest.approx(1)
    assert spearman([1, 5, 9], [9, 5, 1]) == pytest.approx(-1)


def test_ties_share_their_mean_rank():
    # by hand: ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4
    assert spearman([1, 2, 2, 3], [1, 2, 3, 4]) == pytest.approx(4.5 / (4.5 * 5) ** 0.5)


def test_no_order_has_no_correlation():
    assert spearman([1, 1, 1], [1, 2, 3]) is None
    assert spearman([1, 2], [1, 2]) is None


def test_pairs_must_be_pairs():
    with pytest.raises(ValueError, match="2 and 3 values"):
        spearman([1, 2], [1, 2, 3])


@given(values, values)
def test_a_correlation_is_symmetric_and_bounded(first, second):
    count = min(len(first), len(second))
    one, other = first[:count], second[:count]

    found = spearman(one, other)

    assert found == spearman(other, one)
    assert found is None or -1.000001 <= found <= 1.000001


@given(
    st.lists(st.floats(0, 1000), min_size=3, max_size=3),
    st.lists(st.lists(st.integers(0, 30).map(float), min_size=3, max_size=3), min_size=1, max_size=25),
)
def test_weights_that_explain_everything_leave_no_error(truth, rows):
    wanted = [sum(a * b for a, b in zip(row, truth, strict=True)) for row in rows]

    found = non_negative_weights(rows, wanted)

    errors = [
        sum(a * b for a, b in zip(row, found, strict=True)) - each for row, each in zip(rows, wanted, strict=True)
    ]
    assert all(weight >= 0 for weight in found)
    assert max(map(abs, errors)) <= 1e-2 * max(1.0, *wanted)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-50, 50)), min_size=1, max_size=12),
    st.floats(0, 20),
    st.floats(0, 20),
)
def test_no_other_non_negative_weights_fit_better(drawn, first, second):
    rows = [[float(a), float(b)] for a, b, _ in drawn]
    wanted = [float(c) for _, _, c in drawn]

    def error(weights):
        return sum((r[0] * weights[0] + r[1] * weights[1] - w) ** 2 for r, w in zip(rows, wanted, strict=True))

    assert error(non_negative_weights(rows, wanted)) <= error((first, second)) * (1 + 1e-6) + 1e-6
