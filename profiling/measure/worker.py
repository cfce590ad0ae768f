"""One side's process of a pair: it times blocks of recorded calls when it is asked to, and is not believed blindly."""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from pydantic import ValidationError

from profiling.behaviour.recording import Recording
from profiling.injection import Harness, prepare
from profiling.measure.call_failures import CallsUnusable, Implausible
from profiling.measure.design import Layout
from profiling.measure.dialogue import ASKS, REPLIES, Babble, Dialogue, Ended, Late
from profiling.measure.environment import launch
from profiling.measure.failures import RunFailed, RunTimedOut, Side, WrongOrigin
from profiling.measure.origins import merged_origins
from profiling.measure.processes import Finished, Launch, Processes
from profiling.measure.worker_replies import BlockTimes, Described, Each, Farewell, Nothing, Ready, Reply
from profiling.model import Command, Interpreter, Tree

READY_S = 120.0
"""Wall seconds for starting, importing and reading the recording."""

_HARNESS = "ratchet_abba"
_LIFE_S = 900.0
_STDERR_LINES = 12
_CLOCK_SLACK = 1.02
_CLOCK_SLACK_S = 0.002
"""A worker reads its clocks inside of what ours bracket: it can't see more, but for their resolution."""
_HIDDEN_SHARE = 0.2
_HIDDEN_S = 0.0003
"""CPU seconds of a process beyond what it reports, per block, and as a share of all: reading, answering, waking up."""

