"""Sample every thread's stack, weighted by the CPU its own clock has counted since its last sample."""

from __future__ import annotations

import os
import sys
import time
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from profiling.harness.ratchet_bootstrap_ticker import OWN_THREADS, Ticker
    from profiling.harness.ratchet_stacks import Row, read_stacks
    from profiling.harness.ratchet_time_memory import Resident

    class Reader(Protocol):
        """What is needed of `Codes`."""

        def read(self, rows: list[Row]) -> tuple[tuple[int, ...], str | None]:
            """Read a stack."""
            ...

        def coroutine_of(self, stack: tuple[int, ...]) -> int | None:
            """Choose a coroutine."""
            ...

    Key = tuple[str, tuple[int, ...], "str | None"]
else:
    from ratchet_bootstrap_ticker import OWN_THREADS
    from ratchet_stacks import read_stacks
    from ratchet_time_memory import Resident

_OWN_SHARE = 0.03
_RESIDENT_EVERY = 8
_MEASURE_EVERY = 16
_FORGET_EVERY = 256
_THREAD_NAMES = 64
_HAS_THREAD_CLOCKS = sys.platform == "linux"
_clock, _clock_gettime, _process_time, _thread_time = (
    time.perf_counter,
    getattr(time, "clock_gettime", None),
    time.process_time,
    time.thread_time,
)


class Thread:
    """One thread of the target at its last sample.

    Attributes:
        clock: of its CPU time; None where there is none, or for a thread that `threading` does not know.
        cpu_s, wall_s: since the sample before.
        place: its innermost code and instruction, and its depth; moved: it was another one before.
        key: thread name, stack and library that its figures go to.
    """

    def __init__(self, ident: int, name: str, native_id: object, spent_s: float, now: float) -> None:
        self.ident = ident
        self.name = name
        self.native_id = native_id if isinstance(native_id, int) else 0
        self.clock = _thread_clock(native_id)
        self.is_unknown = _HAS_THREAD_CLOCKS and self.clock is None
        self.spent_s = spent_s
        self.seen_at = now
        self.cpu_s = self.wall_s = 0.0
        self.place: tuple[int, int, int] | None = None
        self.moved = False
        self.key: Key = (name, (), None)

    def tick(self, now: float) -> None:
        """Read its clock."""
        self.wall_s, self.seen_at = now - self.seen_at, now
        self.cpu_s = 0.0
        if self.clock is not None and _clock_gettime is not None:
            try:
                spent_s: float = _clock_gettime(self.clock)
            except OSError:  # it ended, and another one has its identifier
                self.clock, self.is_unknown = None, True
            else:
                self.cpu_s, self.spent_s = max(0.0, spent_s - self.spent_s), spent_s


