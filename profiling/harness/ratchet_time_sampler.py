"""Sample every thread's stack, weighted by the CPU its own clock has counted since its last sample."""

from __future__ import annotations

import os
import time
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from profiling.harness.ratchet_bootstrap_ticker import OWN_THREADS, Ticker
    from profiling.harness.ratchet_stacks import Row, read_stacks
    from profiling.harness.ratchet_threads import HAS_THREAD_CLOCKS, ThreadNames, known_thread, scheduled, thread_clock
    from profiling.harness.ratchet_time_loop import Callback
    from profiling.harness.ratchet_time_memory import Resident
    from profiling.harness.ratchet_time_rests import Rests
    from profiling.harness.ratchet_time_turns import Turns

    class Reader(Protocol):
        """What is needed of `Codes`."""

        def read(self, rows: list[Row]) -> tuple[tuple[int, ...], str | None, int]:
            """Read a stack."""
            ...

        def line(self, number: int, instruction: int) -> int:
            """Find a line."""
            ...

        def coroutine_of(self, stack: tuple[int, ...]) -> int | None:
            """Choose a coroutine."""
            ...

    Key = tuple[str, tuple[int, ...], "str | None"]
else:
    from ratchet_bootstrap_ticker import OWN_THREADS
    from ratchet_stacks import read_stacks
    from ratchet_threads import HAS_THREAD_CLOCKS, ThreadNames, known_thread, scheduled, thread_clock
    from ratchet_time_memory import Resident
    from ratchet_time_rests import Rests
    from ratchet_time_turns import Turns

