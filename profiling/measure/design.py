"""How pairs are laid out: what is drawn anew for each, whether both sides share a core, and what they will take."""

import os
import random
from dataclasses import dataclass
from enum import StrEnum

from profiling.measure.placement import Placement, draw_placement
from profiling.model import Dimension, RunUsage

SMALL_BODY_S = 0.05
"""Below this much CPU the interpreter's start outweighs the body: figures hold, but need more pairs."""

LONG_BODY_S = 10.0
MOST_PAIRS_OF_LONG = 12
_PADDING_BYTES = 4096
_PARALLEL = 1.1
"""CPU seconds per wall second above which a command uses more than one core."""

_PAIR_OVERHEAD_S = 0.05


class Mode(StrEnum):
    """How the two processes of a pair run."""

    CO_SCHEDULED = "co_scheduled"
    ONE_AFTER_ANOTHER = "one_after_another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What one pair is drawn to be; both sides share everything but their place in the order.

    Attributes:
        index: from 0.
        seed: PYTHONHASHSEED of both sides, so that hash order is no difference between them, new for every pair so that
            no single order decides.
        padding: bytes added to the environment of both (its size shifts the stack: Mytkowicz 2009).
        core: CPU both are pinned to, or None.
        base_first: which is started first.
        placement: where the memory of both lies, or None where the system can't be told.
    """

    index: int
    seed: int
    padding: int
    core: int | None
    base_first: bool
    placement: Placement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the pairs of one measurement run.

    Attributes:
        mode: of running the two sides.
        cores: to draw from; empty where processes can't be pinned.
        pair_s: wall seconds one pair is expected to take.
        most_pairs: after which it ends undecided.
        note: what a person should know of it, or nothing.
    """

    mode: Mode
    cores: tuple[int, ...]
    pair_s: float
    most_pairs: int
    note: str = ""


def usable_cores() -> tuple[int, ...]:
    """Return the CPUs we may pin processes to; none where the system can't (macOS)."""
    return tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else ()


def draw(rng: random.Random, index: int, cores: tuple[int, ...]) -> Layout:
    """Draw the layout of one pair."""
    return Layout(
        index=index,
        seed=rng.randrange(1, 2**32),
        padding=rng.randrange(_PADDING_BYTES),
        core=rng.choice(cores) if cores else None,
        base_first=rng.random() < 0.5,
        placement=draw_placement(rng),
    )


def plan_schedule(
    target: Dimension, base: RunUsage, body_cpu_s: float, *, cores: tuple[int, ...], most_pairs: int
) -> Schedule:
    """Choose the mode and foresee the cost from one run of the base by itself.

    Args:
        base: usage of that run, start-up included.
        body_cpu_s: its CPU seconds without interpreter start-up.
        cores: that may be pinned to.
        most_pairs: asked for.
    """
    parallel = base.cpu_s > _PARALLEL * base.wall_s
    # Without pinning, two processes at once land on two cores, the noisiest design there is.
    mode = Mode.CO_SCHEDULED if cores else Mode.ONE_AFTER_ANOTHER
    if parallel and target in {
        Dimension.WALL_S,
        Dimension.THROUGHPUT,
    }:  # one core would take away the parallelism that is to be measured
        mode, cores = Mode.ONE_AFTER_ANOTHER, ()
    long = body_cpu_s > LONG_BODY_S
    return Schedule(
        mode=mode,
        cores=cores,
        pair_s=2 * max(base.wall_s, base.cpu_s if cores else 0.0) + _PAIR_OVERHEAD_S,
        most_pairs=min(most_pairs, MOST_PAIRS_OF_LONG) if long else most_pairs,
        note=_note(body_cpu_s, mode),
    )


def _note(body_cpu_s: float, mode: Mode) -> str:
    notes = []
    if body_cpu_s < SMALL_BODY_S:
        notes.append(
            f"the workload's own CPU time is small ({body_cpu_s * 1000:.0f} ms): a larger input would need fewer pairs"
        )
    if body_cpu_s > LONG_BODY_S:
        notes.append(f"the workload is long ({body_cpu_s:.0f} CPU-s): at most {MOST_PAIRS_OF_LONG} pairs are run")
    if mode is Mode.ONE_AFTER_ANOTHER:
        notes.append("the sides of a pair run one after the other, which is noisier than sharing a core")
    return "; ".join(notes)
