"""Record the arguments of nominated functions' calls, pickled as they are called. Runs in the target.

Options: `functions`, a list of `{"id", "file", "line", "name", "qualname"}` (path relative to the root,
`co_firstlineno`, `co_name`); `calls_per_function`, `bytes_per_call`, `total_bytes`, `seconds` (of pickling), `seed`.
The report holds, by function id, `seen`, `left_out` by reason and `calls`: rows of module, sequence number, whether it
is one of the first of its signature, base64 pickle of `(args, kwargs)`, and its literal where it has one.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock, get_ident
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any

    from profiling.harness import ratchet_facts_walk as walk
    from profiling.harness.ratchet_facts_importer import Importer
    from profiling.harness.ratchet_record_arguments import Arguments, LeftOut, literal
    from profiling.harness.ratchet_record_kept import Kept
else:
    import ratchet_facts_walk as walk
    from ratchet_facts_importer import Importer
    from ratchet_record_arguments import Arguments, LeftOut, literal
    from ratchet_record_kept import Kept

_HAS_MONITORING = hasattr(sys, "monitoring")
_FILLING = 0.6
"""Of the time, for the first calls: in what is left later ones, which may be larger, replace some."""


class Recorder:
    """The calls of the nominated functions in this process.

    They come from instrumented code (`begin`), or as events of the interpreter.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.options = context["options"]
        self.relative = context["relative"]
        self.wanted: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
        for function in self.options["functions"]:
            position = (str(function["name"]), int(function["line"]))
            self.wanted.setdefault(position, {})[str(function["file"])] = function
        self.names = frozenset(name for name, _ in self.wanted)
        self.places: dict[int, tuple[CodeType, Arguments | None]] = {}
        self.faults = 0
        self.new_process()

    def new_process(self) -> None:
        """Forget what the parent saw."""
        self.lock = RLock()
        self.busy: set[int] = set()
        self.sequence = 0
        self.spent_s = 0.0
        self.kept = {
            str(function["id"]): Kept(int(self.options["calls_per_function"]), int(self.options["seed"]))
            for function in self.options["functions"]
        }

    def find(self, code: CodeType) -> Arguments | None:
        """Return the nominated function a code object is of, or None."""
        known = self.places.get(id(code))
        if known is not None:
            return known[1]
        by_file = self.wanted.get((code.co_name, code.co_firstlineno))
        function = None if by_file is None else by_file.get(self.relative(code.co_filename) or "")
        place = None if function is None else Arguments(code, str(function["id"]), str(function["qualname"]))
        self.places[id(code)] = (code, place)  # the code is held so that no other gets its address
        return place

    def enter(self, frame: FrameType, place: Arguments) -> None:
        """Take the start of a call, or the first step of a generator or coroutine; never raises."""
        thread = get_ident()
        if thread in self.busy:
            return  # a class's own pickling calls a nominated function
        try:
            self.busy.add(thread)
            with self.lock:
                self._take(frame, place)
        except BaseException:
            self.faults += 1
        finally:
            self.busy.discard(thread)

    def _take(self, frame: FrameType, place: Arguments) -> None:
        kept = self.kept[place.function]
        self.sequence += 1
        given = place.given(frame)
        slot = kept.slot(place.signature(given))
        if slot is None:
            return
        begun = perf_counter()
        if self.spent_s > self.options["seconds"]:
            kept.leave_out("no time left")
            return
        if self.spent_s > _FILLING * self.options["seconds"]:
            kept.close()
        try:
            data = place.pickled(given, int(self.options["bytes_per_call"]))
        except LeftOut as reason:
            kept.leave_out(str(reason))
            return
        finally:
            self.spent_s += perf_counter() - begun
        most = self.options["total_bytes"] / len(self.kept)
        if slot.is_first and kept.bytes + len(data) > most:
            kept.leave_out("over the limit of all bytes")
            return
        kept.put(slot, (str(frame.f_globals.get("__name__")), self.sequence, slot.is_first, data, literal(given)))
        if kept.bytes > most:
            kept.thin(most / 2)

    def begin(self) -> None:
        """Take the start of a call in instrumented code; never raises."""
        try:
            frame = sys._getframe(1)
            place = self.find(frame.f_code)
        except BaseException:
            self.faults += 1
            return
        if place is not None:
            self.enter(frame, place)

    def result(self, value: object) -> object:
        """Return what instrumented code is about to return."""
        return value

    def end(self) -> None:
        """Let the end of a call in instrumented code pass: replay finds out how calls end."""

    def report(self) -> dict[str, object]:
        """Return what was kept so far."""
        with self.lock:
            return {
                "functions": {name: kept.report() for name, kept in self.kept.items() if kept.seen},
                "main": self._main(),
                "paths": self._paths(),
                "hook_errors": self.faults,
            }

    def _main(self) -> str | None:
        file = (getattr(sys, "argv", None) or [""])[0]
        return self.relative(os.path.abspath(file)) if type(file) is str and file else None

    def _paths(self) -> list[str]:
        root = os.path.realpath(str(self.options["root"]))
        found = []
        for entry in sys.path:
            path = os.path.realpath(entry) if type(entry) is str else ""
            if path == root or path.startswith(root + os.sep):
                found.append(os.path.relpath(path, root))
        return found


