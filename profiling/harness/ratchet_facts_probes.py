"""Record the values of nominated expressions and the trips of nominated loops. Runs in the target.

Options: `files`, by path relative to the root: `{"loops": [{"index", "line", "column"}], "expressions": [{"index",
"line", "column", "end_line", "end_column", "loop"}]}`; indices count over all files, `loop` is an index or None. Files
are instrumented when they are imported; a script that the interpreter runs directly is not.
"""

from __future__ import annotations

import ast
import os
import sys
from _thread import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any

    from profiling.harness import ratchet_facts_rewrite as rewrite
    from profiling.harness import ratchet_facts_values as values
else:
    import ratchet_facts_rewrite as rewrite
    import ratchet_facts_values as values

_ELEMENTS = 256
_NOTES = 64


class Loop:
    """The trips of one loop."""

    def __init__(self) -> None:
        self.entries = self.trips = self.max_trips = 0


class Entry:
    """One entry of a loop, while it runs: its trips and the first value of each expression in it."""

    def __init__(self) -> None:
        self.trips = 0
        self.first: dict[int, First] = {}


class First:
    """The first value of an expression in one entry of its loop, to compare the others with.

    Immutable scalars are kept as keys and other objects weakly, so that they die when they would; an object that can't
    be referred to weakly, a list say, is kept until another value comes or the loop ends.
    """

    def __init__(self, value: object) -> None:
        self.changed = False
        self.key = values.key_by_value(value)
        self.reference = values.reference(value) if self.key is None else None
        self.kept = value if self.key is None and self.reference is None else None

    def differs(self, value: object) -> bool:
        """Say whether a value is neither the same object nor an equal immutable scalar of the same type."""
        if self.key is not None:
            return values.key_by_value(value) != self.key
        known = self.kept if self.reference is None else self.reference()
        return known is not value


class Expression:
    """The values of one expression."""

    def __init__(self) -> None:
        self.evaluations = 0
        self.types: dict[str, int] = {}
        self.max_len: int | None = None
        self.total_len = 0
        self.hashable = True
        self.looked_at: tuple[object, ...] = ()
        self.loop_entries = self.changed_entries = 0

    def see(self, value: object) -> None:
        """Count a value and look at it, and at its elements where it seems to be another than the last one."""
        self.evaluations += 1
        values.count_type(self.types, type(value))
        length = values.length_of(value)
        if length is not None:
            self.total_len += length
            self.max_len = length if self.max_len is None else max(self.max_len, length)
        if self.hashable:
            seen = values.appearance(value, length)
            if seen is None or seen != self.looked_at:
                self.hashable = values.elements_immutable(value, _ELEMENTS)
                self.looked_at = seen or ()

    def compare(self, value: object, firsts: dict[int, First], index: int) -> None:
        """Compare a value with the first one of the same entry of its loop."""
        first = firsts.get(index)
        if first is None:
            firsts[index] = First(value)
            self.loop_entries += 1
        elif not first.changed and first.differs(value):
            first.changed, first.kept = True, None
            self.changed_entries += 1

    def unsure(self) -> None:
        """Count an entry in which the value may have changed."""
        self.loop_entries += 1
        self.changed_entries += 1


class Recorder:
    """What the probes call; replaced for the marking constant in instrumented code. Never raises faults of its own."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.failed = context["failed"]
        files = context["options"]["files"].values()
        self.loops = {loop["index"]: Loop() for content in files for loop in content["loops"]}
        self.expressions = {wanted["index"]: Expression() for content in files for wanted in content["expressions"]}
        self.running: dict[tuple[int, int], Entry] = {}
        self.notes: set[str] = set()
        self.lock = RLock()

    def new_process(self) -> None:
        """Forget what the parent saw; loops that run in the child begin a new entry there."""
        self.lock = RLock()
        self.loops = {index: Loop() for index in self.loops}
        self.expressions = {index: Expression() for index in self.expressions}
        self.running = {place: Entry() for place in self.running}
        for loop, _frame in self.running:
            self.loops[loop].entries += 1

    def note(self, text: str) -> None:
        """Remember what could not be seen."""
        if len(self.notes) < _NOTES:
            self.notes.add(text)

    def value(self, index: int, value: object) -> object:
        """See the value of an expression; return it."""
        try:
            with self.lock:
                self.expressions[index].see(value)
        except values.OWN_FAULTS:
            self.expressions[index].hashable = False
            self.failed()
        return value

    def looped(self, index: int, value: object, loop: int, hops: int) -> object:
        """See the value of an expression in a loop, from a scope nested `hops` deep in the loop's; return it."""
        try:
            with self.lock:
                expression = self.expressions[index]
                expression.see(value)
                entry = self._entry(loop, sys._getframe(1), hops)
                if entry is None:
                    expression.unsure()  # called from elsewhere: in which entry of the loop is not known
                else:
                    expression.compare(value, entry.first, index)
        except values.OWN_FAULTS:
            self.expressions[index].hashable = False
            self.expressions[index].unsure()
            self.failed()
        return value

    def _entry(self, loop: int, frame: FrameType | None, hops: int) -> Entry | None:
        for _ in range(hops + 1):
            if frame is None:
                return None
            entry = self.running.get((loop, id(frame)))
            if entry is not None:
                return entry
            frame = frame.f_back
        return None

    def enter(self, index: int) -> None:
        """Begin an entry of a loop in the calling frame."""
        try:
            with self.lock:
                self.running[index, id(sys._getframe(1))] = Entry()
                self.loops[index].entries += 1
        except values.OWN_FAULTS:
            self.failed()

    def trip(self, index: int) -> None:
        """Count a trip."""
        try:
            with self.lock:
                loop, entry = self.loops[index], self.running[index, id(sys._getframe(1))]
                entry.trips += 1
                loop.trips += 1
                loop.max_trips = max(loop.max_trips, entry.trips)
        except values.OWN_FAULTS:
            self.failed()

    def leave(self, index: int) -> None:
        """End the entry, however the loop was left."""
        self.running.pop((index, id(sys._getframe(1))), None)

    def report(self) -> dict[str, object]:
        """Return what was seen so far, by index."""
        with self.lock:
            loops = {
                str(index): {"entries": loop.entries, "trips": loop.trips, "max_trips": loop.max_trips}
                for index, loop in self.loops.items()
                if loop.entries
            }
            expressions = {
                str(index): {
                    "evaluations": seen.evaluations,
                    "types": values.by_count(seen.types),
                    "max_len": seen.max_len,
                    "total_len": seen.total_len,
                    "elements_hashable": seen.hashable,
                    "loop_entries": seen.loop_entries,
                    "changed_entries": seen.changed_entries,
                }
                for index, seen in self.expressions.items()
                if seen.evaluations
            }
            return {"loops": loops, "expressions": expressions, "notes": sorted(self.notes)}


