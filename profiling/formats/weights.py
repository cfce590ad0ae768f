"""The dimensions of a stack: what each weighs, in which unit, and how it came to be known. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from profiling.model import FunctionKey
from profiling.profile import Stack

StackDimension = Literal["cpu", "wall", "waiting", "gc", "memory", "resident"]
Unit = Literal["seconds", "bytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One dimension as it is shown: how says where its figures come from."""

    dimension: StackDimension
    title: str
    unit: Unit
    how: str


WEIGHTS = (
    Weight(dimension="cpu", title="CPU", unit="seconds", how="sampled, weighted by each thread's CPU clock"),
    Weight(dimension="wall", title="wall", unit="seconds", how="sampled: each thread's time, running or not"),
    Weight(dimension="waiting", title="waiting", unit="seconds", how="sampled: waiting for something else than a core"),
    Weight(dimension="gc", title="GC", unit="seconds", how="each collection timed, charged to where it was triggered"),
    Weight(
        dimension="memory", title="memory peak", unit="bytes", how="traced in a run of its own: what the peak rose by"
    ),
    Weight(
        dimension="resident",
        title="resident growth",
        unit="bytes",
        how="the process's memory seen growing between two samples",
    ),
)


def weight(stack: Stack, dimension: StackDimension) -> float:
    """Return a stack's own weight, seconds or bytes, never below 0."""
    match dimension:
        case "cpu":
            return stack.cpu_s
        case "wall":
            return stack.wall_s
        case "waiting":
            return stack.waited_s
        case "gc":
            return stack.gc_s
        case "memory":
            return max(0, stack.peak_owned_bytes or 0)
        case "resident":
            return max(0, stack.rss_growth_bytes)
        case _:
            assert_never(dimension)


def threads(stacks: Sequence[Stack]) -> tuple[str, ...]:
    """Return the names of the threads, in the order of their first stack."""
    return tuple(dict.fromkeys(stack.thread for stack in stacks))


def frame_name(key: FunctionKey) -> str:
    """Return a frame's text: qualified name and place."""
    return f"{key.qualname} ({key.place})"


def library_name(library: str) -> str:
    """Return the text of a library's frame, which stands for everything below the last project frame: `[re]`."""
    return f"[{library}]"
