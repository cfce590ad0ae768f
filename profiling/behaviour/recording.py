"""Recorded calls of functions: what was kept, what was left out and why, and the folder they lie in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.model import FunctionKey

SCHEMA = 1
_MANIFEST = "manifest.json"
_CALLS = "calls"


class RecordingError(ValueError):
    """A recording's folder can't be read; the message names it and says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is recorded.

    Attributes:
        calls_per_function: kept calls of one function, over all processes and commands.
        bytes_per_call, total_bytes: of pickled arguments.
        seconds: spent on pickling, per process; after that calls are counted only.
    """

    calls_per_function: int = 200
    bytes_per_call: int = 2**20
    total_bytes: int = 64 * 2**20
    seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFunction:
    """The calls of one function.

    Attributes:
        key: the function.
        seen: calls in all commands; kept: those recorded.
        left_out: calls that were chosen and could not be kept, by reason ("unpicklable argument: generator").
    """

    key: FunctionKey
    seen: int
    kept: int
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Recorded calls; only the target's interpreter reads the pickles in the folder.

    Attributes:
        folder: holds `manifest.json` and `calls/`, as `profiling/harness/ratchet_calls.py` reads them.
        functions: as they were asked for, those without a call among them.
        notes: what could not be seen.
    """

    folder: Path
    functions: tuple[RecordedFunction, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCall:
    """One call to write down.

    Attributes:
        function: number of its function in the recording.
        module: name of the module it was defined in; main: the process's script, relative to the root.
        command, process, sequence: of which run, of which of its processes, the how manyth call in it.
        weight: calls of the run that it stands for.
        data: pickled `(args, kwargs)`; literal: the same as Python text where it has one.
    """

    function: int
    module: str
    main: str | None
    command: int
    process: int
    sequence: int
    weight: float
    data: bytes = field(repr=False)
    literal: str | None = None


class ManifestCall(BaseModel):
    """A row of the manifest."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: int
    function: str
    module: str
    main: str | None
    command: int
    process: int
    weight: float = Field(ge=0)
    literal: str | None


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_number: int
    paths: tuple[str, ...]
    calls: tuple[ManifestCall, ...]


def write(folder: Path, keys: Sequence[FunctionKey], calls: Sequence[KeptCall], paths: Sequence[str]) -> None:
    """Write a recording into an empty, existing folder.

    Args:
        folder: receives it.
        keys: the functions; a call's `function` is an index into them.
        calls: their calls.
        paths: folders of the tree, relative to its root, that were on the import path.
    """
    (folder / _CALLS).mkdir()
    rows: list[dict[str, object]] = []
    ordered = sorted(calls, key=lambda call: (call.command, call.process, call.sequence))
    offsets = dict.fromkeys(range(len(keys)), 0)
    contents: dict[int, list[bytes]] = {number: [] for number in offsets}
    for index, call in enumerate(ordered):
        contents[call.function].append(call.data)
        rows.append(_row(index, call, offsets[call.function]))
        offsets[call.function] += len(call.data)
    for number, parts in contents.items():
        (folder / _CALLS / f"{number}.calls").write_bytes(b"".join(parts))
    functions = [
        {"id": str(number), "file": key.file, "qualname": key.qualname, "first_line": key.first_line}
        for number, key in enumerate(keys)
    ]
    manifest = {"schema_number": SCHEMA, "paths": list(paths), "functions": functions, "calls": rows}
    (folder / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def read_calls(recording: Recording) -> tuple[ManifestCall, ...]:
    """Return what the manifest says of each call; nothing is unpickled.

    Raises:
        RecordingError: it is missing or damaged.
    """
    return _read(recording).calls


def read_paths(recording: Recording) -> tuple[str, ...]:
    """Return the folders of the tree, relative to its root, that were on the recorded program's import path.

    Raises:
        RecordingError: it is missing or damaged.
    """
    return _read(recording).paths


def _read(recording: Recording) -> _Manifest:
    path = recording.folder / _MANIFEST
    try:
        return _Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise RecordingError(
            f"no recording can be read from {path}: {error.strerror}; record the calls again"
        ) from error
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise RecordingError(f"{path} holds no recording ({problem}): record the calls again") from error


def _row(index: int, call: KeptCall, offset: int) -> dict[str, object]:
    return {
        "index": index,
        "function": str(call.function),
        "module": call.module,
        "main": call.main,
        "command": call.command,
        "process": call.process,
        "weight": call.weight,
        "calls_file": f"{call.function}.calls",
        "offset": offset,
        "length": len(call.data),
        "literal": call.literal,
    }
