"""One address layout for both processes of a pair, drawn anew for every pair.

Where the kernel puts libraries and heaps moves a program's speed: identical programs that each drew their own layout
differed by 6.5% (a text-like one, 2026-11), those that shared one by 1.3%. So the kernel's own randomisation is
switched off and replaced by a shift of our own, the same for both sides: what layout does to speed cancels within a
pair and still varies from pair to pair, so that no single layout decides (Mytkowicz 2009).
"""

import random
from dataclasses import dataclass

SHIFTS = 2**14
"""Shifts by up to 64 MiB: the stack limit that makes them is also what a thread's stack reserves of addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the memory of a pair's processes lies.

    Attributes:
        shift_pages: pages by which the mapped memory is moved down.
    """

    shift_pages: int


def draw_placement(rng: random.Random) -> Placement:
    """Draw the placement of one pair."""
    return Placement(shift_pages=rng.randrange(SHIFTS))
