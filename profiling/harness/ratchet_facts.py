"""Record facts at nominated places: calls of functions, trips of loops, values of expressions. Runs in the target.

Options: `functions`, a list of `{"id", "file", "line", "name", "in_class"}` (path relative to the root,
`co_firstlineno`, `co_name`, whether it is defined in a class body); `files`, by path: `{"loops": [{"index", "line",
"column"}], "expressions": [{"index", "line", "column", "end_line", "end_column", "loop"}]}`, indices counted over all
files, `loop` an index or None.

Loops and expressions are instrumented when their file is imported, before 3.12 functions too; a script that the
interpreter runs directly is not. The report holds `functions` by id, `loops` and `expressions` by index, and `notes`.
"""

from __future__ import annotations

import ast
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType
    from typing import Any

    from profiling.harness import ratchet_facts_calls as calls
    from profiling.harness import ratchet_facts_events as events
    from profiling.harness import ratchet_facts_probes as probes
    from profiling.harness import ratchet_facts_rewrite as rewrite
    from profiling.harness import ratchet_facts_values as values
else:
    import ratchet_facts_calls as calls
    import ratchet_facts_events as events
    import ratchet_facts_probes as probes
    import ratchet_facts_rewrite as rewrite
    import ratchet_facts_values as values

_NOTES = 64
_HAS_MONITORING = hasattr(sys, "monitoring")


class Importer:
    """Instruments nominated files when the standard loader of source files is asked for their code.

    No `.pyc` is read or written for them.
    """

    def __init__(self, context: Mapping[str, Any], recorders: Mapping[str, object]) -> None:
        options = context["options"]
        self.recorders = recorders
        self.relative = context["relative"]
        self.files: dict[str, Any] = dict(options["files"])
        self.functions: dict[str, set[tuple[int, str]]] = {}
        for function in [] if _HAS_MONITORING else options["functions"]:
            self.files.setdefault(function["file"], {"loops": [], "expressions": []})
            self.functions.setdefault(function["file"], set()).add((function["line"], function["name"]))
        self.names = frozenset(os.path.basename(file) for file in self.files)
        self.instrumented: set[str] = set()
        self.notes: list[str] = []

    def install(self) -> None:
        """Stand in front of the loader's `get_code`, in the guise of an importlib frame: tracebacks leave those out."""
        loader_type = sys.modules["_frozen_importlib_external"].SourceFileLoader
        original = loader_type.get_code

        def get_code(loader: Any, fullname: str) -> CodeType | None:
            code = self.code(loader, fullname, type(loader) is loader_type)
            return original(loader, fullname) if code is None else code

        get_code.__code__ = get_code.__code__.replace(co_filename=original.__code__.co_filename)
        loader_type.get_code = get_code

    def code(self, loader: Any, fullname: str, is_standard: bool) -> CodeType | None:
        """Return the instrumented code of a nominated file; None for others, and where it can't be made."""
        path = loader.path
        if type(path) is not str or os.path.basename(path) not in self.names:
            return None
        file = self.relative(path)
        if file not in self.files:
            return None
        if not is_standard:
            self.note(f"{file} was imported by a loader of the program's own: it was not instrumented")
            return None
        try:
            code = self._compiled(loader.get_data(path), loader.get_filename(fullname), file)
        except (SyntaxError, OSError, *values.OWN_FAULTS) as error:
            self.note(f"{file} could not be instrumented: {type(error).__name__}: {error}"[:300])
            return None
        self.instrumented.add(file)
        return code

    def note(self, text: str) -> None:
        """Remember what could not be seen."""
        if len(self.notes) < _NOTES and text not in self.notes:
            self.notes.append(text)

    def _compiled(self, data: bytes, filename: str, file: str) -> CodeType:
        loops, expressions = self.files[file]["loops"], self.files[file]["expressions"]
        instrument = rewrite.Instrument(loops, expressions, frozenset(self.functions.get(file, ())))
        tree = instrument.module(ast.parse(data, filename))
        code: CodeType = compile(tree, filename, "exec", dont_inherit=True)
        places = {wanted["index"]: f"{file}:{wanted['line']}:{wanted['column']}" for wanted in (*loops, *expressions)}
        for wanted in loops:
            if wanted["index"] not in instrument.found_loops:
                self.note(f"no loop that can be recorded is at {places[wanted['index']]}")
        for wanted in expressions:
            if wanted["index"] not in instrument.found_expressions:
                self.note(f"no expression that can be recorded is at {places[wanted['index']]}")
        for line, name in instrument.functions - instrument.found_functions:
            self.note(f"no function {name} that can be recorded before Python 3.12 is at {file}:{line}")
        for index in instrument.loopless:
            self.note(f"the loop of the expression at {places[index]} is not around it")
        return rewrite.bind(code, self.recorders)


class Session:
    """What records in this process."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        options = context["options"]
        self.calls = calls.Recorder(context)
        self.probes = probes.Recorder(context)
        self.importer = Importer(context, {rewrite.CALLS: self.calls, rewrite.PROBES: self.probes})
        self.relative = context["relative"]
        self.script = os.path.abspath((getattr(sys, "argv", None) or [""])[0])  # `__main__` loses its file at exit
        self.script_is_asked = self.relative(self.script) in {function["file"] for function in options["functions"]}
        self.events: events.Monitoring | events.Profiling | None = None

    def begin(self) -> None:
        """Record from now on."""
        self.importer.install()
        if not self.calls.wanted:
            return
        sys.addaudithook(self.calls.audit)
        if _HAS_MONITORING:
            self.events = events.Monitoring(self.calls)
        elif self.script_is_asked:
            self.events = events.Profiling(self.calls, self.relative(self.script))
        if self.events is not None:
            self.events.begin()

    def report(self) -> dict[str, object]:
        """Return what was seen so far."""
        file = self.relative(self.script)
        if file in self.importer.files and file not in self.importer.instrumented:
            content = self.importer.files[file]
            if content["loops"] or content["expressions"]:
                self.importer.note(f"{file} was run as a script: its loops and expressions were not recorded")
        if self.events is not None:
            self.events.check()
        notes = [*self.importer.notes, *(self.events.notes if self.events is not None else ())]
        faults = self.calls.faults + self.probes.faults
        return {"functions": self.calls.report(), **self.probes.report(), "notes": notes, "hook_errors": faults}


_session: Session | None = None


def start(context: Mapping[str, Any]) -> None:
    """Record what `context["options"]` asks for."""
    global _session
    _session = Session(context)
    _session.begin()


def snapshot() -> dict[str, object]:
    """Return what was seen so far; what saw nothing is left out."""
    return {} if _session is None else _session.report()


def after_fork() -> None:
    """Forget, in a forked child, what its parent saw."""
    if _session is not None:
        _session.calls.new_process()
        _session.probes.new_process()


def stop() -> None:
    """Stop asking for events."""
    if _session is not None and _session.events is not None:
        _session.events.end()
