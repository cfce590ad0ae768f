"""Replay recorded calls in one tree and read what each did."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.behaviour.recording import Recording
from profiling.injection import Harness, prepare
from profiling.measure.bytecode import forget_bytecode
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Launch, Processes
from profiling.model import Command, Interpreter, Tree

_HARNESS = "ratchet_replay"
_LIMIT_BYTES = 256 * 2**20
_LINE_BYTES = 16 * 2**20
_CRASHES = 8
_STARTUP_S = 60.0
_Text = Annotated[str, Field(max_length=4000)]


class FunctionState(BaseModel):
    """A function of a tree before it is called.

    Attributes:
        problem: why it can't be called, or None.
        wrapping: names of decorators around it that replay leaves out.
        signature: name, kind, and whether it has a default, of each parameter.
        globals: names in its module that hold what can change.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    problem: _Text | None
    wrapping: tuple[_Text, ...] = ()
    signature: tuple[tuple[_Text, _Text, bool], ...] = ()
    globals: tuple[_Text, ...] = ()


class Observation(BaseModel):
    """What one replayed call did.

    Attributes:
        call: `pass.index`; function: its id.
        problem: why it can't be compared, or None.
        lines: place and text, in order, the first 3000; count: of all; digest: of all.
        outside: what it tried beyond the process, which was vetoed.
        seconds: wall seconds it took, description included.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    call: _Text
    function: _Text
    problem: _Text | None
    lines: tuple[tuple[str, str], ...] = Field(default=(), repr=False)
    count: int = 0
    digest: _Text = ""
    outside: tuple[_Text, ...] = ()
    seconds: float = 0.0


class _Header(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    functions: dict[str, FunctionState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One tree's answers.

    Attributes:
        functions: by id; observations: by `pass.index`.
        complete: every call was made; else time was over, or it crashed too often.
        notes: what went wrong as a whole.
    """

    functions: Mapping[str, FunctionState] = field(default_factory=dict)
    observations: Mapping[str, Observation] = field(default_factory=dict)
    complete: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPlan:
    """How calls are replayed.

    Attributes:
        seed: of the target's `random`; hash_seed: of its hashes.
        passes: how often each call is made, in the same process: a cache shows at the second time.
        call_s: wall seconds for one call; all_s: for all of one tree.
        functions: ids of functions of the recording; empty means all.
        asked: names of attributes that instances are asked for where their class computes them.
    """

    seed: int
    hash_seed: int
    passes: int = 2
    call_s: float = 10.0
    all_s: float = 120.0
    functions: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def replay(
    recording: Recording,
    tree: Tree,
    interpreter: Interpreter,
    plan: ReplayPlan,
    *,
    processes: Processes,
    scratch: Path,
) -> Replayed:
    """Make the recorded calls in a fresh process of one tree, in an empty folder; after a crash in a further one.

    Args:
        recording: the calls.
        tree: the tree to run.
        interpreter: the target's.
        plan: seeds and limits.
        processes: starts the runs.
        scratch: an existing folder outside every tree; what is put there is removed again.

    Raises:
        Stopped: the session is being stopped.
        OSError: the interpreter can't be started.
    """
    forget_bytecode(tree)
    folder = Path(tempfile.mkdtemp(prefix="replay-", dir=scratch))
    try:
        site = folder / "site"
        site.mkdir()
        prepared = prepare(site, tree, (Harness(name=_HARNESS, options={}),))
        script = Path(prepared.python_path) / f"{_HARNESS}.py"
        result = Replayed(complete=False)
        skip: list[str] = []
        for attempt in range(_CRASHES):
            work = folder / f"work{attempt}"
            work.mkdir()
            request = _request(recording, tree, plan, work, skip)
            finished = processes.run(_launch(script, request, tree, interpreter, plan))
            result, unfinished, ended = _merged(result, _read(work / "out.jsonl"))
            if ended is not None:
                return replace(result, complete=ended == "done")
            if unfinished is None:
                return replace(result, notes=(*result.notes, _failure(finished)))
            skip += [*result.observations, unfinished]
            result = _with_crash(result, unfinished, finished)
        return replace(result, notes=(*result.notes, f"the replay was given up after {_CRASHES} crashes"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _request(recording: Recording, tree: Tree, plan: ReplayPlan, work: Path, skip: list[str]) -> Path:
    content = {
        "recording": str(recording.folder.resolve()),
        "root": str(tree.root.resolve()),
        "work": str(work.resolve()),
        "out": str((work / "out.jsonl").resolve()),
        "passes": plan.passes,
        "skip": skip,
        "seed": plan.seed,
        "call_s": plan.call_s,
        "all_s": plan.all_s,
        "functions": list(plan.functions),
        "asked": list(plan.asked),
    }
    path = work / "request.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _launch(script: Path, request: Path, tree: Tree, interpreter: Interpreter, plan: ReplayPlan) -> Launch:
    command = Command(argv=("python", str(script), str(request)), timeout_s=plan.all_s + plan.call_s + _STARTUP_S)
    variables = {"PYTHONHASHSEED": str(plan.hash_seed), "PYTHONDONTWRITEBYTECODE": "1"}
    return replace(launch(command, tree, interpreter, extra_env=variables), cwd=request.parent)


def _read(path: Path) -> Iterator[Mapping[str, object]]:
    """Yield the well-formed lines of a replay's output; it comes from the target's process."""
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            return
        with path.open("rb") as file:
            for line in file:
                if len(line) > _LINE_BYTES or not line.endswith(b"\n"):
                    continue
                value = json.loads(line)
                if isinstance(value, dict):
                    yield value
    except (OSError, ValueError, RecursionError):
        return


def _merged(so_far: Replayed, lines: Iterable[Mapping[str, object]]) -> tuple[Replayed, str | None, str | None]:
    """Add a process's lines; return with it the call that was not ended, and how the process says it ended."""
    functions, observations = dict(so_far.functions), dict(so_far.observations)
    unfinished: str | None = None
    ended: str | None = None
    for line in lines:
        try:
            if "functions" in line:
                functions.update(_Header.model_validate(line).functions)
            elif "begin" in line:
                unfinished = str(line["begin"])
            elif "end" in line:
                ended = str(line["end"])
            else:
                observation = Observation.model_validate(line)
                observations[observation.call] = observation
                unfinished = None
        except (ValidationError, RecursionError):
            continue
    return replace(so_far, functions=functions, observations=observations), unfinished, ended


def _with_crash(so_far: Replayed, call: str, finished: Finished) -> Replayed:
    reason = "it had to be killed" if finished.timed_out else f"the process ended ({finished.usage.exit_code}) in it"
    observation = Observation(call=call, function="", problem=reason)
    return replace(so_far, observations={**so_far.observations, call: observation})


def _failure(finished: Finished) -> str:
    last = next(
        (line.strip() for line in reversed(finished.stderr.splitlines()) if line.strip()), "it printed no error"
    )
    return f"the replay itself failed with exit code {finished.usage.exit_code}: {last[:300]}"
