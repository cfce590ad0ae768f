"""Record the calls of nominated functions: arguments, results, recursion, files opened. Runs in the target.

Options: `functions`, a list of `{"id", "file", "line", "name", "in_class"}`: path relative to the root,
`co_firstlineno`, `co_name`, and whether it is defined in a class body. From 3.12 on only nominated code sends events
(`sys.monitoring`); before, `sys.setprofile` sees every call and leaves the others at once.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock, get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any

    from profiling.harness import ratchet_facts_values as values
    from profiling.harness.ratchet_facts_seen import Place, Seen
else:
    import ratchet_facts_values as values
    from ratchet_facts_seen import Place, Seen

_FRAMES_WALKED = 500
_FOLDED = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")
_NOT_THE_PROGRAM = ("<frozen importlib", os.path.dirname(os.path.abspath(__file__)) + os.sep)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Recorder:
    """Ties calls to their ends, and opened files to the function that opens them."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.failed = context["failed"]
        self.relative = context["relative"]
        self.root = str(context["root"]) + os.sep
        self.wanted: dict[tuple[str, int], dict[str, Seen]] = {}
        for request in context["options"]["functions"]:
            position = (str(request["name"]), int(request["line"]))
            self.wanted.setdefault(position, {})[str(request["file"])] = Seen(request)
        self.names = frozenset(name for name, _ in self.wanted)
        self.places: dict[int, tuple[CodeType, Place | None]] = {}
        self.notes: set[str] = set()
        self.identities = values.Identities()
        self.new_process()

    def new_process(self) -> None:
        """Forget what the parent saw; the calls on the stack belong to it."""
        self.lock = RLock()
        self.active: dict[int, tuple[Seen, int, tuple[object, object] | None]] = {}
        for seen in self.every():
            seen.forget()

    def every(self) -> list[Seen]:
        """Return the nominated functions."""
        return [seen for by_file in self.wanted.values() for seen in by_file.values()]

    def find(self, code: CodeType) -> Place | None:
        """Return the nominated function a code object is of, or None."""
        known = self.places.get(id(code))
        if known is not None:
            return known[1]
        by_file = self.wanted.get((code.co_name, code.co_firstlineno))
        seen = None if by_file is None else by_file.get(self.relative(code.co_filename) or "")
        place = None if seen is None else Place(code, seen)
        if code.co_name in self.names:
            self.places[id(code)] = (code, place)  # the code is held so that no other gets its id
        return place

    def enter(self, frame: FrameType, place: Place, starts: bool) -> None:
        """Record that an activation is called, or a suspended one resumed; never raises."""
        try:
            with self.lock:
                thread = get_ident()
                if id(frame) not in self.active:
                    place.seen.deeper(thread)
                self.active[id(frame)] = (place.seen, thread, None)
                if starts:
                    self.active[id(frame)] = (place.seen, thread, place.begin(frame, self.identities))
        except values.OWN_FAULTS:
            place.seen.incomparable()
            self.failed()

    def leave(self, frame: FrameType, returned: bool, value: object) -> None:
        """Record that an activation returned, raised or was suspended; never raises."""
        pending = self.active.pop(id(frame), None)
        if pending is None:
            return
        seen, thread, keys = pending
        try:
            with self.lock:
                seen.shallower(thread)
                if keys is not None and returned:
                    seen.result(keys, value, self.identities)
                elif keys is not None:
                    seen.failed()
        except values.OWN_FAULTS:
            seen.incomparable()
            self.failed()

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        """See the opening of files (an audit hook); never raises."""
        if event != "open":
            return
        try:
            path, mode, flags = arguments
            seen = self._opener(sys._getframe()) if type(path) is str or type(path) is bytes else None
            if seen is not None:
                absolute = _absolute(os.fsdecode(path))  # type: ignore[arg-type]  # one of both
                name = absolute[len(self.root) :] if absolute.startswith(self.root) else absolute
                with self.lock:
                    seen.open(absolute, name.encode("utf-8", "backslashreplace").decode(), _writes(mode, flags))
        except values.OWN_FAULTS:
            self.failed()

    def _opener(self, hook: FrameType) -> Seen | None:
        """Return the function of the innermost project frame where it is nominated; imports open for nobody."""
        frame = hook.f_back
        for _ in range(_FRAMES_WALKED):
            if frame is None or frame.f_code.co_filename.startswith(_NOT_THE_PROGRAM):
                return None
            code = frame.f_code
            if code.co_name not in _FOLDED and self.relative(code.co_filename) is not None:
                place = self.find(code)
                return None if place is None else place.seen
            frame = frame.f_back
        return None


