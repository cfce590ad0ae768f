"""Blocking the event loop: one coroutine waits synchronously, and every other one with it."""

from collections.abc import Iterator

from profiling.interactions.lines import calls_on
from profiling.interactions.observed import Observed
from profiling.interactions.sides import LATENCY_S
from profiling.model import Dimension
from profiling.profile import FunctionProfile, Wait
from profiling.target import Evidence, Interaction, InteractionKind

_MOST_PLACES = 3


def find(observed: Observed) -> Iterator[Interaction]:
    """Yield coroutines that held a loop while they waited, while others were ready, with the lines they waited at.

    A loop that is held while nobody else wants it loses nothing; nor does one whose coroutine awaits, or waits in a
    thread: then the loop is not held.
    """
    for function in observed.profile.functions:
        is_coroutine = function.key in observed.coroutines
        if not is_coroutine or function.loop_blocked_s < LATENCY_S or function.loop_others_waited_s < LATENCY_S:
            continue
        places = sorted(_places(function, observed), key=lambda place: -place[1].on_loop)
        if places:
            yield _interaction(function, places[:_MOST_PLACES], observed)


def _places(function: FunctionProfile, observed: Observed) -> Iterator[tuple[FunctionProfile, Wait]]:
    """Yield where it waited on a loop: in itself, or in what it calls without another coroutine between them."""
    waiting = {function.key}
    for stack in observed.profile.stacks:
        if stack.waited_s > 0 and observed.coroutine_of(stack) == function.key:
            waiting.add(stack.frames[-1])
    for key in sorted(waiting):
        found = observed.by_key.get(key)
        if found is not None:
            yield from ((found, wait) for wait in found.waits if wait.on_loop > 0)


def _interaction(
    function: FunctionProfile, places: list[tuple[FunctionProfile, Wait]], observed: Observed
) -> Interaction:
    held_s, longest_s, waited_s = function.loop_blocked_s, function.loop_longest_s, function.loop_others_waited_s
    where = "; ".join(_text(found, wait, function, observed) for found, wait in places)
    return Interaction(
        kind=InteractionKind.BLOCKING_IO,
        key=function.key,
        evidence=(
            Evidence(
                dimension=Dimension.LOOP_BLOCK_S,
                value=held_s,
                text=f"it held the event loop for {held_s:.2g} s without computing, up to {longest_s:.2g} s at once,"
                f" and others were ready for {min(waited_s, held_s):.2g} s of that",
            ),
            Evidence(
                dimension=Dimension.WALL_S,
                value=sum(wait.on_loop for _, wait in places),
                text=f"it waits without await {where}",
            ),
        ),
        root_fix="a call that does not block, or a thread",
    )


def _text(found: FunctionProfile, wait: Wait, function: FunctionProfile, observed: Observed) -> str:
    calls = calls_on(observed.root, found.key.file, wait.line)
    names = ", ".join(calls) if calls else "" if wait.library is None else f"a call into {wait.library}"
    within = "" if found.key == function.key else f" in {found.key.qualname} ({found.key.file})"
    return f"for {wait.on_loop:.2g} s at line {wait.line}{within}{f': {names}' if names else ''}"
