"""Record the calls of functions while commands of the target run."""

import base64
import binascii
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.behaviour import recording
from profiling.behaviour.recording import KeptCall, Limits, RecordedFunction, Recording
from profiling.injection import Harness, prepare
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, FunctionKey, Interpreter, Tree

_HARNESS = "ratchet_record"
_NOTES_AT_MOST = 20
_TEXT_AT_MOST = 300
_Count = Annotated[int, Field(ge=0, le=2**62)]
_Text = Annotated[str, Field(max_length=2000)]
_Row = tuple[_Text, _Count, bool, str, str | None]
"""Module, sequence number, whether it is one of the first of its signature, base64 of its pickle, its literal."""


class _FunctionReport(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    seen: _Count
    left_out: dict[_Text, _Count]
    calls: tuple[_Row, ...]


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    functions: dict[str, _FunctionReport]
    main: _Text | None
    paths: tuple[_Text, ...]
    notes: tuple[str, ...] = ()
    hook_errors: _Count = 0


_Marked = tuple[bool, KeptCall]
"""A call, and whether it is one of the first of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Process:
    command: int
    number: int
    report: _Report


def record(  # noqa: PLR0913 - what is asked, and the five things that every run of the target needs
    functions: Sequence[FunctionKey],
    tree: Tree,
    commands: Sequence[Command],
    interpreter: Interpreter,
    *,
    processes: Processes,
    folder: Path,
    limits: Limits | None = None,
    seed: int = 0,
) -> Recording:
    """Run each command once and keep calls of the functions: the first of each kind, and a fair sample of all others.

    How the commands end does not matter: what they called until then is kept.

    Args:
        functions: whose calls; those defined inside other functions can be recorded, but not replayed.
        tree: the tree to run.
        commands: the tests and the workload, say.
        interpreter: the target's.
        processes: starts the runs.
        folder: an empty, existing folder outside every tree, which receives the recording.
        limits: how much is kept.
        seed: of the sampling.

    Raises:
        Stopped: the session is being stopped.
        OSError: a command can't be started.
    """
    bounds = limits or Limits()
    keys = tuple(dict.fromkeys(functions))
    found: list[_Process] = []
    notes: list[str] = []
    for number, command in enumerate(commands if keys else ()):
        place = Path(tempfile.mkdtemp(prefix="record-", dir=folder))
        try:
            injection = prepare(place, tree, (_harness(keys, bounds, seed),))
            finished = processes.run(launch(command, tree, interpreter, injection=injection))
            reports = [report for raw in injection.read(_HARNESS) if (report := _parsed(raw)) is not None]
            found += [_Process(command=number, number=each, report=report) for each, report in enumerate(reports)]
            notes += _ending(command, finished)
            if not reports:
                notes.append(f"`{command.text}` reported no calls: it ran no Python, or none that can be looked into")
            notes += [note[:_TEXT_AT_MOST] for report in reports for note in report.notes]
        finally:
            shutil.rmtree(place, ignore_errors=True)
    faults = sum(process.report.hook_errors for process in found)
    if faults:
        notes.append(f"the harness met {faults} faults of its own: those calls were not kept")
    return _written(keys, found, bounds, seed, Recording(folder=folder, functions=(), notes=tuple(notes)))


def _ending(command: Command, finished: Finished) -> Iterator[str]:
    """Yield a note where a command did not end well: it may have called less than it does elsewhere."""
    if finished.timed_out:
        yield f"`{command.text}` was stopped at its time limit of {command.timeout_s:g} s while it was recorded"
    elif finished.usage.exit_code != 0:
        lines = [line for line in (*finished.stdout.splitlines(), *finished.stderr.splitlines()) if line.strip()]
        last = lines[-1].strip()[:_TEXT_AT_MOST] if lines else "it printed nothing"
        yield f"`{command.text}` ended with exit code {finished.usage.exit_code} while it was recorded: {last}"


def _harness(keys: Sequence[FunctionKey], limits: Limits, seed: int) -> Harness:
    functions = [
        {
            "id": str(number),
            "file": key.file,
            "line": key.first_line,
            "name": key.qualname.rpartition(".")[2],
            "qualname": key.qualname,
        }
        for number, key in enumerate(keys)
    ]
    options = {
        "functions": functions,
        "calls_per_function": limits.calls_per_function,
        "bytes_per_call": limits.bytes_per_call,
        "total_bytes": limits.total_bytes,
        "seconds": limits.seconds,
        "seed": seed,
    }
    return Harness(name=_HARNESS, options=options)


def _parsed(raw: Mapping[str, object]) -> _Report | None:
    try:
        return _Report.model_validate(raw)
    except (ValidationError, RecursionError):
        return None


def _written(
    keys: tuple[FunctionKey, ...], found: list[_Process], limits: Limits, seed: int, draft: Recording
) -> Recording:
    """Write what the processes kept, and return it with its counts."""
    rng = random.Random(seed)  # noqa: S311 - a sample, no secret
    functions, calls = [], []
    left_bytes = limits.total_bytes
    for number, key in enumerate(keys):
        kept, seen, left_out = _of_function(number, found)
        chosen = _sampled(kept, limits.calls_per_function, rng)
        fitting = []
        for call in chosen:
            if len(call.data) <= min(left_bytes, limits.bytes_per_call):
                left_bytes -= len(call.data)
                fitting.append(call)
        if len(fitting) < len(chosen):
            left_out["over the limit of all bytes"] += len(chosen) - len(fitting)
        calls += fitting
        functions.append(RecordedFunction(key=key, seen=seen, kept=len(fitting), left_out=dict(left_out)))
    paths = dict.fromkeys(path for process in found for path in process.report.paths if _is_inside(path))
    recording.write(draft.folder, keys, calls, list(paths))
    return replace(draft, functions=tuple(functions), notes=tuple(dict.fromkeys(draft.notes))[:_NOTES_AT_MOST])


def _of_function(number: int, found: list[_Process]) -> tuple[list[_Marked], int, Counter[str]]:
    """Return a function's calls (with whether each is the first of a kind), how many were seen, what is not."""
    kept: list[_Marked] = []
    seen, left_out = 0, Counter[str]()
    for process in found:
        report = process.report.functions.get(str(number))
        if report is None:
            continue
        seen += report.seen
        left_out.update(report.left_out)
        kept += _calls(number, process, report)
    return kept, seen, left_out


def _calls(number: int, process: _Process, report: _FunctionReport) -> Iterator[tuple[bool, KeptCall]]:
    firsts = sum(row[2] for row in report.calls)
    sampled = len(report.calls) - firsts
    weight = max(1.0, (report.seen - firsts) / sampled) if sampled else 1.0
    for module, sequence, is_first, data, literal in report.calls:
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            continue
        yield (
            is_first,
            KeptCall(
                function=number,
                module=module,
                main=process.report.main,
                command=process.command,
                process=process.number,
                sequence=sequence,
                weight=1.0 if is_first else weight,
                data=content,
                literal=literal,
            ),
        )


def _sampled(kept: list[tuple[bool, KeptCall]], limit: int, rng: random.Random) -> list[KeptCall]:
    """Return at most so many calls: the first of each kind up to a quarter, of the others a sample by their weights."""
    if len(kept) <= limit:
        return [call for _, call in kept]
    firsts = [call for is_first, call in kept if is_first][: max(1, limit // 4)]
    others = [call for is_first, call in kept if not is_first]
    # Efraimidis and Spirakis (2006): the largest u^(1/w) are a sample without replacement by weight w.
    others.sort(key=lambda call: rng.random() ** (1 / call.weight), reverse=True)
    chosen = others[: limit - len(firsts)]
    total = sum(call.weight for call in others)
    return [*firsts, *(replace(call, weight=total / len(chosen)) for call in chosen)]


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")
