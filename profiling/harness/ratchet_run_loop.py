"""See, in a timed run, how long event loops are held: two clock readings per turn of a loop, nothing per callback."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from profiling.harness.ratchet_run_meter import delay
else:
    from ratchet_run_meter import delay

HELD_S = 0.005
"""A loop that looks at its files and timers again within this time was not held: nobody waits for less."""
_IDLE_S = 0.002
"""After an idle wait of this length, reading the queueing seconds costs less than 1% of it."""
_QUEUE = "/proc/thread-self/schedstat"
_clock = time.perf_counter


class Loops:
    """The event loops of this process. Those with a selector of their own kind (uvloop) are not seen.

    Attributes:
        held_s: seconds in which loops were held for more than `HELD_S` at a time, less waiting for a core.
        turning: whether any loop was seen to run.
    """

    def __init__(self, failed: Callable[[], None]) -> None:
        self.failed = failed
        self.reset()

    def reset(self) -> None:
        """Begin with nothing."""
        self.held_s = 0.0
        self.turning = False

    def install(self, module: ModuleType) -> None:
        """Wrap the running of loops in `asyncio.base_events`."""
        owner = module.BaseEventLoop
        run = owner.run_forever

        def run_forever(loop: object) -> None:
            watch = self._watch(loop)
            try:
                run(loop)
            finally:
                if watch is not None:
                    watch.end()

        run_forever.__qualname__, run_forever.__doc__ = run.__qualname__, run.__doc__
        run_forever.__module__ = run.__module__
        owner.run_forever = run_forever

    def _watch(self, loop: object) -> _Watch | None:
        """Begin to watch a loop; None where its selector lets nobody in."""
        try:
            watch = _Watch(self, loop._selector)  # type: ignore[attr-defined]  # absent in loops of other kinds
        except Exception:
            self.failed()
            return None
        self.turning = True
        return watch


class _Watch:
    """One loop while it runs: its selector's `select` is ours meanwhile."""

    def __init__(self, loops: Loops, selector: object) -> None:
        self.loops = loops
        self.selector = selector
        self.original = selector.select  # type: ignore[attr-defined]  # what selectors have
        self.had_own = "select" in vars(selector)
        self.delay_s = delay(_QUEUE)
        selector.select, self.last = self._select()  # type: ignore[attr-defined]

    def end(self) -> None:
        """Give the selector back; never raises."""
        try:
            self.last()
            if self.had_own:
                self.selector.select = self.original  # type: ignore[attr-defined]
            else:
                del self.selector.select  # type: ignore[attr-defined]
        except Exception:
            self.loops.failed()

    def take(self, held_s: float) -> None:
        """Add a long hold, less what the thread waited for a core."""
        held_s -= self.queued()
        self.loops.held_s += held_s if held_s > HELD_S else 0.0

    def queued(self) -> float:
        """Return the seconds in the run queue since they were last read."""
        before, self.delay_s = self.delay_s, delay(_QUEUE)
        return 0.0 if before is None or self.delay_s is None else self.delay_s - before

    def _select(self) -> tuple[Callable[..., object], Callable[[], None]]:
        """Return a `select` that sees how long it was not called, and what takes the hold after its last call.

        Closures, because a turn of a loop may take no more than two microseconds.
        """
        original, clock, longest_s, idle_s, take, queued = (
            self.original,
            _clock,
            HELD_S,
            _IDLE_S,
            self.take,
            self.queued,
        )
        since = clock()

        def select(timeout: float | None = None) -> object:
            nonlocal since
            now = clock()
            if now - since > longest_s:
                take(now - since)
            since = now
            if timeout == 0:  # there is more to do: it only looks
                return original(0)
            try:
                return original(timeout)
            finally:
                since = clock()
                if since - now > idle_s:
                    queued()

        def last() -> None:
            held_s = clock() - since
            if held_s > longest_s:
                take(held_s)

        return select, last
