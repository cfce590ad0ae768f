"""How long threads wait each time: also waits that are shorter than the time between two samples."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from profiling.harness.ratchet_threads import scheduled
    from profiling.harness.ratchet_time_lengths import Lengths

    class Sampled(Protocol):
        """What is needed of a thread at its last sample."""

        ident: int
        native_id: int
        clock: int | None
        spent_s: float
        cpu_s: float
        wall_s: float
        seen_at: float
        key: tuple[str, tuple[int, ...], str | None]
        at: int

else:
    from ratchet_threads import scheduled
    from ratchet_time_lengths import Lengths

_SEVERAL = 1.5
"""Times between two samples: it was not found asleep each time."""


class Rest:
    """A thread when it was last found asleep.

    Attributes:
        seen_at, spent_s: then, by the clock and by the thread's own.
        scheduled: seconds it had waited for a core by then, and how often it had got one; None where that is unknown.
        place: thread name, stack, library and instruction.
        pending_s: how long it had waited there; contended_s: of these with other threads running.
    """

    def __init__(self, thread: Sampled, is_contended: bool) -> None:
        self.scheduled = scheduled(thread.native_id)
        self.pending_s = thread.wall_s if thread.cpu_s <= 0 else 0.0
        self.contended_s = self.pending_s if is_contended else 0.0
        self.move(thread)

    def move(self, thread: Sampled) -> None:
        """Note where it is now."""
        self.seen_at, self.spent_s = thread.seen_at, thread.spent_s
        self.place = (*thread.key, thread.at)


class Rests:
    """Waits of threads for something else than a core, by thread name, stack, library and instruction.

    From one sample that finds a thread asleep to the next, it rested for what it neither ran nor queued for a core, and
    as often as it got a core. Both are the kernel's own figures, so that a busy machine is no wait.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.lengths = Lengths()
        self.resting: dict[int, Rest] = {}

    def asleep(self, thread: Sampled, is_contended: bool) -> None:
        """Note that a sample found a thread asleep, and whether others ran since the last one."""
        rest = self.resting.get(thread.ident)
        if rest is None:
            self.resting[thread.ident] = Rest(thread, is_contended)
        elif thread.cpu_s <= 0 and thread.spent_s == rest.spent_s:
            waited_s = thread.seen_at - rest.seen_at
            rest.pending_s += waited_s
            rest.contended_s += waited_s if is_contended else 0.0
            rest.move(thread)
        else:
            self._woke(rest, thread, is_contended)

    def awake(self, thread: Sampled) -> None:
        """Note that a thread ran; of one with a clock of its own the next sleep tells more."""
        rest = self.resting.get(thread.ident)
        if rest is not None and thread.clock is None:
            self._end(rest)
            rest.move(thread)

    def forget(self, present: set[int]) -> None:
        """Let go of threads that have ended."""
        for ident in [ident for ident in self.resting if ident not in present]:
            self._end(self.resting.pop(ident))

    def snapshot(self, line: Callable[[int, int], int]) -> list[list[object]]:
        """Return thread, stack (innermost first), library, line, and what `Lengths` has of the waits there.

        What is under way counts as a wait, for threads that never wake up again.
        """
        lengths = self.lengths.copy()
        for rest in list(self.resting.values()):
            if rest.place[1]:
                lengths.add(rest.place, rest.pending_s, 1, rest.contended_s)
        return [
            [name, stack, library, line(stack[0], at), lengths.of((name, stack, library, at))]
            for name, stack, library, at in lengths.rows
        ]

    def _woke(self, rest: Rest, thread: Sampled, is_contended: bool) -> None:
        """Share what it rested out among its waits: the one before, those between, and the one that has begun.

        The first and the last are in the times between two samples around what it did meanwhile.
        """
        before, now = rest.scheduled, scheduled(thread.native_id)
        rest.scheduled = now
        turns, rested_s = 1, 0.0
        if before is not None and now is not None:
            turns = max(1, now[1] - before[1])
            whole_s = thread.seen_at - rest.seen_at
            rested_s = max(0.0, whole_s - (thread.spent_s - rest.spent_s) - (now[0] - before[0]))
        is_long = thread.seen_at - rest.seen_at > _SEVERAL * thread.wall_s
        end_s = min(rested_s / 2, thread.wall_s) if is_long else rested_s / (turns + 1)
        between_s = max(0.0, rested_s - 2 * end_s)
        rest.pending_s += end_s
        rest.contended_s += end_s if is_contended else 0.0
        self._end(rest)
        rest.move(thread)
        if turns > 1:
            self._add(rest.place, between_s / (turns - 1), turns - 1, between_s if is_contended else 0.0)
        rest.pending_s, rest.contended_s = end_s, end_s if is_contended else 0.0

    def _end(self, rest: Rest) -> None:
        self._add(rest.place, rest.pending_s, 1, rest.contended_s)
        rest.pending_s = rest.contended_s = 0.0

    def _add(
        self, place: tuple[str, tuple[int, ...], str | None, int], each_s: float, count: int, over_s: float
    ) -> None:
        if place[1]:
            self.lengths.add(place, each_s, count, over_s)
