"""Tie the calls of nominated functions to their ends, and opened files to who opens them. Beside `ratchet_facts`."""

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
    from profiling.harness.ratchet_facts_files import writes
    from profiling.harness.ratchet_facts_keywords import Keywords
    from profiling.harness.ratchet_facts_seen import Place, Seen
else:
    import ratchet_facts_values as values
    from ratchet_facts_files import writes
    from ratchet_facts_keywords import Keywords
    from ratchet_facts_seen import Place, Seen

_FRAMES_WALKED = 500
RETURNED, RAISED = "returned", "raised"
_OUTSIDE = frozenset({"open", "os", "shutil", "subprocess", "socket", "sqlite3", "gc", "signal"})
"""What an audit event that reaches outside the process begins with."""
_FOLDED = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")
_NOT_THE_PROGRAM = ("<frozen importlib", os.path.dirname(os.path.abspath(__file__)) + os.sep)


class Activation:
    """One running call: what its result is filed under, and, in instrumented code, what it is about to return."""

    def __init__(self, seen: Seen, thread: int, keys: tuple[object, object]) -> None:
        self.seen = seen
        self.thread = thread
        self.keys = keys
        self.handled = 0
        self.returning: tuple[object] | None = None


class Recorder:
    """Ties calls to their ends, and opened files to the function that opens them.

    The calls come from instrumented code (`begin`, `result`, `end`) or as events of the interpreter (`enter`, `leave`).
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.relative = context["relative"]
        self.root = str(context["root"]) + os.sep
        self.wanted: dict[tuple[str, int], dict[str, Seen]] = {}
        for request in context["options"]["functions"]:
            position = (str(request["name"]), int(request["line"]))
            self.wanted.setdefault(position, {})[str(request["file"])] = Seen(request)
        self.names = frozenset(name for name, _ in self.wanted)
        self.places: dict[int, tuple[CodeType, Place | None]] = {}
        self.identities = values.Identities()
        self.keywords = Keywords()
        self.may_clear_locals = True
        self.events = 0
        self.new_process()

    def new_process(self) -> None:
        """Forget what the parent saw; the calls on the stack belong to it."""
        self.lock = RLock()
        self.faults = 0
        self.active: dict[int, Activation] = {}
        self.called = self.every()
        for seen in self.every():
            seen.forget()

    def every(self) -> list[Seen]:
        """Return the nominated functions."""
        return [seen for by_file in self.wanted.values() for seen in by_file.values()]

    def find(self, code: CodeType) -> Place | None:
        """Return the nominated function a code object is of, or None."""
        known = self.places.get(values.address(code))
        if known is not None:
            return known[1]
        by_file = self.wanted.get((code.co_name, code.co_firstlineno))
        seen = None if by_file is None else by_file.get(self.relative(code.co_filename) or "")
        place = None if seen is None else Place(code, seen, self)
        if code.co_name in self.names:
            self.places[values.address(code)] = (code, place)  # the code is held so that no other gets its address
        return place

    def enter(self, frame: FrameType, place: Place) -> None:
        """Record the start of a call, or the first step of a generator or coroutine; never raises."""
        try:
            with self.lock:
                self.events += 1
                arguments = frame.f_locals if place.parameters else {}
                given = self.keywords.given(frame.f_back) if place.by_keyword or place.named_rest else ()
                keys = place.begin(arguments, given, self.identities)
                if place.suspends is None:
                    thread = get_ident()
                    self.active[values.address(frame)] = Activation(place.seen, thread, keys)
                    place.seen.deeper(thread)
                else:
                    place.begin_suspending(frame, place.suspends)
                if self.may_clear_locals and type(arguments) is dict:
                    arguments.clear()  # the frame's copy of its locals, which would keep them alive
        except values.OWN_FAULTS:
            place.seen.consistent = place.seen.consistent_by_receiver = False
            self.faults += 1  # no call here, nor in the like: at the recursion limit it would raise again

    def leave(self, frame: FrameType, ended: str, value: object = None) -> None:
        """Record the end of an activation; never raises.

        Args:
            frame: of the activation.
            ended: RETURNED or RAISED.
            value: what it returned, or the exception where that is told.
        """
        activation = self.active.pop(values.address(frame), None)
        if activation is None:
            return
        seen = activation.seen
        try:
            with self.lock:
                seen.shallower(activation.thread)
                if ended is RETURNED:
                    seen.result(activation.keys, value, self.identities)
                else:
                    seen.failed(value)  # type: ignore[arg-type]  # an exception, when it raised
        except values.OWN_FAULTS:
            seen.consistent = seen.consistent_by_receiver = False
            self.faults += 1

    def begin(self) -> None:
        """Take the start of a call in instrumented code; never raises."""
        try:
            frame = sys._getframe(1)
            place = self.find(frame.f_code)
            if place is None:
                return
            self.active.pop(values.address(frame), None)
            self.enter(frame, place)
            activation = self.active.get(values.address(frame))
            if activation is not None:
                activation.handled = values.address(sys.exc_info()[1])
        except (OSError, *values.OWN_FAULTS):
            self.faults += 1

    def result(self, value: object) -> object:
        """Take what instrumented code is about to return; return it."""
        try:
            activation = self.active.get(values.address(sys._getframe(1)))
            if activation is not None:
                activation.returning = (value,)
        except values.OWN_FAULTS:
            self.faults += 1
        return value

    def end(self) -> None:
        """Take the end of a call in instrumented code, however it ends: by an exception when that is a new one."""
        try:
            frame = sys._getframe(1)
            activation = self.active.get(values.address(frame))
            if activation is None:
                return
            returning = activation.returning
            if returning is None or activation.handled != values.address(sys.exc_info()[1]):
                self.leave(frame, RAISED, sys.exc_info()[1])
            else:
                self.leave(frame, RETURNED, returning[0])
        except values.OWN_FAULTS:
            self.faults += 1

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        """See the opening of files (an audit hook); never raises."""
        if event.partition(".")[0] in _OUTSIDE:
            self._let_orphans_go()
        if event != "open":
            return
        try:
            path, mode, flags = arguments
            seen = self._opener(sys._getframe(1)) if type(path) is str or type(path) is bytes else None
            if seen is not None:
                absolute = _absolute(os.fsdecode(path))  # type: ignore[arg-type]  # one of both
                name = absolute[len(self.root) :] if absolute.startswith(self.root) else absolute
                with self.lock:
                    seen.open(absolute, name.encode("utf-8", "backslashreplace").decode(), writes(mode, flags))
        except (OSError, *values.OWN_FAULTS):
            self.faults += 1

    def look_at_last_results(self) -> None:
        """Look at the results that are still held: the process is about to end."""
        with self.lock:
            for seen in self.every():
                seen.watched.look()

    def drop(self) -> None:
        """Record no more, at next to no cost."""
        for name, quick in (
            ("begin", _nothing),
            ("end", _nothing),
            ("result", _itself),
            ("find", _nothing),
            ("audit", _nothing),
        ):
            setattr(self, name, quick)
        self.look_at_last_results()
        self.active.clear()

    def _let_orphans_go(self) -> None:
        try:
            for seen in self.called:
                if seen.watched.held is not None:
                    seen.watched.let_orphan_go()
        except values.OWN_FAULTS:
            self.faults += 1

    def report(self) -> dict[str, object]:
        """Return what was seen so far of every function that was called."""
        with self.lock:
            return {seen.id: seen.report() for seen in self.every() if seen.calls}

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


def _nothing(*_arguments: object) -> None:
    """Do nothing."""


def _itself(value: object) -> object:
    return value


def _absolute(path: str) -> str:
    try:
        return os.path.abspath(path)
    except OSError:  # the current folder was removed
        return path