class Sampler:
    """Weights by distinct stack: CPU, wall and waiting seconds, samples with CPU, growth of resident memory.

    Waiting is what passes between two samples of a thread that used no CPU and is not waiting for a core: wall minus
    CPU would call a busy machine a blocking call.
    """

    def __init__(self, codes: Reader, running: dict[int, dict[int, list[float]]], period_s: float) -> None:
        self.codes = codes
        self.running = running
        self.period_s = period_s
        self.ticker: Ticker | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what was seen; the calling thread is the main one."""
        now = _clock()
        self.main = get_ident()
        self.threads = {self.main: Thread(self.main, "MainThread", os.getpid(), _thread_time(), now)}
        self.names = {"MainThread"}
        self.stacks: dict[Key, list[float]] = {}
        self.resident = Resident()
        self.ticks = self.samples = 0
        self.own_cpu_s = self.known_s = self.last_cost_s = 0.0
        self.shares_since: float | None = None

    def sample(self) -> None:
        """Take one sample of every thread."""
        measures_itself = self.ticks % _MEASURE_EVERY == _MEASURE_EVERY - 1
        began = _thread_time() if measures_itself else 0.0
        seen = self._read_all(_clock())
        self._share_out(seen)
        most: Thread | None = None
        for thread in seen:
            self._add(thread)
            if most is None or thread.cpu_s > most.cpu_s:
                most = thread
        self.ticks += 1
        if self.ticks % _RESIDENT_EVERY == 0 and most is not None:
            growth = self.resident.growth()
            self.stacks[most.key][3] += growth
        if self.ticks % _FORGET_EVERY == 0:
            present = {thread.ident for thread in seen}
            self.threads = {ident: thread for ident, thread in self.threads.items() if ident in present}
        if measures_itself:
            self._slow_down(_thread_time() - began)

    def snapshot(self) -> list[list[object]]:
        """Return thread, stack (innermost first), library, CPU and wall seconds, samples, growth in bytes, waiting."""
        return [[*key, *weights] for key, weights in list(self.stacks.items())]

    def _read_all(self, now: float) -> list[Thread]:
        """Read clocks and stacks of all threads."""
        seen = []
        for ident, rows in read_stacks().items():
            if ident not in OWN_THREADS and rows:
                thread = self.threads.get(ident)
                if thread is None or (thread.is_unknown and _known(ident) is not None):
                    thread = self._meet(ident, now)  # a thread runs a little before `threading` knows it
                thread.tick(now)
                place = (id(rows[0][0]), rows[0][2], len(rows))
                thread.moved = thread.place != place
                if thread.cpu_s > 0 or thread.moved:
                    stack, library = self.codes.read(rows)
                    thread.key, thread.place = (thread.name, stack, library), place
                seen.append(thread)
        return seen

    def _share_out(self, seen: list[Thread]) -> None:
        """Give threads without a clock what the process used and no other thread did, if they moved."""
        unknown = [thread for thread in seen if thread.clock is None]
        self.known_s += sum(thread.cpu_s for thread in seen if thread.clock is not None)
        if not unknown:
            self.shares_since = None
            return
        whole_s, own_s = _process_time(), _thread_time()
        if self.shares_since is not None:
            spare_s = max(0.0, whole_s - own_s - self.known_s - self.shares_since)
            moved = [thread for thread in unknown if thread.moved]
            for thread in moved or [thread for thread in unknown if thread.ident == self.main]:
                thread.cpu_s = spare_s / max(1, len(moved))
        self.shares_since, self.known_s = whole_s - own_s, 0.0

    def _add(self, thread: Thread) -> None:
        running = self.running.get(thread.ident)
        watched = running is not None or thread.ident == self.main
        waits = thread.cpu_s <= 0 and (not watched or _sleeps(thread.native_id))
        weights = self.stacks.setdefault(thread.key, [0.0, 0.0, 0, 0, 0.0])
        weights[0] += thread.cpu_s
        weights[1] += thread.wall_s
        weights[4] += thread.wall_s if waits else 0.0
        if thread.cpu_s > 0:
            weights[2] += 1
            self.samples += 1
        number = None if running is None else self.codes.coroutine_of(thread.key[1])
        if running is not None and number is not None:
            share = running.setdefault(number, [0.0, 0.0])
            share[0] += thread.wall_s
            share[1] += thread.wall_s if waits else 0.0

    def _meet(self, ident: int, now: float) -> Thread:
        """Get to know a thread: only one that `threading` knows has a clock that can be read without danger.

        `time.pthread_getcpuclockid` crashes on a thread that has just ended; the kernel's own form of a thread's
        clock, made of its native identifier, fails cleanly.
        """
        active = _known(ident)
        native = os.getpid() if ident == self.main else getattr(active, "_native_id", None)
        name = getattr(active, "_name", None)
        name = name if isinstance(name, str) and (name in self.names or len(self.names) < _THREAD_NAMES) else "other"
        self.names.add(name)
        thread = Thread(ident, name, native, 0.0, now)
        self.threads[ident] = thread
        return thread

    def _slow_down(self, cost_s: float) -> None:
        """Keep our share of the CPU small on deep stacks and many threads; one dear sample alone changes nothing."""
        lower_s, self.last_cost_s = min(cost_s, self.last_cost_s), cost_s
        self.own_cpu_s = _thread_time()
        if self.ticker is not None:
            self.ticker.period_s = max(self.period_s, lower_s / _OWN_SHARE)


def _known(ident: int) -> object:
    """Return the `threading.Thread` of an identifier, None where there is none (yet)."""
    return getattr(sys.modules.get("threading"), "_active", {}).get(ident)


def _thread_clock(native_id: object) -> int | None:
    """Return the Linux clock of a thread's CPU time: `CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED` beside its inverted id."""
    return (~native_id << 3) | 6 if _HAS_THREAD_CLOCKS and isinstance(native_id, int) else None


def _sleeps(native_id: int) -> bool:
    """Say whether a thread waits for something else than a core; where it can't be told, it does."""
    try:
        descriptor = os.open(f"/proc/self/task/{native_id}/stat", os.O_RDONLY)
        try:
            line = os.read(descriptor, 512)
        finally:
            os.close(descriptor)
        return not line.rpartition(b")")[2].lstrip().startswith(b"R")
    except OSError:
        return True
