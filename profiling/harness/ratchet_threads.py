"""Names and clocks of the target's threads, without asking `threading` for anything that may wait."""

from __future__ import annotations

import _thread
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_NAMES = 64
_MAIN = "MainThread"
HAS_THREAD_CLOCKS = sys.platform == "linux"
_clock_gettime = getattr(time, "clock_gettime", None)


class ThreadNames:
    """Names of threads, at most 64 different ones; the one that makes this, or resets it, is the main thread."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, in a forked child too."""
        self.main = _thread.get_ident()
        self.names = {_MAIN}

    def name(self, ident: int) -> str:
        """Return the name of a thread, `other` for one that `threading` does not know, or of too many."""
        if ident == self.main:
            return _MAIN
        name = getattr(known_thread(ident), "_name", None)
        if not isinstance(name, str) or (name not in self.names and len(self.names) >= _MOST_NAMES):
            return "other"
        self.names.add(name)
        return name


def known_thread(ident: int) -> object:
    """Return the `threading.Thread` of an identifier, None where there is none (yet)."""
    return getattr(sys.modules.get("threading"), "_active", {}).get(ident)


def thread_clock(native_id: object) -> int | None:
    """Return the Linux clock of a thread's CPU time: `CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED` beside its inverted id."""
    return (~native_id << 3) | 6 if HAS_THREAD_CLOCKS and isinstance(native_id, int) else None


def scheduled(native_id: int) -> tuple[float, int] | None:
    """Return the seconds a thread has waited for a core so far, and how often it got one; None if unknown."""
    try:
        descriptor = os.open(f"/proc/self/task/{native_id}/schedstat", os.O_RDONLY)
        try:
            _, queued_ns, turns = os.read(descriptor, 96).split()
            return int(queued_ns) / 1e9, int(turns)
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None


class ThreadClocks:
    """Says which thread ran most since it was asked last, and how long: used_s is 0 where no clock has moved."""

    def __init__(self, main: int) -> None:
        self.main = main
        self.used_s = 0.0
        self.spent_s: dict[int, float] = {}

    def busiest(self, idents: Iterable[int]) -> int | None:
        """Return the thread that used most CPU, None where no thread of these has a clock that moved."""
        spent_s = {ident: self._read(ident) for ident in idents}
        used_s = {ident: now_s - self.spent_s.get(ident, 0.0) for ident, now_s in spent_s.items()}
        self.spent_s = spent_s
        best = max(used_s, key=lambda ident: used_s[ident], default=None)
        self.used_s = 0.0 if best is None else max(0.0, used_s[best])
        return best if self.used_s > 0 else None

    def _read(self, ident: int) -> float:
        native_id = os.getpid() if ident == self.main else getattr(known_thread(ident), "_native_id", None)
        clock = thread_clock(native_id)
        if clock is None or _clock_gettime is None:
            return 0.0
        try:
            spent_s: float = _clock_gettime(clock)
        except OSError:  # it ended
            return 0.0
        return spent_s
