"""`experiments/NNN.json`: the whole record of an experiment, written once and read back as it was."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.damaged import damaged, read_record
from orchestrator.ledger.front_matter import first_problem
from orchestrator.ledger.record import RECORD_VERSION, ExperimentRecord

_NAME = re.compile(r"\d{3,}\.json")

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


def path_of(folder: Path, number: int) -> Path:
    """Return where the record of that number is."""
    return folder / f"{number:03d}.json"


def save(record: ExperimentRecord, folder: Path) -> Path:
    """Write a record under its number and return the path. The same experiment again replaces it.

    Raises:
        RecordsDamaged: that number holds another experiment, or something unreadable; it is left as it is.
        NotWritable: the folder refuses.
    """
    path = path_of(folder, record.number)
    if path.exists() and (held := load(path)).key != record.key:
        raise damaged(
            path, f"number {record.number} holds experiment {held.key}, so {record.key} can't be written there"
        )
    write_text(path, json.dumps(_plain(record), indent=1, allow_nan=False) + "\n")
    return path


def load(path: Path) -> ExperimentRecord:
    """Read one record.

    Raises:
        RecordsDamaged: it is missing, no JSON, of another version, or lacks something; the message names the field.
    """
    text = read_record(path)
    if text is None:
        raise damaged(path, "is missing")
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as error:
        raise damaged(path, f"line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise damaged(path, "is nested too deeply") from error
    version = plain.get("version") if isinstance(plain, dict) else None
    if version != RECORD_VERSION:
        raise damaged(path, f"is of version {version!r}, this program reads version {RECORD_VERSION}")
    try:
        return _adapter().validate_python(plain)
    except ValidationError as error:
        raise damaged(path, first_problem(error)) from error


def load_all(folder: Path) -> tuple[ExperimentRecord, ...]:
    """Read every record of a folder, by number; none when there is no such folder.

    Raises:
        RecordsDamaged: one can't be read, or holds another number than its name says.
    """
    if not folder.is_dir():
        return ()
    records = []
    for path in sorted(folder.iterdir(), key=lambda path: (len(path.name), path.name)):
        if not _NAME.fullmatch(path.name):
            continue
        record = load(path)
        if path != path_of(folder, record.number):
            raise damaged(path, f"holds the record of number {record.number}")
        records.append(record)
    return tuple(records)


@cache
def _adapter() -> TypeAdapter[ExperimentRecord]:
    return TypeAdapter(ExperimentRecord)


def _plain(value: object) -> Plain:
    """Return a value as JSON has it; infinities and NaN become words, from which they are read back."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"a record can't hold {type(value).__name__}")
