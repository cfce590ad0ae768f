"""The lines pass: hits and time by line of a few chosen functions.

Option `functions`: list of file relative to the root, first line and name. A line's time is with what it calls, but
without calls of the chosen functions, which have lines of their own: all times add up to the time within the chosen.
On 3.12 and newer only the chosen functions pay, by `sys.monitoring`; below, every call pays, by `sys.settrace`.
"""

from __future__ import annotations

import sys
import time
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, FrameType
    from typing import Any

_clock = time.perf_counter
_TOOL_IDS = (4, 3, 5, 0)
_NAME = "ratchet"


class Thread:
    """The chosen functions on a thread's stack, each with the line it stands on, and since when the last one does."""

    def __init__(self) -> None:
        self.stack: list[list[int]] = []
        self.since = 0.0


class Lines:
    """Hits and seconds by line.

    What our own hooks take is left out: the clock is read as they begin and again as they end.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.failed = context["failed"]
        self.wanted = {
            (str(row[0]), row[1], row[2]): number for number, row in enumerate(context["options"]["functions"])
        }
        self.starts = {(line, name) for _, line, name in self.wanted}
        self.codes: dict[int, int] = {}
        self.kept: list[CodeType] = []
        self.how = "sys.settrace"
        self.problem: str | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self.rows: dict[tuple[int, int], list[Any]] = {}
        self.threads: dict[int, Thread] = {}

    def number(self, code: CodeType) -> int | None:
        """Return the number of a chosen function's code, or None."""
        known = self.codes.get(id(code))
        if known is not None or (code.co_firstlineno, code.co_name) not in self.starts:
            return known
        try:
            found = self.wanted.get((self.relative(code.co_filename), code.co_firstlineno, code.co_name))
        except Exception:
            self.failed()
            return None
        if found is not None:
            self.kept.append(code)
            self.codes[id(code)] = found
        return found

    def entered(self, number: int) -> None:
        """Note that a chosen function begins or goes on."""
        now = _clock()
        try:
            thread = self._charged(now)
            thread.stack.append([number, 0])
            thread.since = _clock()
        except Exception:  # the program may be near its recursion limit
            self.failed()

    def reached(self, number: int, line: int) -> None:
        """Note that a chosen function begins a line."""
        now = _clock()
        try:
            thread = self._charged(now)
            if not thread.stack or thread.stack[-1][0] != number:
                thread.stack.append([number, 0])
            thread.stack[-1][1] = line
            self._row(number, line)[0] += 1
            thread.since = _clock()
        except Exception:
            self.failed()

    def left(self, number: int) -> None:
        """Note that a chosen function returns, is suspended or is left by an exception."""
        now = _clock()
        try:
            thread = self._charged(now)
            while thread.stack and thread.stack.pop()[0] != number:
                pass
            thread.since = _clock()
        except Exception:
            self.failed()

    def snapshot(self) -> dict[str, object]:
        """Return function, line, hits and seconds of each line."""
        rows = [[number, line, row[0], row[1]] for (number, line), row in list(self.rows.items())]
        return {"how": self.how, "problem": self.problem, "lines": rows}

    def _charged(self, now: float) -> Thread:
        """Return the calling thread, its last line charged up to now."""
        ident = get_ident()
        thread = self.threads.get(ident)
        if thread is None:
            thread = self.threads[ident] = Thread()
        elif thread.stack:
            number, line = thread.stack[-1]
            if line:
                self._row(number, line)[1] += now - thread.since
        return thread

    def _row(self, number: int, line: int) -> list[Any]:
        row = self.rows.get((number, line))
        if row is None:
            row = self.rows[number, line] = [0, 0.0]
        return row


