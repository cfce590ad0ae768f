"""Instrument project files when they are imported. Copied beside `ratchet_facts`."""

from __future__ import annotations

import ast
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType
    from typing import Any

    from profiling.harness import ratchet_facts_classes_rewrite as classes_rewrite
    from profiling.harness import ratchet_facts_containers_rewrite as containers_rewrite
    from profiling.harness import ratchet_facts_lines_rewrite as lines_rewrite
    from profiling.harness import ratchet_facts_rewrite as rewrite
    from profiling.harness import ratchet_facts_values as values
    from profiling.harness import ratchet_facts_walk as walk
else:
    import ratchet_facts_classes_rewrite as classes_rewrite
    import ratchet_facts_containers_rewrite as containers_rewrite
    import ratchet_facts_lines_rewrite as lines_rewrite
    import ratchet_facts_rewrite as rewrite
    import ratchet_facts_values as values
    import ratchet_facts_walk as walk

_NOTES = 64
_NOTHING: dict[str, list[Any]] = {"loops": [], "expressions": [], "classes": [], "containers": []}


class Importer:
    """Instruments files when the standard loader of source files is asked for their code.

    Nominated files, and those of the project where a probe of the whole run, or an attribute of a nominated class, has
    a place. No `.pyc` is read or written for them.
    """

    def __init__(self, context: Mapping[str, Any], recorders: Mapping[str, Any], has_monitoring: bool) -> None:
        options = context["options"]
        self.recorders = recorders
        self.relative = context["relative"]
        self.sees_whole_run = bool(options["whole_run"])
        self.attributes = frozenset(options["attributes"])
        self.files: dict[str, Any] = {file: {**_NOTHING, **content} for file, content in options["files"].items()}
        self.functions: dict[str, set[tuple[int, str]]] = {}
        for function in [] if has_monitoring else options["functions"]:
            self.files.setdefault(function["file"], dict(_NOTHING))
            self.functions.setdefault(function["file"], set()).add((function["line"], function["name"]))
        self.names = frozenset(os.path.basename(file) for file in self.files)
        self.words = self._words()
        self.instrumented: set[str] = set()
        self.notes: list[str] = []

    def _words(self) -> tuple[bytes, ...]:
        """Return what a file that was not nominated must contain to be looked at."""
        words = lines_rewrite.WORDS if self.sees_whole_run else ()
        if self.attributes:
            words += (*classes_rewrite.WORDS, *(f".{name}".encode() for name in self.attributes))
        return words

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
        """Return the instrumented code of a file; None where there is nothing to see, or it can't be made."""
        path = loader.path
        if type(path) is not str or not (self.words or os.path.basename(path) in self.names):
            return None
        file = self.relative(path)
        if file is None or not (self.words or file in self.files):
            return None
        if not is_standard:
            if file in self.files:
                self.note(f"{file} was imported by a loader of the program's own: it was not instrumented")
            return None
        try:
            code = self._compiled(loader.get_data(path), loader.get_filename(fullname), file)
        except (SyntaxError, OSError, *values.OWN_FAULTS) as error:
            self.note(f"{file} could not be instrumented: {type(error).__name__}: {error}"[:300])
            return None
        if code is not None:
            self.instrumented.add(file)
        return code

    def note(self, text: str) -> None:
        """Remember what could not be seen."""
        if len(self.notes) < _NOTES and text not in self.notes:
            self.notes.append(text)

    def _compiled(self, data: bytes, filename: str, file: str) -> CodeType | None:
        wanted = self.files.get(file)
        if wanted is None and not any(word in data for word in self.words):
            return None
        tree = ast.parse(data, filename)
        probes = self._lines(tree, file)
        if wanted is not None:
            probes += 1
            self._containers(tree, file, wanted["containers"])
            self._nominated(tree, file, wanted)
        probes += self._classes(tree, file, [] if wanted is None else wanted["classes"])
        if not probes:
            return None
        return walk.bind(compile(tree, filename, "exec", dont_inherit=True), self.recorders)

    def _lines(self, tree: ast.Module, file: str) -> int:
        if not self.sees_whole_run:
            return 0
        recorder = self.recorders[walk.LINES]
        lines = lines_rewrite.Lines(lambda line, what: recorder.site(file, line, what))
        lines.module(tree)
        return lines.probes

    def _containers(self, tree: ast.Module, file: str, wanted: list[Mapping[str, Any]]) -> None:
        if not wanted:
            return
        containers = containers_rewrite.Containers(wanted)
        containers.module(tree)
        self.recorders[walk.CONTAINERS].followed |= containers.followed
        self._missing(file, "expression", wanted, containers.found)

    def _nominated(self, tree: ast.Module, file: str, wanted: Mapping[str, Any]) -> None:
        loops, expressions = wanted["loops"], wanted["expressions"]
        instrument = rewrite.Instrument(loops, expressions, frozenset(self.functions.get(file, ())))
        instrument.module(tree)
        self._missing(file, "loop", loops, instrument.found_loops)
        self._missing(file, "expression", expressions, instrument.found_expressions)
        for line, name in instrument.functions - instrument.found_functions:
            self.note(f"no function {name} that can be recorded before Python 3.12 is at {file}:{line}")
        for each in expressions:
            if each["index"] in instrument.loopless:
                self.note(f"the loop of the expression at {file}:{each['line']}:{each['column']} is not around it")

    def _classes(self, tree: ast.Module, file: str, wanted: list[Mapping[str, Any]]) -> int:
        if not wanted and not self.attributes:
            return 0
        places = {(int(each["line"]), str(each["name"])): int(each["index"]) for each in wanted}
        classes = classes_rewrite.Classes(places, self.attributes)
        classes.module(tree)
        self.recorders[walk.CLASSES].instrumented.update(classes.methods)
        for (line, name), index in places.items():
            if index not in classes.methods:
                self.note(f"no class {name} is at {file}:{line}")
        return classes.probes

    def _missing(self, file: str, what: str, wanted: list[Mapping[str, Any]], found: set[int]) -> None:
        for each in wanted:
            if each["index"] not in found:
                self.note(f"no {what} that can be recorded is at {file}:{each['line']}:{each['column']}")