class Profiling:
    """Events on 3.9 to 3.11: `sys.setprofile`, which the last opcode tells how a frame was entered and left."""

    def __init__(self, recorder: Recorder) -> None:
        import opcode
        import threading

        self.recorder = recorder
        self.threading = threading
        self.returns = opcode.opmap["RETURN_VALUE"]
        self.resumes = opcode.opmap.get("RESUME")
        self.main = get_ident()
        self.installed = self.hook  # one bound method, so that it can be told by identity

    def begin(self) -> None:
        """Ask for the events of this thread and of those that `threading` will start."""
        self.threading.setprofile(self.installed)
        sys.setprofile(self.installed)

    def hook(self, frame: FrameType, event: str, value: object) -> None:
        """Take an event."""
        if event not in {"call", "return"}:
            return
        code = frame.f_code
        recorder = self.recorder
        if code.co_name not in recorder.names:
            return
        place = recorder.find(code)
        if place is None:
            return
        last = frame.f_lasti
        if event == "call":
            recorder.enter(frame, place, self._starts(code, last) or place.suspends is None)
        else:
            recorder.leave(frame, last >= 0 and code.co_code[last] == self.returns, value)

    def _starts(self, code: CodeType, last: int) -> bool:
        return last < 0 or (code.co_code[last] == self.resumes and code.co_code[last + 1] == 0)

    def check(self) -> None:
        """Note it when the program took the profile function for itself."""
        if get_ident() == self.main and sys.getprofile() is not self.installed:
            self.recorder.notes.add("the program set a profile function of its own: later calls were not seen")

    def end(self) -> None:
        """Ask for no more events."""
        self.threading.setprofile(None)
        if sys.getprofile() is self.installed:
            sys.setprofile(None)


class Monitoring:
    """Events from 3.12 on: `sys.monitoring`, local to the nominated code; unwinding alone has no local event."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]  # 3.12 and later
        self.tool: int | None = None
        self.asked: set[int] = set()

    def begin(self) -> None:
        """Take a free tool id and ask for the starts of all code, once each."""
        monitoring = self.monitoring
        self.tool = next((tool for tool in (4, 3, 2, 5, 1, 0) if monitoring.get_tool(tool) is None), None)
        if self.tool is None:
            self.recorder.notes.add("no tool id of sys.monitoring was free: no calls were seen")
            return
        monitoring.use_tool_id(self.tool, "ratchet facts")
        events = monitoring.events
        self.local = events.PY_RETURN | events.PY_YIELD | events.PY_RESUME
        for event, action in (
            (events.PY_START, self.started),
            (events.PY_RESUME, self.resumed),
            (events.PY_RETURN, self.returned),
            (events.PY_YIELD, self.suspended),
            (events.PY_UNWIND, self.unwound),
        ):
            monitoring.register_callback(self.tool, event, action)
        monitoring.set_events(self.tool, events.PY_START | events.PY_UNWIND)

    def started(self, code: CodeType, _offset: int) -> object:
        """Take the start of a call; other code is never asked again."""
        place = self.recorder.find(code)
        if place is None:
            return self.monitoring.DISABLE
        if id(code) not in self.asked:
            self.asked.add(id(code))
            self.monitoring.set_local_events(self.tool, code, self.local)
        self.recorder.enter(sys._getframe(1), place, True)
        return None

    def resumed(self, code: CodeType, _offset: int) -> None:
        """Take the resumption of a generator or coroutine."""
        place = self.recorder.find(code)
        if place is not None:
            self.recorder.enter(sys._getframe(1), place, False)

    def returned(self, _code: CodeType, _offset: int, value: object) -> None:
        """Take a return."""
        self.recorder.leave(sys._getframe(1), True, value)

    def suspended(self, _code: CodeType, _offset: int, _value: object) -> None:
        """Take the suspension of a generator or coroutine."""
        self.recorder.leave(sys._getframe(1), False, None)

    def unwound(self, code: CodeType, _offset: int, _error: BaseException) -> None:
        """Take the end of any frame by an exception."""
        if id(code) in self.recorder.places:
            self.recorder.leave(sys._getframe(1), False, None)

    def check(self) -> None:
        """Do nothing: no one else can take these events."""

    def end(self) -> None:
        """Give the tool id back."""
        if self.tool is not None:
            self.monitoring.set_events(self.tool, 0)
            self.monitoring.free_tool_id(self.tool)
            self.tool = None


class Session:
    """What runs in this process."""

    recorder: Recorder | None = None
    events: Profiling | Monitoring | None = None


def start(context: Mapping[str, Any]) -> None:
    """Record the calls of `context["options"]["functions"]` from now on."""
    for name in ("ratchet_facts_values", "ratchet_facts_seen"):
        sys.modules.pop(name, None)  # the target need not see them
    Session.recorder = recorder = Recorder(context)
    Session.events = Monitoring(recorder) if hasattr(sys, "monitoring") else Profiling(recorder)
    sys.addaudithook(recorder.audit)
    Session.events.begin()


def snapshot() -> dict[str, object]:
    """Return what was seen so far of every function that was called."""
    recorder, events = Session.recorder, Session.events
    if recorder is None or events is None:
        return {}
    events.check()
    with recorder.lock:
        functions = {seen.id: seen.report() for seen in recorder.every() if seen.calls}
        return {"functions": functions, "notes": sorted(recorder.notes)}


def after_fork() -> None:
    """Forget, in a forked child, what its parent saw."""
    if Session.recorder is not None:
        Session.recorder.new_process()


def stop() -> None:
    """Stop recording."""
    if Session.events is not None:
        Session.events.end()


def _writes(mode: object, flags: object) -> bool:
    """Say whether a file is opened for writing: from the mode of `open` and the flags of `os.open`."""
    asked = type(mode) is str and any(letter in mode for letter in "wax+")
    return asked or (type(flags) is int and bool(flags & _WRITING))


def _absolute(path: str) -> str:
    try:
        return os.path.abspath(path)
    except OSError:  # the current folder was removed
        return path
