"""Turn fact requests into what the harnesses take, and their numbering back into the requests' ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from profiling.facts import (
    ClassRequest,
    ContainerRequest,
    ExpressionRequest,
    FactRequest,
    FunctionRequest,
    LoopRequest,
)
from profiling.injection import Harness
from profiling.model import FunctionKey

HARNESS = "ratchet_facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one run is to record.

    Attributes:
        harness: with its options.
        ids: ids of the requests by the number that stands for them in the reports: several may ask for the same.
        notes: requests that can't be recorded.
    """

    harness: Harness
    ids: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


class _Numbers:
    """Numbers requests by what they ask for."""

    def __init__(self) -> None:
        self.known: dict[tuple[object, ...], int] = {}
        self.ids: dict[str, list[str]] = {}

    def of(self, asked: tuple[object, ...], request_id: str) -> tuple[int, bool]:
        """Return the number, and whether this is the first request for it."""
        is_new = asked not in self.known
        number = self.known.setdefault(asked, len(self.known))
        self.ids.setdefault(str(number), []).append(request_id)
        return number, is_new


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a run records beside what is asked for.

    Attributes:
        attributes: names of attributes to see in all project files.
        whole_run: whether to record what nobody has to ask for.
        limits_s: readings of the monotonic clock, at each of which the dearest kind of facts is dropped.
    """

    attributes: frozenset[str] = frozenset()
    whole_run: bool = True
    limits_s: tuple[float, ...] = ()


def plan(requests: tuple[FactRequest, ...], scope: Scope) -> Plan:
    """Return the harness for some requests; a loop that an expression names must be requested too."""
    numbers = _Numbers()
    asked = (_function(request, numbers) for request in requests if isinstance(request, FunctionRequest))
    functions = [function for function in asked if function is not None]
    files = _Files(numbers)
    for request in sorted(requests, key=lambda request: isinstance(request, ExpressionRequest)):
        files.add(request)
    options = {
        "periodic": True,
        "functions": functions,
        "files": files.by_path,
        "attributes": sorted(scope.attributes),
        "whole_run": scope.whole_run,
        "limits_s": list(scope.limits_s),
    }
    ids = {number: tuple(dict.fromkeys(several)) for number, several in numbers.ids.items()}
    return Plan(harness=Harness(name=HARNESS, options=options), ids=ids, notes=tuple(files.notes))


def _function(request: FunctionRequest, numbers: _Numbers) -> dict[str, object] | None:
    key: FunctionKey = request.key
    *outer, name = key.qualname.split(".")
    number, is_new = numbers.of(("function", key.file, key.first_line, name), request.id)
    if not is_new:
        return None
    in_class = bool(outer) and outer[-1] != "<locals>"
    return {"id": str(number), "file": key.file, "line": key.first_line, "name": name, "in_class": in_class}


class _Files:
    """What is asked in each file; loops are added before the expressions that name them."""

    def __init__(self, numbers: _Numbers) -> None:
        self.numbers = numbers
        self.loops: dict[str, int] = {}
        self.by_path: dict[str, dict[str, list[dict[str, object]]]] = {}
        self.notes: list[str] = []

    def add(self, request: FactRequest) -> None:
        """Add what is instrumented in a file: all but functions."""
        match request:
            case LoopRequest():
                self._loop(request)
            case ExpressionRequest():
                self._expression(request)
            case ClassRequest():
                self._class(request)
            case ContainerRequest():
                self._ask(request.file, "containers", _span(request), request.id)
            case FunctionRequest():
                pass
            case _:
                assert_never(request)

    def _ask(self, file: str, kind: str, what: Mapping[str, object], request_id: str) -> int:
        number, is_new = self.numbers.of((kind, file, *what.values()), request_id)
        if is_new:
            content = self.by_path.setdefault(file, {"loops": [], "expressions": [], "classes": [], "containers": []})
            content[kind].append({"index": number, **what})
        return number

    def _loop(self, request: LoopRequest) -> None:
        place = {"line": request.line, "column": request.column}
        self.loops[request.id] = self._ask(request.file, "loops", place, request.id)

    def _expression(self, request: ExpressionRequest) -> None:
        loop = None if request.loop_id is None else self.loops.get(request.loop_id)
        if loop is None and request.loop_id is not None:
            self.notes.append(f"no loop {request.loop_id!r} was requested for the expression {request.id!r}")
        self._ask(request.file, "expressions", {**_span(request), "loop": loop}, request.id)

    def _class(self, request: ClassRequest) -> None:
        name = request.key.qualname.rpartition(".")[2]
        self._ask(request.key.file, "classes", {"line": request.key.first_line, "name": name}, request.id)


def _span(request: ExpressionRequest | ContainerRequest) -> dict[str, object]:
    return {
        "line": request.line,
        "column": request.column,
        "end_line": request.end_line,
        "end_column": request.end_column,
    }
