"""Count calls by `sys.monitoring` (CPython 3.12 and later), in all threads at once. Beside `ratchet_counts`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType

    from profiling.harness.ratchet_counts_seen import IS_FUNCTION, Counts, Seen
else:
    from ratchet_counts_seen import IS_FUNCTION, Counts

_TOOL_IDS = (4, 3, 5, 2, 1, 0)  # a debugger's, coverage's and profiler's ids last: the target may want them
_NOBODY = 0
_DEPTH = 60


class Monitoring:
    """Starts of calls, never resumes: a generator counts once, when it is first asked for a value.

    An edge's caller is the nearest project function below, whatever of libraries lies between. Library code is asked
    for once: later calls of it cost nothing.

    Attributes:
        calls: of project code, by its identity: how often by which caller, by its identity.
        early: the same, of code whose module is still being imported.
        kept: all these code objects, so that no identity is used twice.
    """

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.calls: dict[int, dict[int, int]] = {}
        self.early: dict[int, dict[int, int]] = {}
        self.kept: dict[int, CodeType] = {}
        self.notes: list[str] = []

    def begin(self) -> None:
        """Ask for the starts of all code."""
        monitoring = sys.monitoring  # type: ignore[attr-defined,unused-ignore]  # 3.12 and later
        tool = next((tool for tool in _TOOL_IDS if monitoring.get_tool(tool) is None), None)
        if tool is None:
            self.notes.append("no tool id of sys.monitoring was free: no calls were counted")
            return
        monitoring.use_tool_id(tool, "ratchet counts")
        monitoring.register_callback(tool, monitoring.events.PY_START, self._callback(monitoring.DISABLE))
        monitoring.set_events(tool, monitoring.events.PY_START)

    def after_fork(self) -> None:
        """Count from zero."""
        for callers in (*self.calls.values(), *self.early.values()):
            callers.clear()

    def finish(self) -> None:
        """Do nothing: calls were counted when they started."""

    def counts(self) -> Counts:
        """Return what was counted."""
        counts = Counts()
        for number, callers in (*self.calls.items(), *self.early.items()):
            for caller, calls in list(callers.items()):
                code = self.kept[number]
                counts.add_calls(code, calls)
                if caller != _NOBODY:
                    counts.add_edge(self.kept[caller], code, calls)
        return counts

    def _callback(self, disable: object) -> Callable[[CodeType, int], object]:
        """Return what is called at each start; it never raises but for what no one can handle."""
        getframe, calls, kept = sys._getframe, self.calls, self.kept

        def started(code: CodeType, _offset: int) -> object:
            callers = calls.get(id(code))
            if callers is None:
                return self._started_slowly(code, getframe(1), disable)
            try:
                frame = getframe(2)
            except ValueError:  # a thread starts with it
                callers[_NOBODY] = callers.get(_NOBODY, 0) + 1
                return None
            caller = id(frame.f_code)
            if caller not in kept:
                caller = self._nearest(frame)
            callers[caller] = callers.get(caller, 0) + 1
            return None

        return started

    def _started_slowly(self, code: CodeType, frame: FrameType, disable: object) -> object:
        """Take a start of code that is a library's, or new, or of a module that is being imported."""
        is_loading = _is_loading(frame)
        self.seen.ran(code, is_loading=is_loading)
        if not self.seen.is_project(code):
            return None if is_loading and code.co_flags & IS_FUNCTION else disable
        self.kept[id(code)] = code
        callers = self.early.setdefault(id(code), {})
        caller = self._nearest(frame.f_back)
        callers[caller] = callers.get(caller, 0) + 1
        if not is_loading:
            self.calls[id(code)] = self.early.pop(id(code))
        return None

    def _nearest(self, frame: FrameType | None) -> int:
        for each in _outwards(frame):
            if id(each.f_code) in self.kept:
                return id(each.f_code)
        return _NOBODY


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    for _ in range(_DEPTH):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def _is_loading(frame: FrameType) -> bool:
    """Say whether the module of a frame is being imported."""
    return bool(getattr(dict.get(frame.f_globals, "__spec__"), "_initializing", False))
