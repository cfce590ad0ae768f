"""How long threads run each time they get a core, while others run as well: who needs the interpreter is brief."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiling.harness.ratchet_threads import scheduled
    from profiling.harness.ratchet_time_rests import Sampled
else:
    from ratchet_threads import scheduled

_NEAR = 4
"""So many samples later the same threads still run beside each other."""


class Turns:
    """CPU seconds of threads that ran beside others, and how often they got a core, by thread name, stack and library.

    Threads that need the interpreter are made to give it up after the switch interval, and so get a core again and
    again; those that do without it run until the system takes the core away.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, tuple[int, ...], str | None], list[float]] = {}
        self.last: dict[int, tuple[int, float, int]] = {}

    def add(self, ran: Iterable[Sampled], tick: int) -> None:
        """Add threads that all ran since the sample before."""
        for thread in ran:
            found = scheduled(thread.native_id)
            if found is None:
                continue
            before_tick, before_s, before = self.last.get(thread.ident, (tick - _NEAR - 1, 0.0, 0))
            self.last[thread.ident] = (tick, thread.spent_s, found[1])
            if thread.key[1] and tick - before_tick <= _NEAR:
                row = self.rows.setdefault(thread.key, [0.0, 0])
                row[0] += max(0.0, thread.spent_s - before_s)
                row[1] += max(0, found[1] - before)

    def snapshot(self) -> list[list[object]]:
        """Return thread, stack (innermost first), library, CPU seconds and turns."""
        return [[*key, *row] for key, row in list(self.rows.items())]
