from hypothesis import given
from hypothesis import strategies as st

from profiling.harness.ratchet_memory_layers import Layers, Looks

SIZES = st.integers(0, 10**6)
LOOKS = st.lists(st.tuples(st.sampled_from("abc"), SIZES, SIZES), max_size=40)


def stack(name: str) -> tuple[str, tuple[int, ...], str | None]:
    return name, (0,), None


def owned(layers: Layers | Looks) -> dict[str, int]:
    return {key[0]: size for key, size in layers.owned().items()}


@given(start=SIZES, looks=LOOKS)
def test_what_the_owners_have_at_the_peak_is_the_peak(start: int, looks: list[tuple[str, int, int]]) -> None:
    layers = Layers(0)
    layers.look(stack("start"), start, start)
    highest = start
    for owner, size, above in looks:
        layers.look(stack(owner), size, max(size, layers.size) + above)
        highest = max(highest, layers.peak)

    assert layers.peak == highest
    assert sum(owned(layers).values()) == layers.peak
    assert all(size >= 0 for size in owned(layers).values())


def test_what_was_freed_before_the_peak_owns_no_part_of_it() -> None:
    layers = Layers(0)
    layers.look(stack("keeps"), 100, 100)
    layers.look(stack("passes"), 100, 180)
    layers.look(stack("raises"), 400, 400)
    layers.look(stack("later"), 50, 400)

    assert owned(layers) == {"keeps": 100, "raises": 300}


def test_a_peak_within_a_look_belongs_to_who_ran() -> None:
    layers = Layers(10)
    layers.look(stack("keeps"), 30, 30)
    layers.look(stack("copies"), 30, 90)

    assert (layers.peak, owned(layers)) == (90, {"keeps": 20, "copies": 60})


def test_what_comes_after_the_peak_changes_nothing() -> None:
    layers = Layers(0)
    layers.look(stack("raises"), 100, 100)
    for size in (20, 70, 10, 99):
        layers.look(stack("later"), size, size)

    assert owned(layers) == {"raises": 100}


def test_nobodys_part_is_left_out() -> None:
    layers = Layers(0)
    layers.look(None, 40, 40)
    layers.look(stack("raises"), 100, 100)

    assert owned(layers) == {"raises": 60}


@given(start=SIZES, looks=LOOKS, used_s=st.floats(0, 1))
def test_sharing_what_rose_between_two_owners_keeps_the_whole(
    start: int, looks: list[tuple[str, int, int]], used_s: float
) -> None:
    seen = Looks(0)
    seen.look(stack("start"), used_s, start, start)
    highest = start
    for owner, size, above in looks:
        at_most = max(size, seen.size) + above
        seen.look(stack(owner), used_s, size, at_most)
        highest = max(highest, at_most)

    assert seen.peak == highest
    assert sum(owned(seen).values()) == highest


def test_a_late_look_gives_the_rise_to_who_was_allocating() -> None:
    seen = Looks(0)
    seen.look(stack("keeps"), 0.01, 1000, 1000)
    seen.look(stack("keeps"), 0.01, 2000, 2000)
    seen.look(stack("churns"), 0.02, 3000, 3000)
    seen.look(stack("churns"), 0.01, 3000, 3000)

    assert owned(seen) == {"keeps": 3000}


def test_a_late_look_shares_the_rise_of_two_that_allocate() -> None:
    seen = Looks(0)
    seen.look(stack("slow"), 0.01, 1000, 1000)
    seen.look(stack("slow"), 0.01, 2000, 2000)
    seen.look(stack("fast"), 0.02, 2000 + 1000 + 3000, 2000 + 1000 + 3000)
    seen.look(stack("fast"), 0.01, 9000, 9000)

    assert owned(seen) == {"slow": 3000, "fast": 6000}


def test_who_did_not_allocate_gets_nothing_of_what_the_next_one_does() -> None:
    seen = Looks(0)
    seen.look(stack("rests"), 0.01, 0, 0)
    seen.look(stack("raises"), 0.01, 500, 500)
    seen.look(stack("raises"), 0.01, 1500, 1500)

    assert owned(seen) == {"raises": 1500}