_OWN_SHARE = 0.04  # the program's own threads lose about as much again by being interrupted
_LONGEST_PERIODS = 5
_ALONE_SHARE = 0.1
"""Of the time between two samples that other threads may use before a thread may have waited for the interpreter."""
_RUNS_SHARE = 0.9
"""Of the time between two samples that a thread runs which did not wait meanwhile."""
_RESIDENT_EVERY = 8
_MEASURE_EVERY = 16
_FORGET_EVERY = 256
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
        queued_s: seconds it had waited for a core when that was last read.
        place: its innermost code and instruction, and its depth; moved: it was another one before.
        key: thread name, stack and library that its figures go to; at: instruction of the innermost project function.
    """

    def __init__(self, ident: int, name: str, native_id: object, spent_s: float, now: float) -> None:
        self.ident = ident
        self.name = name
        self.native_id = native_id if isinstance(native_id, int) else 0
        self.clock = thread_clock(native_id)
        self.is_unknown = HAS_THREAD_CLOCKS and self.clock is None
        self.spent_s = spent_s
        self.seen_at = now
        self.cpu_s = self.wall_s = 0.0
        self.queued_s: float | None = None
        self.place: tuple[int, int, int] | None = None
        self.moved = False
        self.key: Key = (name, (), None)
        self.at = -1

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

    def rested_s(self) -> float:
        """Return the seconds since its last sample in which it neither ran nor waited for a core; 0 if unknown.

        What is known of the queue may be older than that sample, and then too much is taken away.
        """
        found = scheduled(self.native_id)
        before_s, self.queued_s = self.queued_s, None if found is None else found[0]
        if before_s is None or self.queued_s is None:
            return 0.0
        return max(0.0, self.wall_s - self.cpu_s - (self.queued_s - before_s))


class Sampler:
    """Weights by distinct stack: CPU, wall and waiting seconds, samples with CPU, growth of resident memory.

    Waiting is what passes between two samples of a thread that used no CPU and is not waiting for a core: wall minus
    CPU would call a busy machine a blocking call.
    """

    def __init__(self, codes: Reader, running: dict[int, Callback], names: ThreadNames, period_s: float) -> None:
        self.codes = codes
        self.names = names
        self.running = running
        self.period_s = period_s
        self.ticker: Ticker | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what was seen; the calling thread is the main one."""
        self.began_s = now = _clock()
        self.main = get_ident()
        self.threads = {self.main: Thread(self.main, "MainThread", os.getpid(), _thread_time(), now)}
        self.stacks: dict[Key, list[float]] = {}
        self.waits: dict[tuple[int, int, str | None], list[float]] = {}
        self.resident = Resident()
        self.rests = Rests()
        self.turns = Turns()
        self.ticks = self.samples = 0
        self.own_cpu_s = self.known_s = self.last_cost_s = 0.0
        self.shares_since: float | None = None

    def sample(self) -> None:
        """Take one sample of every thread."""
        measures_itself = self.ticks % _MEASURE_EVERY == _MEASURE_EVERY - 1
        began_s = _thread_time() if measures_itself else 0.0
        seen = self._read_all(_clock())
        self._share_out(seen)
        most: Thread | None = None
        spent_s = sum(thread.cpu_s for thread in seen)
        for thread in seen:
            self._add(thread, spent_s - thread.cpu_s)
            if most is None or thread.cpu_s > most.cpu_s:
                most = thread
        ran = [thread for thread in seen if thread.clock is not None and thread.cpu_s >= thread.wall_s * _ALONE_SHARE]
        if len(ran) > 1:
            self.turns.add(ran, self.ticks)
        self.ticks += 1
        if self.ticks % _RESIDENT_EVERY == 0 and most is not None:
            growth = self.resident.growth()
            self.stacks[most.key][3] += growth
        if self.ticks % _FORGET_EVERY == 0:
            present = {thread.ident for thread in seen}
            self.rests.forget(present)
            self.threads = {ident: thread for ident, thread in self.threads.items() if ident in present}
        if measures_itself:
            self._slow_down(began_s)

    def snapshot(self) -> list[list[object]]:
        """Return thread, stack (innermost first), library, CPU and wall seconds, samples, growth in bytes, waiting."""
        return [[*key, *weights] for key, weights in list(self.stacks.items())]

    def waits_snapshot(self) -> list[list[object]]:
        """Return function, line, library, seconds waited there, and those with a loop's callback under way."""
        line = self.codes.line
        return [
            [number, line(number, at), library, *waited] for (number, at, library), waited in list(self.waits.items())
        ]

    def _read_all(self, now: float) -> list[Thread]:
        """Read clocks and stacks of all threads."""
        seen = []
        for ident, rows in read_stacks().items():
            if ident not in OWN_THREADS and rows:
                thread = self.threads.get(ident)
                if thread is None or (thread.is_unknown and known_thread(ident) is not None):
                    thread = self._meet(ident, now)  # a thread runs a little before `threading` knows it
                thread.tick(now)
                place = (id(rows[0][0]), rows[0][2], len(rows))
                thread.moved = thread.place != place
                if thread.cpu_s > 0 or thread.moved:
                    stack, library, thread.at = self.codes.read(rows)
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

    def _add(self, thread: Thread, others_s: float) -> None:
        running = self.running.get(thread.ident)
        watched = running is not None or thread.ident == self.main
        waits = thread.cpu_s <= 0 and (not watched or _sleeps(thread.native_id))
        asleep = waits or (0 < thread.cpu_s < thread.wall_s * _RUNS_SHARE and _sleeps(thread.native_id))
        if asleep:
            self.rests.asleep(thread, others_s >= thread.wall_s * _ALONE_SHARE)
        else:
            self.rests.awake(thread)
        weights = self.stacks.setdefault(thread.key, [0.0, 0.0, 0, 0, 0.0])
        weights[0] += thread.cpu_s
        weights[1] += thread.wall_s
        weights[4] += thread.wall_s if waits else 0.0
        if thread.cpu_s > 0:
            weights[2] += 1
            self.samples += 1
        if waits and thread.key[1]:
            waited = self.waits.setdefault((thread.key[1][0], thread.at, thread.key[2]), [0.0, 0.0])
            waited[0] += thread.wall_s
            waited[1] += 0.0 if running is None else thread.wall_s
        number = None if running is None else self.codes.coroutine_of(thread.key[1])
        if running is not None and number is not None:
            # Many short waits leave no time between two samples in which nothing ran.
            is_brief = thread.cpu_s < thread.wall_s / 2 and others_s < thread.wall_s * _ALONE_SHARE
            # The queue's figure has no wait for a core that is not over yet.
            rest_s = thread.rested_s() if is_brief and asleep and not waits else 0.0
            running.add(number, thread.wall_s, thread.wall_s if waits else 0.0, rest_s)

    def _meet(self, ident: int, now: float) -> Thread:
        """Get to know a thread: only one that `threading` knows has a clock that can be read without danger.

        `time.pthread_getcpuclockid` crashes on a thread that has just ended; the kernel's own form of a thread's
        clock, made of its native identifier, fails cleanly.
        """
        native = os.getpid() if ident == self.main else getattr(known_thread(ident), "_native_id", None)
        thread = Thread(ident, self.names.name(ident), native, 0.0, now)
        self.threads[ident] = thread
        return thread

    def _slow_down(self, began_s: float) -> None:
        """Keep our share of the CPU small; one dear stretch alone changes nothing.

        On deep stacks and with many threads the sample is what costs. Otherwise it is the way to it: waking up, asking
        for the interpreter again and again while a long collection runs; that is bounded, for few samples say little.
        """
        own_s = _thread_time()
        whole_s = max(0.0, own_s - self.own_cpu_s) / _MEASURE_EVERY
        sample_s, self.own_cpu_s = own_s - began_s, own_s
        cost_s = max(sample_s, min(whole_s, _LONGEST_PERIODS * self.period_s * _OWN_SHARE))
        lower_s, self.last_cost_s = min(cost_s, self.last_cost_s), cost_s
        if self.ticker is not None:
            self.ticker.period_s = max(self.period_s, lower_s / _OWN_SHARE)


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
