"""Holds a gathered context against its schema (JSON Schema, Draft 2020-12)."""

import json
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA_FILE = Path(__file__).with_name("repo-context.schema.json")
SCHEMA_VERSION = 1
# Two threads would compile it twice.
_COMPILING = threading.Lock()


def offences(context: Mapping[str, object]) -> tuple[str, ...]:
    """Return what does not fit the schema, the first of each part: `tools.errors[0] must be string`."""
    found: list[str] = []
    left = dict(context)
    while offence := _first(left):
        found.append(offence)
        part = offence.partition(".")[0].partition("[")[0].partition(" ")[0]
        if left.pop(part, None) is None:
            break
    return tuple(found)


def prepare() -> None:
    """Compile the schema now: for whoever has to wait for something else meanwhile."""
    _validator()


def _first(context: Mapping[str, object]) -> str:
    # A validator of a process's own: imported where a context is checked, and not where an old one still holds.
    from fastjsonschema import JsonSchemaValueException  # noqa: PLC0415

    try:
        _validator()(context)
    except JsonSchemaValueException as error:
        told = str(error.message).removeprefix("data.").removeprefix("data ")
        # Without details it does not say which.
        return told + "what the schema requires" if told.endswith("must contain ") else told
    return ""


def _validator() -> Callable[[Any], Any]:
    with _COMPILING:
        return _compiled()


@cache
def _compiled() -> Callable[[Any], Any]:
    import fastjsonschema  # noqa: PLC0415

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    # Detailed messages would hold the whole schema, and make compiling it three times as long.
    validator: Callable[[Any], Any] = fastjsonschema.compile(schema, use_default=False, detailed_exceptions=False)
    return validator
