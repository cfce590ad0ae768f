import random

from profiling.measure.placement import SHIFTS, draw_placement


def test_placements_are_drawn_from_the_whole_range() -> None:
    rng = random.Random(1)
    drawn = [draw_placement(rng).shift_pages for _ in range(200)]
    assert min(drawn) < SHIFTS / 8
    assert SHIFTS * 7 / 8 < max(drawn) < SHIFTS


def test_the_same_seed_draws_the_same_placement() -> None:
    assert draw_placement(random.Random(3)) == draw_placement(random.Random(3))
