"""Join what every pass charged to stacks: one row for each distinct stack."""

from collections.abc import Mapping
from dataclasses import dataclass

from profiling.model import FunctionKey
from profiling.profile import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class StackKey:
    """What makes a stack distinct: thread, project functions (outermost first), the library below the last."""

    thread: str
    frames: tuple[FunctionKey, ...]
    library: str | None


@dataclass(slots=True, kw_only=True)
class StackCpu:
    """What the samples say of one stack, a mean over runs (samples: their sum); see `Stack`."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    samples: int = 0
    waited_s: float = 0.0
    rss_growth_bytes: float = 0.0


def join(
    sampled: Mapping[StackKey, StackCpu], collected: Mapping[StackKey, float], owned: Mapping[StackKey, int] | None
) -> tuple[Stack, ...]:
    """Return all stacks with their weights, largest CPU first.

    Args:
        sampled: of the time pass.
        collected: seconds of collections triggered on a stack, a mean over runs.
        owned: bytes that the heap's peak rose by on a stack, None without a memory pass.
    """
    nothing = StackCpu()
    keys = {*sampled, *collected, *(owned or {})}
    found = [
        Stack(
            frames=key.frames,
            thread=key.thread,
            library=key.library,
            cpu_s=(weights := sampled.get(key, nothing)).cpu_s,
            wall_s=weights.wall_s,
            samples=weights.samples,
            waited_s=weights.waited_s,
            gc_s=collected.get(key, 0.0),
            rss_growth_bytes=round(weights.rss_growth_bytes),
            peak_owned_bytes=None if owned is None else owned.get(key, 0),
        )
        for key in keys
    ]
    return tuple(
        sorted(found, key=lambda stack: (-stack.cpu_s, stack.thread, stack.frames, stack.library or "", -stack.wall_s))
    )
