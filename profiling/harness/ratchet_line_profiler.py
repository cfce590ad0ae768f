"""Have line_profiler, where the target's environment has it, time the lines of a few chosen functions.

Option `functions` as for `ratchet_lines`. A function is handed over when it is called for the first time; that call
is timed before 3.11 only.
"""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any

_TOOL_IDS = (4, 3, 5, 0)
_FUNCTION = type(lambda: None)


class Handover:
    """Finds the chosen functions as they are called and hands them to line_profiler."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.failed = context["failed"]
        self.wanted = {
            (str(row[0]), row[1], row[2]): number for number, row in enumerate(context["options"]["functions"])
        }
        self.starts = {(line, name) for _, line, name in self.wanted}
        self.missing = set(self.wanted)
        self.tool: int | None = None
        self.problem: str | None = None
        self.profiler: Any = None
        self.before: dict[tuple[int, int], tuple[int, float]] = {}
        try:
            self.profiler = __import__("line_profiler").LineProfiler()
        except BaseException as error:
            self.problem = f"{type(error).__name__}: {error}"[:300]
            return
        self._watch()

    def place(self, code: CodeType) -> tuple[str, int, str] | None:
        """Return the place of a chosen function's code, or None."""
        if (code.co_firstlineno, code.co_name) not in self.starts:
            return None
        found = (self.relative(code.co_filename), code.co_firstlineno, code.co_name)
        return found if found in self.wanted else None

    def look(self, code: CodeType) -> bool:
        """Hand a function over if it is a chosen one; say whether it is."""
        place = self.place(code)
        if place is None:
            return False
        for function in gc.get_referrers(code):
            if type(function) is _FUNCTION and function.__code__ is code:
                self.profiler.add_function(function)
                if len(self.missing) == len(self.wanted):
                    self.profiler.enable()
                self.missing.discard(place)
                break
        return True

    def snapshot(self) -> dict[str, object]:
        """Return function, line, hits and seconds of each line."""
        rows = []
        for (number, line), (hits, seconds) in self._timed().items():
            hits_before, seconds_before = self.before.get((number, line), (0, 0.0))
            rows.append([number, line, hits - hits_before, max(0.0, seconds - seconds_before)])
        return {"how": "line_profiler", "problem": self.problem, "lines": rows}

    def after_fork(self) -> None:
        """Leave out what the parent has timed."""
        self.before = self._timed()

    def end(self) -> None:
        """Look no more."""
        self._unwatch()
        if self.profiler is not None and len(self.missing) < len(self.wanted):
            self.profiler.disable()

    def _timed(self) -> dict[tuple[int, int], tuple[int, float]]:
        """Return hits and seconds by function and line."""
        found: dict[tuple[int, int], tuple[int, float]] = {}
        if self.profiler is None:
            return found
        stats = self.profiler.get_stats()
        for (file, first_line, name), timings in stats.timings.items():
            number = self.wanted.get((self.relative(file), first_line, name.rpartition(".")[2]))
            if number is not None:
                found.update({(number, line): (hits, spent * stats.unit) for line, hits, spent in timings})
        return found

    def _watch(self) -> None:
        monitoring: Any = getattr(sys, "monitoring", None)
        if monitoring is None:
            sys.setprofile(self._on_call)
            return
        self.tool = next(tool for tool in _TOOL_IDS if monitoring.get_tool(tool) is None)
        monitoring.use_tool_id(self.tool, "ratchet")
        monitoring.register_callback(self.tool, monitoring.events.PY_START, self._on_start)
        monitoring.set_events(self.tool, monitoring.events.PY_START)

    def _unwatch(self) -> None:
        if self.tool is not None:
            sys.monitoring.set_events(self.tool, 0)  # type: ignore[attr-defined, unused-ignore]  # 3.12
            sys.monitoring.free_tool_id(self.tool)  # type: ignore[attr-defined, unused-ignore]  # 3.12
            self.tool = None
        elif sys.getprofile() == self._on_call:
            sys.setprofile(None)

    def _on_call(self, frame: FrameType, event: str, _: object) -> None:
        try:
            if event == "call" and self.look(frame.f_code) and not self.missing:
                sys.setprofile(None)
        except Exception:
            self.failed()

    def _on_start(self, code: CodeType, _: int) -> object:
        try:
            self.look(code)
        except Exception:
            self.failed()
        return sys.monitoring.DISABLE  # type: ignore[attr-defined, unused-ignore]  # 3.12


_handover: Handover | None = None


def start(context: Mapping[str, Any]) -> None:
    """Begin to look for the functions."""
    global _handover
    _handover = Handover(context)


def snapshot() -> dict[str, object]:
    """Return what was timed so far."""
    return {} if _handover is None else _handover.snapshot()


def finish() -> None:
    """Time no more."""
    if _handover is not None:
        _handover.end()


def after_fork() -> None:
    """Forget the parent's lines."""
    if _handover is not None:
        _handover.after_fork()