class Importer:
    """Instruments nominated files when the standard loader of source files is asked for their code.

    No `.pyc` is read or written for them.
    """

    def __init__(self, context: Mapping[str, Any], recorder: Recorder) -> None:
        self.recorder = recorder
        self.files: dict[str, Any] = context["options"]["files"]
        self.names = frozenset(os.path.basename(file) for file in self.files)
        self.relative = context["relative"]
        self.instrumented: set[str] = set()
        self.script = os.path.abspath((getattr(sys, "argv", None) or [""])[0])  # `__main__` loses its file at exit

    def install(self) -> None:
        """Stand in front of the loader's `get_code`, in the guise of an importlib frame: tracebacks leave those out."""
        loader_type = sys.modules["_frozen_importlib_external"].SourceFileLoader
        original = loader_type.get_code

        def get_code(loader: Any, fullname: str) -> CodeType | None:
            code = self.code(loader, fullname) if type(loader) is loader_type else None
            return original(loader, fullname) if code is None else code

        get_code.__code__ = get_code.__code__.replace(co_filename=original.__code__.co_filename)
        loader_type.get_code = get_code

    def code(self, loader: Any, fullname: str) -> CodeType | None:
        """Return the instrumented code of a nominated file; None for others, and where it can't be made."""
        path = loader.path
        if os.path.basename(path) not in self.names:
            return None
        file = self.relative(path)
        if file not in self.files:
            return None
        try:
            code = self._compiled(loader.get_data(path), loader.get_filename(fullname), file)
        except (SyntaxError, OSError, *values.OWN_FAULTS) as error:
            self.recorder.note(f"{file} could not be instrumented: {type(error).__name__}: {error}"[:300])
            return None
        self.instrumented.add(file)
        return code

    def _compiled(self, data: bytes, filename: str, file: str) -> CodeType:
        loops, expressions = self.files[file]["loops"], self.files[file]["expressions"]
        pass_ = rewrite.Instrument(loops, expressions)
        tree = pass_.module(ast.parse(data, filename))
        code: CodeType = compile(tree, filename, "exec", dont_inherit=True)
        for kind, requests, found in (
            ("loop", loops, pass_.found_loops),
            ("expression", expressions, pass_.found_expressions),
        ):
            for wanted in requests:
                place = f"{file}:{wanted['line']}:{wanted['column']}"
                if wanted["index"] not in found:
                    self.recorder.note(f"no {kind} that can be recorded is at {place}")
                elif kind == "expression" and wanted["index"] in pass_.loopless:
                    self.recorder.note(f"the loop of the expression at {place} is not around it")
        return rewrite.bind(code, self.recorder)

    def check_script(self) -> None:
        """Note it when a nominated file was run as a script, not imported."""
        file = self.relative(self.script)
        if file in self.files and file not in self.instrumented:
            self.recorder.note(f"{file} was run as a script: its loops and expressions were not recorded")


class Session:
    """What runs in this process."""

    recorder: Recorder | None = None
    importer: Importer | None = None


def start(context: Mapping[str, Any]) -> None:
    """Instrument the files of `context["options"]["files"]` when they are imported."""
    for name in ("ratchet_facts_values", "ratchet_facts_rewrite"):
        sys.modules.pop(name, None)  # the target need not see them
    Session.recorder = Recorder(context)
    Session.importer = Importer(context, Session.recorder)
    Session.importer.install()


def snapshot() -> dict[str, object]:
    """Return what was seen so far of every loop that was entered and every expression that was evaluated."""
    if Session.recorder is None or Session.importer is None:
        return {}
    Session.importer.check_script()
    return Session.recorder.report()


def after_fork() -> None:
    """Forget, in a forked child, what its parent saw."""
    if Session.recorder is not None:
        Session.recorder.new_process()
