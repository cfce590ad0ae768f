"""Holds a gathered context against its schema (JSON Schema, Draft 2020-12)."""

from collections.abc import Mapping
from pathlib import Path

SCHEMA_FILE = Path(__file__).with_name("repo-context.schema.json")
SCHEMA_VERSION = 1


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


def _first(context: Mapping[str, object]) -> str:
    # Imported where a context is checked, and not where an old one still holds.
    from profiling.context.compiled_schema import JsonSchemaValueException, validate  # noqa: PLC0415

    try:
        validate(context)  # type: ignore[no-untyped-call]  # what compiles it writes no types
    except JsonSchemaValueException as error:
        told = str(error).removeprefix("data.").removeprefix("data ")
        # Without details it does not say which.
        return told + "what the schema requires" if told.endswith("must contain ") else told
    return ""
