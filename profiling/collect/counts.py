"""Exact calls per project function, over all processes of the counts pass."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.profile import FunctionProfile

HARNESS = "ratchet_counts"
Place = tuple[str, int, str]
"""File, first line, name without its class."""


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    calls: tuple[tuple[str, int, str, Annotated[int, Field(ge=0, le=2**62)]], ...]


def merge(reports: Iterable[Mapping[str, object]]) -> Mapping[Place, int]:
    """Return the calls by place, added over processes; reports that are none are left out."""
    counted: Counter[Place] = Counter()
    for report in reports:
        try:
            rows = _Report.model_validate(report).calls
        except ValidationError:
            continue
        for file, line, name, calls in rows:
            counted[file, line, name] += calls
    return counted


def with_calls(functions: tuple[FunctionProfile, ...], counted: Mapping[Place, int]) -> tuple[FunctionProfile, ...]:
    """Return the functions with their calls, None where none was counted (threads are not)."""
    return tuple(replace(function, calls=counted.get(_place(function))) for function in functions)


def _place(function: FunctionProfile) -> Place:
    return function.key.file, function.key.first_line, function.key.qualname.rpartition(".")[2]
