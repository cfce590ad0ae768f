"""Turn fact requests into what the harnesses take, and their numbering back into the requests' ids."""

from collections.abc import Mapping
from dataclasses import dataclass

from profiling.facts import ExpressionRequest, FactRequest, FunctionRequest, LoopRequest
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


def plan(requests: tuple[FactRequest, ...]) -> Plan:
    """Return the harness for some requests; a loop that an expression names must be requested too."""
    numbers = _Numbers()
    asked = (_function(request, numbers) for request in requests if isinstance(request, FunctionRequest))
    functions = [function for function in asked if function is not None]
    files, notes = _files(requests, numbers)
    options = {"periodic": True, "functions": functions, "files": files}
    ids = {number: tuple(dict.fromkeys(several)) for number, several in numbers.ids.items()}
    return Plan(harness=Harness(name=HARNESS, options=options), ids=ids, notes=tuple(notes))


def _function(request: FunctionRequest, numbers: _Numbers) -> dict[str, object] | None:
    key: FunctionKey = request.key
    *outer, name = key.qualname.split(".")
    number, is_new = numbers.of(("function", key.file, key.first_line, name), request.id)
    if not is_new:
        return None
    in_class = bool(outer) and outer[-1] != "<locals>"
    return {"id": str(number), "file": key.file, "line": key.first_line, "name": name, "in_class": in_class}


def _files(
    requests: tuple[FactRequest, ...], numbers: _Numbers
) -> tuple[dict[str, dict[str, list[dict[str, object]]]], list[str]]:
    files: dict[str, dict[str, list[dict[str, object]]]] = {}
    loops: dict[str, int] = {}
    notes = []
    for request in requests:
        if isinstance(request, LoopRequest):
            number, is_new = numbers.of(("loop", request.file, request.line, request.column), request.id)
            loops[request.id] = number
            if is_new:
                asked: dict[str, object] = {"index": number, "line": request.line, "column": request.column}
                files.setdefault(request.file, {"loops": [], "expressions": []})["loops"].append(asked)
    for request in requests:
        if isinstance(request, ExpressionRequest):
            loop = None if request.loop_id is None else loops.get(request.loop_id)
            if loop is None and request.loop_id is not None:
                notes.append(f"no loop {request.loop_id!r} was requested for the expression {request.id!r}")
            _expression(request, loop, files, numbers)
    return files, notes


def _expression(
    request: ExpressionRequest,
    loop: int | None,
    files: dict[str, dict[str, list[dict[str, object]]]],
    numbers: _Numbers,
) -> None:
    span = (request.line, request.column, request.end_line, request.end_column)
    number, is_new = numbers.of(("expression", request.file, *span, loop), request.id)
    if is_new:
        line, column, end_line, end_column = span
        asked: dict[str, object] = {"index": number, "line": line, "column": column, "loop": loop}
        asked |= {"end_line": end_line, "end_column": end_column}
        files.setdefault(request.file, {"loops": [], "expressions": []})["expressions"].append(asked)
