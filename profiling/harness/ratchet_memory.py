"""The memory pass: traced heap peaks per project function by ticks, and what is alive at the end by line.

Options: `budget_s`, wall seconds after which tracing stops; `period_s` (default 0.002); `switch_interval_s` (default
0.0005: with the interpreter's own 5 ms a tick comes too late for short functions; 0 leaves it).
"""

from __future__ import annotations

import _thread
import _tracemalloc  # `tracemalloc` would bring modules that the target may not have imported
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiling.harness.ratchet_bootstrap_ticker import OWN_THREADS
    from profiling.harness.ratchet_codes import Codes
    from profiling.harness.ratchet_stacks import read_stacks
else:
    from ratchet_bootstrap_ticker import OWN_THREADS
    from ratchet_codes import Codes
    from ratchet_stacks import read_stacks

_PERIOD_S = 0.002
_SWITCH_INTERVAL_S = 0.0005
_FRAMES = 1  # the cost of tracing grows with the frames kept, and with the length of their code
_clock = time.perf_counter


class MemoryPass:
    """The traced heap of this process.

    Attributes:
        peaks: largest growth in bytes while a function was on a stack, from tick to tick.
        owned: what the process's highest heap rose by while a function was the innermost of the project's.
        bases: heap just before a function was first seen on a thread's stack, while it stays there.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        options = context["options"]
        self.codes = Codes(context["relative"], list(context["packages"]))
        self.relative = context["relative"]
        self.budget_s = float(options.get("budget_s", 3600.0))
        self.began = _clock()
        switch_interval_s = float(options.get("switch_interval_s", _SWITCH_INTERVAL_S))
        if switch_interval_s:
            sys.setswitchinterval(switch_interval_s)
        _tracemalloc.start(_FRAMES)
        self.lock = _thread.allocate_lock()
        self.reset()
        context["every"](float(options.get("period_s", _PERIOD_S)), self.tick)

    def reset(self) -> None:
        """Forget what was seen."""
        self.lock = _thread.allocate_lock()
        self.main = _thread.get_ident()
        self.ticks = 0
        self.peaks: dict[int, int] = {}
        self.owned: dict[int, int] = {}
        self.bases: dict[int, dict[int, int]] = {}
        self.places: dict[int, tuple[int, int, int]] = {}
        self.live: list[list[object]] | None = None
        self.stopped_because: str | None = None
        self.peak = self.current = self.start_bytes = _tracemalloc.get_traced_memory()[0]

    def tick(self) -> None:
        """Charge the highest heap since the last tick to the functions on the stacks."""
        with self.lock:
            if self.stopped_because is not None:
                return
            if not _tracemalloc.is_tracing():
                self.stopped_because = "the program stopped tracemalloc itself"
                return
            current, peak = _tracemalloc.get_traced_memory()
            _tracemalloc.reset_peak()
            owner = self._charge_all(peak)
            if owner is not None and peak > self.peak:
                self.owned[owner] = self.owned.get(owner, 0) + peak - self.peak
            self.peak, self.current = max(self.peak, peak), current
            self.ticks += 1
            if _clock() - self.began > self.budget_s:
                self._end(f"tracing went over its budget of {self.budget_s:g} s")

    def finish(self) -> None:
        """Look at what is alive; called once, before the last report."""
        with self.lock:
            if self.stopped_because is None and _tracemalloc.is_tracing():
                self.peak = max(self.peak, _tracemalloc.get_traced_memory()[1])
                self.live = self._alive()

    def snapshot(self) -> dict[str, object]:
        """Return peaks by function, live bytes by line, the whole peak and whether all of the run was traced."""
        return {
            "codes": list(self.codes.rows),
            "peaks": [[number, growth] for number, growth in list(self.peaks.items())],
            "owned": [[number, growth] for number, growth in list(self.owned.items())],
            "live": self.live,
            "peak_bytes": max(0, self.peak - self.start_bytes),
            "ticks": self.ticks,
            "stopped_because": self.stopped_because,
        }

    def _charge_all(self, peak: int) -> int | None:
        """Charge the threads that have moved; return the innermost project function of the one that runs.

        The main thread always counts: a loop may be found at the same instruction twice. It owns what no other does.
        """
        owner = None
        for ident, rows in read_stacks().items():
            place = (id(rows[0][0]), rows[0][2], len(rows)) if rows else None
            moved = self.places.get(ident) != place
            if place is not None and ident not in OWN_THREADS and (moved or ident == self.main):
                self.places[ident] = place
                stack = self.codes.read(rows)[0]
                self._charge(ident, stack, peak)
                if stack and (moved or owner is None):
                    owner = stack[0]
        return owner

    def _charge(self, ident: int, stack: tuple[int, ...], peak: int) -> None:
        before = self.bases.get(ident, {})
        bases = {number: before.get(number, self.current) for number in stack}
        self.bases[ident] = bases
        for number, base in bases.items():
            if peak - base > self.peaks.get(number, 0):
                self.peaks[number] = peak - base

    def _end(self, reason: str) -> None:
        self.live = self._alive()
        self.stopped_because = reason
        _tracemalloc.stop()

    def _alive(self) -> list[list[object]]:
        """Return traced bytes by file and line of the project."""
        lines: dict[tuple[str, int], int] = {}
        for trace in _tracemalloc._get_traces():
            place = trace[2][0]
            lines[place] = lines.get(place, 0) + trace[1]
        named = [(self.relative(file), line, size) for (file, line), size in lines.items()]
        return [[path, line, size] for path, line, size in named if path is not None]


_pass: MemoryPass | None = None


def start(context: Mapping[str, Any]) -> None:
    """Begin to trace."""
    global _pass
    _pass = MemoryPass(context)


def snapshot() -> dict[str, object]:
    """Return what was traced so far."""
    return {} if _pass is None else _pass.snapshot()


def finish() -> None:
    """Prepare the last report."""
    if _pass is not None:
        _pass.finish()


def after_fork() -> None:
    """Forget the parent's figures."""
    if _pass is not None:
        _pass.reset()


def stop() -> None:
    """Stop tracing, so that the interpreter's end is quick."""
    if _tracemalloc.is_tracing():
        _tracemalloc.stop()
