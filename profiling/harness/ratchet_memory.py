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
    from profiling.harness.ratchet_memory_census import Census
    from profiling.harness.ratchet_memory_imports import ImportedBytes
    from profiling.harness.ratchet_memory_layers import Looks
    from profiling.harness.ratchet_memory_tasks import Tasks
    from profiling.harness.ratchet_stacks import Row, read_stacks
    from profiling.harness.ratchet_threads import ThreadClocks, ThreadNames

    Key = tuple[str, tuple[int, ...], "str | None"]
else:
    from ratchet_bootstrap_ticker import OWN_THREADS
    from ratchet_codes import Codes
    from ratchet_memory_census import Census
    from ratchet_memory_imports import ImportedBytes
    from ratchet_memory_layers import Looks
    from ratchet_memory_tasks import Tasks
    from ratchet_stacks import read_stacks
    from ratchet_threads import ThreadClocks, ThreadNames

_PERIOD_S = 0.002
_SWITCH_INTERVAL_S = 0.0005
_FRAMES = 1  # the cost of tracing grows with the frames kept, and with the length of their code
_clock = time.perf_counter


class MemoryPass:
    """The traced heap of this process.

    Attributes:
        peaks: largest growth in bytes while a function was on a stack, from tick to tick.
        looks: at the heap, by the stack that raised it: thread, project functions (innermost first), library.
        stacks: these of every thread, as they were when it moved last.
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
        self.names = ThreadNames()
        self.tasks = Tasks(context["failed"])
        self.census = Census(context["relative"], context["failed"])
        self.imports = ImportedBytes(context["failed"])
        self.imports.install()
        self.reset()
        context["every"](float(options.get("period_s", _PERIOD_S)), self.tick)

    def reset(self) -> None:
        """Forget what was seen."""
        self.lock = _thread.allocate_lock()
        self.main = _thread.get_ident()
        self.names.reset()
        self.tasks.reset()
        self.imports.reset()
        self.ticks = 0
        self.peaks: dict[int, int] = {}
        self.clocks = ThreadClocks(self.main)
        self.stacks: dict[int, Key] = {}
        self.bases: dict[int, dict[int, int]] = {}
        self.places: dict[int, tuple[int, int, int]] = {}
        self.live: list[list[object]] | None = None
        self.stopped_because: str | None = None
        self.start_bytes = _tracemalloc.get_traced_memory()[0]
        self.looks = Looks(self.start_bytes)
        self.census.reset(self.start_bytes)

    def tick(self) -> None:
        """Charge the highest heap since the last tick to the functions on the stacks."""
        self.tasks.install()
        with self.lock:
            if self.stopped_because is not None:
                return
            if not _tracemalloc.is_tracing():
                self.stopped_because = "the program stopped tracemalloc itself"
                return
            hidden = self.census.count_when_due(self.looks.size)  # first: the stacks would be out of date after it
            current, peak = _tracemalloc.get_traced_memory()
            _tracemalloc.reset_peak()
            peak = max(peak, hidden)
            owner = self._charge_all(peak)
            self.looks.look(owner, self.clocks.used_s, current, peak)
            self.ticks += 1
            if _clock() - self.began > self.budget_s:
                self._end(f"tracing went over its budget of {self.budget_s:g} s")

    def finish(self) -> None:
        """Look at what is alive; called once, before the last report."""
        with self.lock:
            if self.stopped_because is None and _tracemalloc.is_tracing():
                current, peak = _tracemalloc.get_traced_memory()
                self.looks.look(self.stacks.get(self.main), 0.0, current, peak)
                self.live = self._alive()

    def snapshot(self) -> dict[str, object]:
        """Return peaks by function, live bytes by line, the whole peak and whether all of the run was traced."""
        with self.lock:
            owned = self.looks.owned()
        return {
            "codes": list(self.codes.rows),
            "peaks": [[number, growth] for number, growth in list(self.peaks.items())],
            "owned": [[*key, size] for key, size in owned.items()],
            "live": self.live,
            "peak_bytes": max(0, self.looks.peak - self.start_bytes),
            "ticks": self.ticks,
            "stopped_because": self.stopped_because,
            "tasks": self.tasks.snapshot(),
            "classes": self.census.snapshot(),
            "imports": self.imports.snapshot(),
        }

    def _charge_all(self, peak: int) -> Key | None:
        """Charge the threads that have moved, and the busiest; return the stack of that one."""
        seen = {ident: rows for ident, rows in read_stacks().items() if rows and ident not in OWN_THREADS}
        moved = [ident for ident, rows in seen.items() if self.places.get(ident) != _place(rows)]
        busiest = self.clocks.busiest(seen)
        if busiest is None:  # no clocks: one that moved, or a loop of the main thread at the same instruction again
            busiest = next((ident for ident in moved if ident != self.main), self.main)
        for ident in {*moved, busiest} & seen.keys():
            self.places[ident] = _place(seen[ident])
            stack, library, _ = self.codes.read(seen[ident])
            self.stacks[ident] = self.names.name(ident), stack, library
            self._charge(ident, stack, peak)
        return self.stacks.get(busiest)

    def _charge(self, ident: int, stack: tuple[int, ...], peak: int) -> None:
        before = self.bases.get(ident, {})
        bases = {number: before.get(number, self.looks.size) for number in stack}
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


def _place(rows: list[Row]) -> tuple[int, int, int]:
    """Return what tells whether a thread has moved: its innermost code, the instruction there, its depth."""
    return id(rows[0][0]), rows[0][2], len(rows)


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
