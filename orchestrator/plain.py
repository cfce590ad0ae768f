"""Our types as JSON and back, for the checkpoint, the draft and the baseline files."""

import os
from pathlib import Path
from typing import TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from agents.model import Finding
from agents.specialists.setup import Setup
from orchestrator.live.events import JsonValue

T = TypeVar("T")

_SETUP: TypeAdapter[Setup] = TypeAdapter(Setup)
_FINDING: TypeAdapter[Finding] = TypeAdapter(Finding)


def setup_to_json(setup: Setup) -> dict[str, JsonValue]:
    """Return the setup as JSON values."""
    return cast("dict[str, JsonValue]", _SETUP.dump_python(setup, mode="json"))


def setup_from_json(value: dict[str, JsonValue]) -> Setup:
    """Return the setup that `setup_to_json` wrote."""
    return _SETUP.validate_python(value)


def finding_to_json(finding: Finding) -> dict[str, JsonValue]:
    """Return a finding as JSON values."""
    return cast("dict[str, JsonValue]", _FINDING.dump_python(finding, mode="json"))


def finding_from_json(value: dict[str, JsonValue]) -> Finding:
    """Return the finding that `finding_to_json` wrote."""
    return _FINDING.validate_python(value)


def save(adapter: TypeAdapter[T], value: T, path: Path) -> None:
    """Write a value as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(adapter.dump_json(value))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def load(adapter: TypeAdapter[T], path: Path) -> T | None:
    """Return a value that `save` wrote, or None when the file is missing or not (any more) of this type."""
    try:
        return adapter.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
