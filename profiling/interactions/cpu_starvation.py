"""Computing on the event loop: one long callback, and nothing else gets its turn meanwhile."""

from collections.abc import Iterator

from profiling.interactions.observed import Observed
from profiling.interactions.sides import CPU_SHARE, LATENCY_S, cpu_share
from profiling.model import Dimension
from profiling.profile import FunctionProfile
from profiling.target import Evidence, Interaction, InteractionKind

LONGEST_S = 0.05
"""Half of what asyncio's debug mode calls a slow callback (`loop.slow_callback_duration`, 0.1 s): that one is a limit
for a person who waits, and here each of those who wait has yet to have its own turn."""


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield coroutines that computed on a loop for 50 ms at once or more, while others were ready.

    What waits on the loop more than it computes is left to `blocking_io`: which of the two was long can't be told.
    """
    profile = observed.profile
    for function in (one for one in profile.functions if one.key in observed.coroutines):
        computes = function.loop_cpu_s >= max(LONGEST_S, function.loop_blocked_s)
        starves = function.loop_longest_s >= LONGEST_S and function.loop_others_waited_s >= LATENCY_S
        if computes and starves and cpu_share(function.loop_cpu_s, profile) >= CPU_SHARE:
            yield _interaction(function, cpu_share(function.loop_cpu_s, profile))


def _interaction(function: FunctionProfile, share: float) -> Interaction:
    computed_s, waited_s = function.loop_cpu_s, function.loop_others_waited_s
    return Interaction(
        kind=InteractionKind.CPU_STARVATION,
        key=function.key,
        evidence=(
            Evidence(
                dimension=Dimension.CPU_S,
                value=computed_s,
                text=f"it computes {computed_s:.2g} s on the event loop ({share:.0%} of the CPU)",
            ),
            Evidence(
                dimension=Dimension.LOOP_BLOCK_S,
                value=waited_s,
                text=f"up to {function.loop_longest_s:.2g} s at once, and other callbacks were ready for"
                f" {waited_s:.2g} s of it",
            ),
        ),
        root_fix="a thread or a process, or smaller steps",
    )
