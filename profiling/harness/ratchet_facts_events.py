"""Ask the interpreter for calls of nominated functions that are not instrumented. Beside `ratchet_facts`."""

from __future__ import annotations

import sys
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

    from profiling.harness import ratchet_facts_values as values
    from profiling.harness.ratchet_facts_calls import RAISED, RETURNED, Recorder
    from profiling.harness.ratchet_facts_seen import Place
else:
    import ratchet_facts_values as values
    from ratchet_facts_calls import RAISED, RETURNED


class Profiling:
    """On 3.9 to 3.11, for one file: `sys.setprofile`; the last opcode tells how a frame was entered and left.

    It sees every call of the program, which is slow: it is asked only for a script, which can't be instrumented.
    """

    def __init__(self, recorder: Recorder, file: str) -> None:
        import opcode
        import threading

        self.recorder = recorder
        self.file = file
        self.threading = threading
        self.returns = opcode.opmap["RETURN_VALUE"]
        self.resumes = opcode.opmap.get("RESUME")
        self.main = get_ident()
        self.installed = self.hook  # one bound method, so that it can be told by identity
        self.notes: list[str] = []

    def begin(self) -> None:
        """Ask for the events of this thread and of those that `threading` will start."""
        self.recorder.may_clear_locals = False  # a cleared copy would be written back
        self.threading.setprofile(self.installed)
        sys.setprofile(self.installed)

    def hook(self, frame: FrameType, event: str, value: object) -> None:
        """Take an event."""
        if event not in {"call", "return"} or frame.f_code.co_name not in self.recorder.names:
            return
        place = _place(self.recorder, frame.f_code)
        if place is None or place.seen.file != self.file or place.calls_the_recorder:
            return
        last, opcodes = frame.f_lasti, frame.f_code.co_code
        if event == "return":
            has_returned = last >= 0 and opcodes[last] == self.returns
            self.recorder.leave(frame, RETURNED if has_returned else RAISED, value)  # None where it raised
        elif place.suspends is None or last < 0 or (opcodes[last] == self.resumes and opcodes[last + 1] == 0):
            self.recorder.enter(frame, place)

    def check(self) -> None:
        """Note it when the program took the profile function for itself."""
        if get_ident() == self.main and sys.getprofile() is not self.installed and not self.notes:
            self.notes.append("the program set a profile function of its own: later calls in its script were not seen")

    def end(self) -> None:
        """Ask for no more events."""
        self.threading.setprofile(None)
        if sys.getprofile() is self.installed:
            sys.setprofile(None)


class Monitoring:
    """From 3.12 on: `sys.monitoring`, local to the nominated code; unwinding alone has no local event."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]  # 3.12 and later
        self.tool: int | None = None
        self.asked: set[int] = set()
        self.watched: dict[int, tuple[CodeType, list[Callable[[object], None]]]] = {}
        self.notes: list[str] = []

    def begin(self) -> None:
        """Take a free tool id and ask for the starts of all code, once each."""
        monitoring = self.monitoring
        self.tool = next((tool for tool in (4, 3, 2, 5, 1, 0) if monitoring.get_tool(tool) is None), None)
        if self.tool is None:
            self.notes.append("no tool id of sys.monitoring was free: no calls were seen")
            return
        monitoring.use_tool_id(self.tool, "ratchet facts")
        events = monitoring.events
        monitoring.register_callback(self.tool, events.PY_START, self.started)
        monitoring.register_callback(self.tool, events.PY_RETURN, self.returned)
        monitoring.register_callback(self.tool, events.PY_UNWIND, self.unwound)
        monitoring.set_events(self.tool, events.PY_START | (events.PY_UNWIND if self.recorder.wanted else 0))

    def watch(self, code: CodeType, action: Callable[[object], None]) -> None:
        """Call an action with the first argument at each start of a code object from now on."""
        self.watched.setdefault(values.address(code), (code, []))[1].append(action)
        if self.tool is not None:
            self.monitoring.restart_events()  # it may have started before, and is not asked again then

    def started(self, code: CodeType, _offset: int) -> object:
        """Take the start of a call; other code is never asked again."""
        watched = self.watched.get(values.address(code))
        if watched is not None:
            self._act(watched[1], sys._getframe(1))
        place = _place(self.recorder, code)
        if place is None:
            return self.monitoring.DISABLE if watched is None else None
        if values.address(code) not in self.asked:
            self.asked.add(values.address(code))
            self.monitoring.set_local_events(self.tool, code, self.monitoring.events.PY_RETURN)
        self.recorder.enter(sys._getframe(1), place)
        return None

    def _act(self, actions: list[Callable[[object], None]], frame: FrameType) -> None:
        try:
            arguments = frame.f_locals
            first = arguments[frame.f_code.co_varnames[0]]
            if type(arguments) is dict:
                arguments.clear()  # the frame's copy of its locals, which would keep them alive
        except values.OWN_FAULTS:
            self.recorder.faults += 1
            return
        for action in actions:
            action(first)

    def returned(self, _code: CodeType, _offset: int, value: object) -> None:
        """Take a return."""
        self.recorder.leave(sys._getframe(1), RETURNED, value)

    def unwound(self, code: CodeType, _offset: int, error: BaseException) -> None:
        """Take the end of any frame by an exception."""
        if values.address(code) in self.asked:
            self.recorder.leave(sys._getframe(1), RAISED, error)

    def check(self) -> None:
        """Do nothing: no one else can take these events."""

    def end(self) -> None:
        """Give the tool id back."""
        if self.tool is not None:
            self.monitoring.set_events(self.tool, 0)
            self.monitoring.free_tool_id(self.tool)
            self.tool = None


def _place(recorder: Recorder, code: CodeType) -> Place | None:
    """Return the nominated function a code object is of; None also where that can't be found out."""
    try:
        return recorder.find(code)
    except (OSError, *values.OWN_FAULTS):
        recorder.faults += 1
        return None
