"""Sample every thread's stack, weighted by the CPU its own clock has counted since its last sample."""

from __future__ import annotations

import os
import sys
import time
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Protocol

    from profiling.harness.ratchet_bootstrap_ticker import OWN_THREADS, Ticker
    from profiling.harness.ratchet_time_memory import Resident

    class Reader(Protocol):
        """What is needed of `Codes`."""

        def walk(self, frame: FrameType | None) -> tuple[tuple[int, ...], str | None]:
            """Read a stack."""
            ...

        def coroutine_of(self, stack: tuple[int, ...]) -> int | None:
            """Choose a coroutine."""
            ...

    Key = tuple[str, tuple[int, ...], "str | None"]
else:
    from ratchet_bootstrap_ticker import OWN_THREADS
    from ratchet_time_memory import Resident

_OWN_SHARE = 0.05
_RESIDENT_EVERY = 8
_THREAD_NAMES = 64
_HAS_THREAD_CLOCKS = sys.platform == "linux"
_clock, _clock_gettime, _process_time, _thread_time = (
    time.perf_counter,
    getattr(time, "clock_gettime", None),
    time.process_time,
    time.thread_time,
)


class Thread:
    """One thread of the target between two samples."""

    def __init__(self, name: str, native_id: object, cpu_s: float, now: float) -> None:
        self.name = name
        self.native_id = native_id if isinstance(native_id, int) else 0
        self.clock = _thread_clock(native_id)
        self.is_unknown = _HAS_THREAD_CLOCKS and self.clock is None
        self.cpu_s = cpu_s
        self.seen_at = now
        self.place: tuple[int, int] | None = None
        self.key: Key = (name, (), None)


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
        self.threads = {self.main: Thread("MainThread", os.getpid(), _thread_time(), now)}
        self.names = {"MainThread"}
        self.stacks: dict[Key, list[float]] = {}
        self.resident = Resident()
        self.ticks = self.samples = 0
        self.own_cpu_s = 0.0
        self.process_cpu_s = _process_time()

    def sample(self) -> None:
        """Take one sample of every thread."""
        began = _thread_time()
        now = _clock()
        frames = sys._current_frames()
        seen: list[tuple[Thread, FrameType, float | None, int]] = []
        for ident, frame in frames.items():
            if ident not in OWN_THREADS:
                thread = self.threads.get(ident)
                if thread is None or (thread.is_unknown and _known(ident) is not None):
                    thread = self._meet(ident, now)  # a thread runs a little before `threading` knows it
                seen.append((thread, frame, self._cpu_since(ident, thread), ident))
        shares = self._shares(seen, began)
        top: Key | None = None
        most_s = -1.0
        for (thread, frame, _, ident), cpu_s in zip(seen, shares):
            self._add(thread, frame, cpu_s, now, ident)
            if cpu_s > most_s:
                top, most_s = thread.key, cpu_s
        self.ticks += 1
        if self.ticks % _RESIDENT_EVERY == 0 and top is not None:
            self._charge_growth(top)
        if self.ticks % 256 == 0:
            self.threads = {ident: thread for ident, thread in self.threads.items() if ident in frames}
        self._slow_down(_thread_time() - began)

    def snapshot(self) -> list[list[object]]:
        """Return thread, stack (innermost first), library, CPU and wall seconds, samples, growth in bytes, waiting."""
        return [[*key, *weights] for key, weights in list(self.stacks.items())]

    def _cpu_since(self, ident: int, thread: Thread) -> float | None:
        """Return the CPU seconds of a thread since its last sample; None where its clock can't be read."""
        if thread.clock is None or _clock_gettime is None:
            return None
        try:
            cpu_s: float = _clock_gettime(thread.clock)
        except OSError:  # another thread has its identifier now
            self.threads.pop(ident, None)
            return None
        delta_s, thread.cpu_s = cpu_s - thread.cpu_s, cpu_s
        return max(0.0, delta_s)

    def _shares(self, seen: list[tuple[Thread, FrameType, float | None, int]], began: float) -> list[float]:
        """Return each thread's CPU seconds: those without a clock share what the process used and no other did."""
        process_cpu_s = _process_time()
        known_s = sum(cpu_s for _, _, cpu_s, _ in seen if cpu_s is not None)
        own_s, self.own_cpu_s = began - self.own_cpu_s, began
        spare_s = max(0.0, process_cpu_s - self.process_cpu_s - known_s - max(0.0, own_s))
        self.process_cpu_s = process_cpu_s
        moved = [cpu_s is None and _moved(thread, frame) for thread, frame, cpu_s, _ in seen]
        if not any(moved):
            moved = [cpu_s is None and ident == self.main for _, _, cpu_s, ident in seen]
        count = sum(moved)
        return [
            cpu_s if cpu_s is not None else (spare_s / count if has_moved else 0.0)
            for (_, _, cpu_s, _), has_moved in zip(seen, moved)
        ]

    def _add(self, thread: Thread, frame: FrameType, cpu_s: float, now: float, ident: int) -> None:
        if cpu_s > 0 or thread.place is None:
            stack, library = self.codes.walk(frame)
            thread.key = (thread.name, stack, library)
            thread.place = (id(frame), frame.f_lasti)
        wall_s, thread.seen_at = now - thread.seen_at, now
        running = self.running.get(ident)
        watched = running is not None or ident == self.main
        waited_s = wall_s if cpu_s <= 0 and (not watched or _sleeps(thread.native_id)) else 0.0
        weights = self.stacks.setdefault(thread.key, [0.0, 0.0, 0, 0, 0.0])
        weights[0] += cpu_s
        weights[1] += wall_s
        weights[4] += waited_s
        if cpu_s > 0:
            weights[2] += 1
            self.samples += 1
        number = None if running is None else self.codes.coroutine_of(thread.key[1])
        if running is not None and number is not None:
            share = running.setdefault(number, [0.0, 0.0])
            share[0] += wall_s
            share[1] += waited_s

    def _charge_growth(self, key: Key) -> None:
        growth = self.resident.growth()
        if growth > 0:
            self.stacks[key][3] += growth

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
        thread = Thread(name, native, 0.0, now)
        self.threads[ident] = thread
        return thread

    def _slow_down(self, cost_s: float) -> None:
        """Keep our share of the CPU small on deep stacks and many threads."""
        if self.ticker is not None:
            self.ticker.period_s = max(self.period_s, cost_s / _OWN_SHARE)


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


def _moved(thread: Thread, frame: FrameType) -> bool:
    return thread.place != (id(frame), frame.f_lasti)