class Traced:
    """Feeds `Lines` below 3.12."""

    def __init__(self, lines: Lines) -> None:
        import threading

        self.lines = lines
        self.ident = get_ident()
        sys.settrace(self.on_call)
        threading.settrace(self.on_call)

    def on_call(self, frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        """Look at a call: only a chosen function is followed line by line."""
        number = self.lines.number(frame.f_code)
        if number is None or event != "call":
            return None
        lines = self.lines

        def within(frame: FrameType, event: str, _: object) -> Callable[..., Any]:
            if event == "line":
                lines.reached(number, frame.f_lineno)
            elif event == "return":
                lines.left(number)
            return within

        lines.entered(number)
        return within

    def end(self) -> None:
        """Stop looking; note when the program took the hook away."""
        if get_ident() != self.ident:
            return  # a thread of ours writes a last report
        if sys.gettrace() != self.on_call:
            self.lines.problem = (
                "the program (or its recursion limit) took the trace function away: later lines are missing"
            )
            return
        sys.settrace(None)


class Monitored:
    """Feeds `Lines` from 3.12 on."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]  # 3.12
        self.tool = next(tool for tool in _TOOL_IDS if self.monitoring.get_tool(tool) is None)
        self.monitoring.use_tool_id(self.tool, _NAME)
        lines.how = "sys.monitoring"
        events = self.monitoring.events
        self.local = events.LINE | events.PY_RETURN | events.PY_YIELD
        for event, action in (
            (events.PY_START, self.on_start),
            (events.PY_RESUME, self.on_start),
            (events.PY_THROW, self.on_throw),
            (events.PY_UNWIND, self.on_unwind),
            (events.PY_RETURN, self.on_return),
            (events.PY_YIELD, self.on_return),
            (events.LINE, self.on_line),
        ):
            self.monitoring.register_callback(self.tool, event, action)
        self.monitoring.set_events(self.tool, events.PY_START | events.PY_RESUME | events.PY_THROW | events.PY_UNWIND)
        self.followed: set[int] = set()

    def on_start(self, code: CodeType, _: int) -> object:
        """Follow a chosen function; never ask again about another."""
        number = self.lines.number(code)
        if number is None:
            return self.monitoring.DISABLE
        if id(code) not in self.followed:
            try:
                self.monitoring.set_local_events(self.tool, code, self.local)
                self.followed.add(id(code))
            except Exception:
                self.lines.failed()
        self.lines.entered(number)
        return None

    def on_throw(self, code: CodeType, _: int, __: BaseException) -> None:
        """Note that a generator goes on with an exception."""
        number = self.lines.codes.get(id(code))
        if number is not None:
            self.lines.entered(number)

    def on_unwind(self, code: CodeType, _: int, __: BaseException) -> None:
        """Note that an exception leaves a function."""
        number = self.lines.codes.get(id(code))
        if number is not None:
            self.lines.left(number)

    def on_return(self, code: CodeType, _: int, __: object) -> None:
        """Note a return or a yield."""
        number = self.lines.codes.get(id(code))
        if number is not None:
            self.lines.left(number)

    def on_line(self, code: CodeType, line: int) -> None:
        """Note a line."""
        number = self.lines.codes.get(id(code))
        if number is not None:
            self.lines.reached(number, line)

    def end(self) -> None:
        """Give the tool's identifier back."""
        self.monitoring.set_events(self.tool, 0)
        for code in self.lines.kept:
            self.monitoring.set_local_events(self.tool, code, 0)
        self.monitoring.free_tool_id(self.tool)


_lines: Lines | None = None
_feed: Traced | Monitored | None = None


def start(context: Mapping[str, Any]) -> None:
    """Begin to look at lines."""
    global _lines, _feed
    _lines = Lines(context)
    _feed = Monitored(_lines) if hasattr(sys, "monitoring") else Traced(_lines)


def snapshot() -> dict[str, object]:
    """Return what was seen so far."""
    return {} if _lines is None else _lines.snapshot()


def finish() -> None:
    """Look no more."""
    global _feed
    feed, _feed = _feed, None
    if feed is not None:
        feed.end()


def after_fork() -> None:
    """Forget the parent's lines."""
    if _lines is not None:
        _lines.reset()
