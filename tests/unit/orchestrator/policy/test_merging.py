import itertools

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.merging import Overlap, Piece, in_order, overlaps

pieces = st.lists(
    st.builds(
        Piece,
        number=st.integers(1, 99),
        files=st.frozensets(st.sampled_from(["a.py", "b.py", "c.py"]), min_size=1),
        impact=st.floats(-1, 1),
    ),
    unique_by=lambda piece: piece.number,
    max_size=8,
)


def piece(number: int, impact: float, *files: str) -> Piece:
    return Piece(number=number, files=frozenset(files), impact=impact)


def test_the_largest_impact_is_merged_first_and_equal_ones_in_the_order_of_their_experiments() -> None:
    found = in_order([piece(3, 0.1, "a.py"), piece(2, 0.1, "b.py"), piece(1, 0.05, "c.py"), piece(4, 0.5, "d.py")])
    assert [one.number for one in found] == [4, 2, 3, 1]


def test_pieces_of_the_same_file_are_found_before_anything_is_merged() -> None:
    found = overlaps([piece(4, 0.5, "a.py", "b.py"), piece(2, 0.1, "c.py"), piece(3, 0.1, "b.py", "a.py")])
    assert found == (Overlap(first=4, second=3, files=("a.py", "b.py")),)


@given(pieces)
def test_the_order_is_a_rearrangement_that_does_not_depend_on_who_came_back_first(given_pieces: list[Piece]) -> None:
    found = in_order(given_pieces)
    assert sorted(found, key=lambda one: one.number) == sorted(given_pieces, key=lambda one: one.number)
    assert found == in_order(reversed(given_pieces))
    assert all(one.impact >= other.impact for one, other in itertools.pairwise(found))


@given(pieces)
def test_every_two_pieces_overlap_exactly_when_they_share_a_file(given_pieces: list[Piece]) -> None:
    found = {(one.first, one.second) for one in overlaps(given_pieces)}
    expected = {
        (one.number, other.number)
        for place, one in enumerate(given_pieces)
        for other in given_pieces[place + 1 :]
        if one.files & other.files
    }
    assert found == expected
