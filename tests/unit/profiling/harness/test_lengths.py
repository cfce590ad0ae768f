from hypothesis import given
from hypothesis import strategies as st

from profiling.harness.ratchet_time_lengths import Lengths

WAITS = st.lists(st.tuples(st.floats(1e-4, 100), st.integers(1, 50)), max_size=30)


@given(WAITS)
def test_no_wait_is_lost_and_each_is_within_a_factor_of_two_of_its_like(waits: list[tuple[float, int]]) -> None:
    lengths = Lengths()
    for each_s, count in waits:
        lengths.add("place", each_s, count)

    rows = lengths.of("place")

    assert sum(row[1] for row in rows) == sum(count for _, count in waits)
    assert abs(sum(row[2] for row in rows) - sum(each_s * count for each_s, count in waits)) < 1e-6
    assert all(2 ** (power - 1) <= seconds / count * 1e6 * (1 + 1e-9) for power, count, seconds, _ in rows)
    assert all(seconds / count * 1e6 <= 2**power * (1 + 1e-9) for power, count, seconds, _ in rows)


def test_what_is_shorter_than_a_tenth_of_a_millisecond_is_no_wait() -> None:
    lengths = Lengths()
    lengths.add("place", 9e-5, 1000)
    lengths.add("place", 0.001, 0)

    assert lengths.of("place") == []


def test_a_copy_is_added_to_alone() -> None:
    lengths = Lengths()
    lengths.add("place", 0.001)
    copy = lengths.copy()
    copy.add("place", 0.001, 1, 0.0005)

    assert lengths.of("place") == [[10, 1, 0.001, 0.0]]
    assert copy.of("place") == [[10, 2, 0.002, 0.0005]]
