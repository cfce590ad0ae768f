"""metrics.jsonl: the figures of every session's base and head, a line each, for the trend over sessions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.damaged import damaged, read_record
from orchestrator.ledger.front_matter import first_problem
from orchestrator.measures import Measures
from profiling.comparison import Comparison
from profiling.model import Dimension

METRICS_VERSION = 1
_COMPARED = ("python", "implementation", "system", "machine", "processor", "cores")


class Moment(StrEnum):
    """Which of a session's trees."""

    BASE = "base"
    HEAD = "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The figures of one tree, and how they were taken.

    Attributes:
        version: of this format.
        session, moment: whose, and which of its trees.
        at: ISO 8601, UTC.
        commit, tree: that was measured.
        workload, tests: commands as text, tests empty without any.
        environment: fingerprint of machine and interpreter.
        measures: the figures.
        paired: of a head: what it measured against its session's base in new pairs, as the headline says; empty where
            nothing was kept or nothing could be measured.
    """

    version: int
    session: str
    moment: Moment
    at: str
    commit: str
    tree: str
    workload: str
    tests: str
    environment: Mapping[str, str]
    measures: Measures
    paired: Mapping[Dimension, Comparison] = field(default_factory=dict)

    @property
    def method(self) -> tuple[str, ...]:
        """Return what two points must share for their figures to be compared: workload, interpreter, machine."""
        return (self.workload, *(self.environment.get(name, "") for name in _COMPARED))


def read(path: Path) -> tuple[Point, ...]:
    """Return the points in the order written; none without a file.

    Raises:
        RecordsDamaged: a line can't be read; it is named, and the file left as it is.
    """
    text = read_record(path) or ""
    return tuple(_parsed(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def add(points: tuple[Point, ...], path: Path) -> None:
    """Write points behind those that are there; one of the same session, moment and tree takes the old one's place.

    Raises:
        RecordsDamaged: what is there can't be read; it is left as it is.
        NotWritable: the folder refuses.
    """
    new = {_identity(point): point for point in points}
    kept = [point for point in read(path) if _identity(point) not in new]
    lines = [_adapter().dump_json(point).decode() for point in (*kept, *new.values())]
    write_text(path, "".join(f"{line}\n" for line in lines))


def by_method(points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """Return those that may be compared together, in their order; what was added to last comes last."""
    groups: dict[tuple[str, ...], list[Point]] = {}
    for point in points:
        groups[point.method] = [*groups.pop(point.method, []), point]
    return tuple(map(tuple, groups.values()))


def _identity(point: Point) -> tuple[str, str, str]:
    return (point.session, point.moment, point.tree)


def _parsed(path: Path, number: int, line: str) -> Point:
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise damaged(path, f"line {number} is no JSON: {error}") from error
    version = plain.get("version") if isinstance(plain, dict) else None
    if version != METRICS_VERSION:
        raise damaged(path, f"line {number} is of version {version!r}, this program reads {METRICS_VERSION}")
    try:
        return _adapter().validate_json(line)
    except ValidationError as error:
        raise damaged(path, f"line {number}: {first_problem(error)}") from error


@cache
def _adapter() -> TypeAdapter[Point]:
    return TypeAdapter(Point)