_R = TypeVar("_R", bound=Reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedCall:
    """A recorded call as the target knows it; `digest` tells equal arguments, `problem` why there are none."""

    index: int
    weight: float
    command: int
    process: int
    digest: str
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedCall:
    """One call, made once: CPU and wall seconds, CPU seconds of making its arguments, whether it raised."""

    index: int
    cpu_s: float
    wall_s: float
    setup_s: float
    raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedCalls:
    """Calls made one by one, and the kinds of exceptions that the process's calls ended with."""

    calls: tuple[TimedCall, ...]
    kinds_raised: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where the workers of one side run.

    Attributes:
        side: base or change; tree: its checkout.
        interpreter: the target's.
        recording: the calls; function: index of the function in it; name: of the function, for messages.
        commands: recorded commands whose calls count; None means all.
        scratch: existing folder outside every tree.
    """

    side: Side
    tree: Tree
    interpreter: Interpreter
    recording: Recording
    function: int
    name: str
    commands: frozenset[int] | None
    scratch: Path

    @property
    def command(self) -> Command:
        """Return what stands for the worker in messages."""
        return Command(argv=("call", self.name))

    def worker(self, processes: Processes, layout: Layout) -> "Worker":
        """Return a worker that can be started."""
        folder = Path(tempfile.mkdtemp(dir=self.scratch))  # names of equal length, for both sides
        prepared = prepare(folder, self.tree, (Harness(name=_HARNESS, options={}),))
        request = folder / "request.json"
        request.write_text(json.dumps(self._request(folder)), encoding="utf-8")
        script = f"{prepared.python_path}/{_HARNESS}.py"
        started = launch(
            Command(argv=("python", script, str(request)), timeout_s=_LIFE_S),
            self.tree,
            self.interpreter,
            core=layout.core,
            extra_env={
                "PYTHONHASHSEED": str(layout.seed),
                "RATCHET_PADDING": "x" * layout.padding,
                "PYTHONDONTWRITEBYTECODE": "",  # with it, every process would compile the project anew
            },
        )
        return Worker(self, processes, started, folder)

    def _request(self, folder: Path) -> dict[str, object]:
        return {
            "recording": str(self.recording.folder.resolve()),
            "root": str(self.tree.root.resolve()),
            "function": str(self.function),
            "commands": None if self.commands is None else sorted(self.commands),
            "packages": list(self.tree.packages),
            "asks": str(folder / ASKS),
            "replies": str(folder / REPLIES),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Quitted:
    """How a worker ended.

    Attributes:
        finished: its process.
        origins: the project's modules that it imported.
        hidden_s: CPU seconds of its process, while blocks ran, that it did not report; None where the system does not
            count them for us.
    """

    finished: Finished
    origins: Mapping[str, str]
    hidden_s: float | None


class Worker:
    """A started worker; leave it as a context to have it killed and its folder removed."""

    def __init__(self, place: Workplace, processes: Processes, started: Launch, folder: Path) -> None:
        self.place = place
        self._folder = folder
        self._dialogue = Dialogue(processes, started, folder)
        self._clock: int | None = None
        self._seen_s = 0.0
        self._said_s = 0.0
        self._blocks = 0
        self._before: tuple[float | None, float] = (None, 0.0)
        self._reported_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._dialogue.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the process."""
        self._dialogue.start()

    def ready(self) -> Ready:
        """Wait until it is ready.

        Raises:
            CallsUnusable: it does not find the function, or no calls.
            MeasurementFailed: it ended or lied.
            Stopped: the session is being stopped.
        """
        reply = self._parsed(Ready, self._listened(None, READY_S))
        if reply.problem is not None:
            raise CallsUnusable(self.place.side, f"{self.place.name} can't be called: {reply.problem}")
        if not reply.calls:
            raise CallsUnusable(self.place.side, f"no call of {self.place.name} was recorded: measure the workload")
        self._clock = _clock_of(reply.pid)
        return reply

    def describe(self) -> tuple[DescribedCall, ...]:
        """Return its recorded calls."""
        rows = self._asked(Described, {"do": "describe"}, READY_S).calls
        return tuple(
            DescribedCall(index=index, weight=weight, command=command, process=process, digest=digest, problem=problem)
            for index, weight, command, process, digest, problem in rows
        )

    def each(self, calls: Sequence[int], limit_s: float) -> TimedCalls:
        """Have calls made one by one until so many seconds are spent, and return those that were."""
        reply = self._asked(Each, {"do": "each", "calls": list(calls), "limit_s": limit_s}, READY_S + limit_s)
        rows = tuple(
            TimedCall(index=index, cpu_s=cpu_s, wall_s=wall_s, setup_s=setup_s, raised=bool(raised))
            for index, cpu_s, wall_s, setup_s, raised in reply.each
        )
        return TimedCalls(calls=rows, kinds_raised=reply.kinds)

    def collect(self) -> None:
        """Have it collect its garbage, so that the timed calls do not pay for the start."""
        self._asked(Nothing, {"do": "collect"}, READY_S)

    def block(self, calls: Sequence[int], times: int, timeout_s: float) -> BlockTimes:
        """Have calls made so many times over, and return what they took; raises as `end_block` does."""
        self.begin_block(calls, times, timeout_s)
        return self.end_block(timeout_s)

    def begin_block(self, calls: Sequence[int], times: int, timeout_s: float) -> None:
        """Have calls made so many times over; what they took is for `end_block` to say."""
        self._before = (self._cpu_s(), time.monotonic())
        self._dialogue.send(
            json.dumps({"do": "block", "calls": list(calls), "times": times}).encode("ascii"), timeout_s
        )

    def end_block(self, timeout_s: float) -> BlockTimes:
        """Return what the block that was begun took.

        Raises:
            Implausible: its clocks and ours disagree.
            MeasurementFailed: it ended, or did not in time.
            Stopped: the session is being stopped.
        """
        cpu_before, before = self._before
        reply = self._parsed(BlockTimes, self._listened(None, timeout_s))
        wall_s, cpu_after = time.monotonic() - before, self._cpu_s()
        self._reported_s += reply.cpu_s
        if reply.wall_s > wall_s * _CLOCK_SLACK + _CLOCK_SLACK_S:
            raise self._implausible(f"a block says it took {reply.wall_s:.6f}s of {wall_s:.6f}s")
        if cpu_before is not None and cpu_after is not None:
            self._check_cpu(reply, cpu_after - cpu_before)
        return reply

    def quit(self) -> Quitted:
        """Have it end, and return how it did.

        Raises:
            RunFailed: its exit code is not 0.
            WrongOrigin: it imported the project from elsewhere.
            Implausible: it says it used more time than it did, or hides much of it.
            Stopped: the session is being stopped.
        """
        farewell = self._asked(Farewell, {"do": "quit"}, READY_S)
        finished = self._dialogue.wait()
        if finished.usage.exit_code != 0:
            raise self._failed(finished)
        if self._reported_s > finished.usage.cpu_s * _CLOCK_SLACK + 0.02:
            raise self._implausible(f"its blocks took {self._reported_s:.3f} of {finished.usage.cpu_s:.3f} CPU-s")
        hidden_s = self._seen_s - self._said_s
        if hidden_s > _HIDDEN_SHARE * self._seen_s + _HIDDEN_S * self._blocks:
            raise self._implausible(f"{hidden_s:.3f} of {self._seen_s:.3f} CPU-s went by unreported while blocks ran")
        return Quitted(
            finished=finished,
            origins=self._checked_origins(farewell.origins),
            hidden_s=hidden_s if self._blocks else None,
        )

    def _check_cpu(self, reply: BlockTimes, seen_s: float) -> None:
        """Compare what a block says with what the system counts for its process."""
        said_s = reply.cpu_s + reply.setup_s
        if said_s > seen_s * _CLOCK_SLACK + _CLOCK_SLACK_S:
            raise self._implausible(f"a block says it used {said_s:.6f} CPU-s, and its process used {seen_s:.6f}")
        self._seen_s += seen_s
        self._said_s += said_s
        self._blocks += 1

    def _checked_origins(self, raw: Mapping[str, str]) -> dict[str, str]:
        tree = self.place.tree
        origins = merged_origins([{"origins": raw}], tree)
        for module, file in origins.items():
            if Path(file).is_absolute():
                why = f"`{module}` was imported from {file}, not from {tree.root}: is the project installed elsewhere?"
                raise WrongOrigin(self.place.side, module, file, str(tree.root), why)
        return origins

    def _asked(self, model: type[_R], ask: Mapping[str, object], timeout_s: float) -> _R:
        return self._parsed(model, self._listened(json.dumps(ask).encode("ascii"), timeout_s))

    def _listened(self, ask: bytes | None, timeout_s: float) -> bytes:
        try:
            return self._dialogue.listen(timeout_s) if ask is None else self._dialogue.ask(ask, timeout_s)
        except Ended as ended:
            raise self._failed(ended.finished) from ended
        except Late as late:
            raise RunTimedOut(self.place.side, self.place.command, timeout_s) from late
        except Babble as babble:
            raise self._implausible(str(babble)) from babble

    def _parsed(self, model: type[_R], line: bytes) -> _R:
        try:
            return model.model_validate_json(line)
        except (ValidationError, RecursionError) as error:
            raise self._implausible(f"it answered {line[:100]!r}, which no worker does") from error

    def _failed(self, finished: Finished) -> RunFailed | RunTimedOut:
        if finished.timed_out:
            return RunTimedOut(self.place.side, self.place.command, _LIFE_S)
        tail = "\n".join(finished.stderr.strip().splitlines()[-_STDERR_LINES:])
        return RunFailed(self.place.side, self.place.command, finished.usage.exit_code, tail)

    def _implausible(self, what: str) -> Implausible:
        return Implausible(self.place.side, f"`{self.place.command.text}` is not to be believed: {what}")

    def _cpu_s(self) -> float | None:
        """Return the process's CPU seconds as the system counts them; None where it does not tell."""
        if self._clock is None:
            return None
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return None


def _clock_of(pid: int) -> int | None:
    """Return the clock of another process's CPU time (Linux: include/linux/posix-timers.h, CPUCLOCK_SCHED).

    The pid is what the worker says: that of another process would not fit its figures.
    """
    return (~pid << 3) | 2 if sys.platform == "linux" and pid != os.getpid() else None