class Monitoring:
    """From 3.12 on: `sys.monitoring`; code that is not nominated is asked once."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]  # 3.12 and later
        self.tool: int | None = None

    def install(self) -> str | None:
        """Ask for the starts of all code; return why it can't be done, or None."""
        self.tool = next((tool for tool in (4, 3, 2, 5, 1, 0) if self.monitoring.get_tool(tool) is None), None)
        if self.tool is None:
            return "no tool id of sys.monitoring was free: no calls were recorded"
        self.monitoring.use_tool_id(self.tool, "ratchet record")
        self.monitoring.register_callback(self.tool, self.monitoring.events.PY_START, self.started)
        self.monitoring.set_events(self.tool, self.monitoring.events.PY_START)
        return None

    def started(self, code: CodeType, _offset: int) -> object:
        """Take the start of a call."""
        try:
            place = self.recorder.find(code)
        except BaseException:
            self.recorder.faults += 1
            return None
        if place is None:
            return self.monitoring.DISABLE
        self.recorder.enter(sys._getframe(1), place)
        return None

    def end(self) -> None:
        """Give the tool id back."""
        if self.tool is not None:
            self.monitoring.set_events(self.tool, 0)
            self.monitoring.free_tool_id(self.tool)
            self.tool = None


class Profiling:
    """Before 3.12, for the script that is run directly and can't be instrumented: `sys.setprofile`."""

    def __init__(self, recorder: Recorder) -> None:
        import opcode

        self.recorder = recorder
        self.resumes = opcode.opmap.get("RESUME")

    def install(self) -> str | None:
        """Ask for the events of this thread and of those to come."""
        import threading

        threading.setprofile(self.hook)
        sys.setprofile(self.hook)
        return None

    def hook(self, frame: FrameType, event: str, _value: object) -> None:
        """Take an event."""
        code = frame.f_code
        if event != "call" or code.co_name not in self.recorder.names:
            return
        try:
            place = self.recorder.find(code)
            last = frame.f_lasti
            begins = last < 0 or (code.co_code[last] == self.resumes and code.co_code[last + 1] == 0)
            instrumented = any(constant is self.recorder for constant in code.co_consts)
        except BaseException:
            self.recorder.faults += 1
            return
        if place is not None and begins and not instrumented:
            self.recorder.enter(frame, place)

    def end(self) -> None:
        """Ask for no more events."""
        sys.setprofile(None)


class Session:
    """What records in this process."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.recorder = Recorder(context)
        self.notes: list[str] = []
        self.importer: Importer | None = None
        self.events: Monitoring | Profiling | None = None
        if _HAS_MONITORING:
            self.events = Monitoring(self.recorder)
            return
        options = {**context["options"], "files": {}, "attributes": [], "whole_run": False}
        self.importer = Importer({**context, "options": options}, {walk.CALLS: self.recorder}, False)
        file = (getattr(sys, "argv", None) or [""])[0]
        if context["relative"](os.path.abspath(str(file))) in {each["file"] for each in options["functions"]}:
            self.events = Profiling(self.recorder)

    def begin(self) -> None:
        """Record from now on."""
        if self.importer is not None:
            self.importer.install()
        problem = None if self.events is None else self.events.install()
        if problem is not None:
            self.notes.append(problem)


_session: Session | None = None


def start(context: Mapping[str, Any]) -> None:
    """Record what `context["options"]` asks for."""
    global _session
    options = {**context["options"], "root": context["root"]}
    _session = Session({**context, "options": options})
    _session.begin()


def snapshot() -> dict[str, object]:
    """Return what was kept so far."""
    if _session is None:
        return {}
    notes = [*_session.notes, *(() if _session.importer is None else _session.importer.notes)]
    return {**_session.recorder.report(), "notes": notes}


def after_fork() -> None:
    """Forget, in a forked child, what its parent saw."""
    if _session is not None:
        _session.recorder.new_process()


def stop() -> None:
    """Stop asking for events."""
    if _session is not None and _session.events is not None:
        _session.events.end()
