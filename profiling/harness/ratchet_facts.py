"""Record facts at nominated places, and of the whole run. Runs in the target.

Options: `functions`, a list of `{"id", "file", "line", "name", "in_class"}` (path relative to the root,
`co_firstlineno`, `co_name`, whether it is defined in a class body); `files`, by path: `{"loops": [{"index", "line",
"column"}], "expressions": [{"index", "line", "column", "end_line", "end_column", "loop"}], "containers": [likewise],
"classes": [{"index", "line", "name"}]}`, indices counted over all files, `loop` an index or None; `attributes`, names
to see in all project files; `whole_run`, whether to see what nobody nominated; `limits_s`, readings of the monotonic
clock at each of which the dearest kind of facts is dropped.

All but functions from 3.12 on is instrumented when its file is imported; a script that the interpreter runs directly
is not. The report holds `functions` by id, `loops`, `expressions`, `classes` and `containers` by index, `run`, `notes`.
"""

from __future__ import annotations

import gc
import os
import sys
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiling.harness import ratchet_facts_calls as calls
    from profiling.harness import ratchet_facts_classes as classes
    from profiling.harness import ratchet_facts_containers as containers
    from profiling.harness import ratchet_facts_events as events
    from profiling.harness import ratchet_facts_lines as lines
    from profiling.harness import ratchet_facts_probes as probes
    from profiling.harness import ratchet_facts_walk as walk
    from profiling.harness.ratchet_facts_files import Files
    from profiling.harness.ratchet_facts_importer import Importer
else:
    import ratchet_facts_calls as calls
    import ratchet_facts_classes as classes
    import ratchet_facts_containers as containers
    import ratchet_facts_events as events
    import ratchet_facts_lines as lines
    import ratchet_facts_probes as probes
    import ratchet_facts_walk as walk
    from ratchet_facts_files import Files
    from ratchet_facts_importer import Importer

_HAS_MONITORING = hasattr(sys, "monitoring")
_CHECK_PERIOD_S = 0.5


class Session:
    """What records in this process."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        options = context["options"]
        self.calls = calls.Recorder(context)
        self.probes = probes.Recorder(context)
        self.classes = classes.Recorder(context)
        self.containers = containers.Recorder(context)
        self.files = Files(context)
        self.lines = lines.Recorder(self.files)
        self.sees_whole_run = bool(options["whole_run"])
        self.kinds: dict[str, tuple[Any, int]] = {  # with what an event costs, roughly, beside the others
            "calls": (self.calls, 8),
            "loops and expressions": (self.probes, 3),
            "classes": (self.classes, 2),
            "containers": (self.containers, 2),
            "lines of the whole run": (self.lines, 3),
            "files": (self.files, 10),
        }
        self.importer = Importer(context, self._marks(), _HAS_MONITORING)
        self.relative = context["relative"]
        self.script = os.path.abspath((getattr(sys, "argv", None) or [""])[0])  # `__main__` loses its file at exit
        self.script_is_asked = self.relative(self.script) in {function["file"] for function in options["functions"]}
        self.events: events.Monitoring | events.Profiling | None = None
        self.limits_s: list[float] = sorted(options["limits_s"])
        self.notes: list[str] = []

    def _marks(self) -> dict[str, Any]:
        return {
            walk.CALLS: self.calls,
            walk.PROBES: self.probes,
            walk.CLASSES: self.classes,
            walk.CONTAINERS: self.containers,
            walk.LINES: self.lines,
        }

    def begin(self) -> None:
        """Record from now on."""
        self.importer.install()
        self.classes.known = self.calls.identities.known
        if self.calls.wanted or self.sees_whole_run:
            sys.addaudithook(self.audited)
        if _HAS_MONITORING and (self.calls.wanted or self.classes.records):
            self.events = events.Monitoring(self.calls)
            self.classes.watch = self.events.watch
        elif not _HAS_MONITORING and self.script_is_asked:
            self.events = events.Profiling(self.calls, self.relative(self.script))
        if self.events is not None:
            self.events.begin()

    def audited(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take an audit event."""
        if self.calls.wanted:
            self.calls.audit(event, arguments)
        if self.sees_whole_run:
            self.files.audit(event, arguments)

    def keep_limits(self) -> None:
        """Drop the dearest kind of facts for each limit that has passed."""
        while self.limits_s and monotonic() >= self.limits_s[0] and self.kinds:
            del self.limits_s[0]
            name = max(self.kinds, key=lambda kind: self.kinds[kind][0].events * self.kinds[kind][1])
            recorder, _ = self.kinds.pop(name)
            if not recorder.events:
                return
            recorder.drop()
            if recorder is self.calls and self.events is not None and not self.classes.records:
                self.events.end()
            self.notes.append(
                f"facts of {name} were recorded for a part of the run only: they cost most, and it came near its limit"
            )

    def report(self) -> dict[str, object]:
        """Return what was seen so far."""
        file = self.relative(self.script)
        if file in self.importer.files and file not in self.importer.instrumented:
            content = self.importer.files[file]
            kinds = [kind for kind in ("loops", "expressions", "classes", "containers") if content[kind]]
            if kinds:
                self.importer.note(f"{file} was run as a script: its {' and '.join(kinds)} were not recorded")
        if self.events is not None:
            self.events.check()
        notes = [*self.importer.notes, *(self.events.notes if self.events is not None else ()), *self.notes]
        recorders = (self.calls, self.probes, self.classes, self.containers, self.files, self.lines)
        return {
            "functions": self.calls.report(),
            **self.probes.report(),
            "classes": self.classes.report(),
            "containers": self.containers.report(),
            "run": self._run(),
            "notes": notes,
            "hook_errors": sum(recorder.faults for recorder in recorders),
        }

    def _run(self) -> dict[str, object]:
        if not self.sees_whole_run:
            return {}
        return {"files": self.files.report(), **self.lines.report(), "gc_thresholds": [list(gc.get_threshold())]}

    def new_process(self) -> None:
        """Forget, in a forked child, what its parent saw."""
        for recorder in (self.calls, self.probes, self.classes, self.containers, self.files, self.lines):
            recorder.new_process()


_session: Session | None = None


def start(context: Mapping[str, Any]) -> None:
    """Record what `context["options"]` asks for."""
    global _session
    _session = Session(context)
    _session.begin()
    if _session.limits_s:
        context["every"](_CHECK_PERIOD_S, _session.keep_limits)


def snapshot() -> dict[str, object]:
    """Return what was seen so far; what saw nothing is left out."""
    return {} if _session is None else _session.report()


def after_fork() -> None:
    """Forget, in a forked child, what its parent saw."""
    if _session is not None:
        _session.new_process()


def finish() -> None:
    """Look for the last time at what is looked at later."""
    if _session is not None:
        _session.calls.look_at_last_results()


def stop() -> None:
    """Stop asking for events, and refer to no instance any more."""
    if _session is not None:
        _session.classes.let_go()
    if _session is not None and _session.events is not None:
        _session.events.end()
