"""Read the reports of the facts harness; they come from the target, so nothing in them is trusted."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from profiling.collect.facts_requests import Plan
from profiling.facts import ClassFacts, ContainerFacts, ExpressionFacts, Facts, FunctionFacts, LoopFacts
from profiling.run_facts import RunFacts

_NOTE_LENGTH = 300
_NAME_LENGTH = 500
_ENTRIES = 4096
"""More than a well-behaved harness puts into any of its mappings."""
_LARGEST = 2**62

_functions = TypeAdapter(FunctionFacts)
_loops = TypeAdapter(LoopFacts)
_expressions = TypeAdapter(ExpressionFacts)
_classes = TypeAdapter(ClassFacts)
_containers = TypeAdapter(ContainerFacts)
_run = TypeAdapter(RunFacts)
_Part = TypeVar("_Part")


def facts_of(report: Mapping[str, object], plan: Plan) -> Facts:
    """Return a process's report by the requests' ids; what doesn't fit is noted and left out."""
    reader = _Reader(report, plan)
    functions = reader.section("functions", _functions)
    loops = reader.section("loops", _loops)
    expressions = reader.section("expressions", _expressions)
    classes = reader.section("classes", _classes)
    containers = reader.section("containers", _containers)
    run = reader.run()
    return Facts(
        functions=functions,
        loops=loops,
        expressions=expressions,
        classes=classes,
        containers=containers,
        run=run,
        notes=tuple(reader.notes),
    )


class _Reader:
    """One report, and what is to be said of it."""

    def __init__(self, report: Mapping[str, object], plan: Plan) -> None:
        self.report = report
        self.plan = plan
        notes = report.get("notes")
        self.notes = [_text(str(note), _NOTE_LENGTH) for note in notes[:_ENTRIES]] if isinstance(notes, list) else []

    def section(self, name: str, kind: TypeAdapter[_Part]) -> dict[str, _Part]:
        """Return what one section says, by request id."""
        found: dict[str, _Part] = {}
        try:
            for id_, content in self._entries(name):
                found[id_] = kind.validate_python(content | {"id": id_})
        except (ValidationError, _Untame, RecursionError) as error:
            self._refuse(error)
            return {}
        return found

    def run(self) -> RunFacts:
        """Return what it says of the whole run."""
        try:
            return _run.validate_python(_tame(self.report.get("run", {}), 8))
        except (ValidationError, _Untame, RecursionError) as error:
            self._refuse(error)
            return RunFacts()

    def _entries(self, name: str) -> Iterator[tuple[str, dict[str, object]]]:
        content = self.report.get(name)
        for number, entry in content.items() if isinstance(content, dict) else ():
            for id_ in self.plan.ids.get(number, ()) if isinstance(entry, dict) else ():
                tame = _tame(entry, 8)
                if isinstance(tame, dict):
                    yield id_, {**tame, **self._inner(tame)}

    def _inner(self, entry: Mapping[str, object]) -> dict[str, object]:
        """Return the trips of inner loops under their requests' ids."""
        renamed: dict[str, object] = {}
        for name in ("inner_trips", "max_inner_trips"):
            content = entry.get(name)
            if isinstance(content, dict):
                renamed[name] = {
                    id_: trips for number, trips in content.items() for id_ in self.plan.ids.get(number, ())
                }
        return renamed

    def _refuse(self, error: Exception) -> None:
        reason = error.errors(include_url=False)[0]["msg"] if isinstance(error, ValidationError) else str(error)
        self.notes.append(_text(f"a report of a process does not fit: {reason}", _NOTE_LENGTH))


class _Untame(ValueError):
    """A report holds a value that no harness of ours writes."""


def _tame(value: object, depth: int) -> object:
    """Return a report's value with its mappings, lists and texts bounded.

    Raises:
        _Untame: it is nested too deeply, or holds a number out of range.
    """
    if depth == 0:
        raise _Untame("it is nested too deeply")
    if isinstance(value, str):
        return _text(value, _NAME_LENGTH)
    if isinstance(value, int | float) and not 0 <= value <= _LARGEST:
        raise _Untame(f"{value!r:.40} is no count")
    if isinstance(value, dict):
        items = list(value.items())[:_ENTRIES]
        return {_text(str(key), _NAME_LENGTH): _tame(item, depth - 1) for key, item in items}
    if isinstance(value, list):
        return [_tame(item, depth - 1) for item in value[:_ENTRIES]]
    return value


def _text(value: str, length: int) -> str:
    """Return a text that can be stored: of bounded length, without lone surrogates."""
    return value[:length].encode("utf-8", "replace").decode()
