"""Start, time, bound and stop the target's processes. The only place that spawns them."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from profiling.measure.digest import own_places
from profiling.measure.notes import Notes
from profiling.measure.supervision import Child, supervise
from profiling.model import RunUsage

Turn = Callable[[], AbstractContextManager[None]]
"""Gives the right to take times, for as long as its context lasts."""


class Stopped(RuntimeError):
    """The session is being stopped: nothing more is started, and what ran was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One process to start, in its own process group, without a terminal.

    Attributes:
        argv: resolved: argv[0] is a path.
        cwd: absolute.
        env: the whole environment.
        timeout_s: wall seconds after which the group is killed.
        core: CPU to pin it to, or None.
        stdin: file that its standard input is read from; None means what `Processes` gives to all.
        farewell: folder of an injection's reports: at the time limit, processes that report periodically are asked
            there for a last report before they are killed. None means: nobody is asked.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    timeout_s: float
    core: int | None = None
    stdin: Path | None = None
    farewell: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A process that ended.

    Attributes:
        usage: from wait4.
        timed_out: it was killed at its time limit.
        stdout, stderr: the last 64 KiB of each, decoded with replacement.
        stdout_bytes: how much it printed; stdout_sha256: of all of it, without where it ran (`digest`).
        left_behind: processes of its group outlived it; they were killed.
    """

    usage: RunUsage
    timed_out: bool
    stdout: str
    stderr: str
    stdout_bytes: int
    stdout_sha256: str
    left_behind: bool = False


class Processes:
    """Starts processes and can stop them all, from another thread too.

    Attributes:
        stdin: file that is every process's standard input, from its begin; None means an empty one.
        notes: where every process is noted while it runs; None notes nothing.
        turn: entered by every measurement that takes times; nothing by default, so that anybody may at any time.
        busy_s: wall seconds, over all calls so far, in which a process of the target ran.
    """

    def __init__(self, *, stdin: Path | None = None, notes: Notes | None = None) -> None:
        self.stdin = stdin
        self.notes = notes
        self.turn: Turn = nullcontext
        self.busy_s = 0.0
        self._lock = threading.Lock()
        self._running: dict[Child, Launch] = {}
        self._busy_calls = 0
        self._busy_since = 0.0
        self._stopped = False

    def run(self, launch: Launch) -> Finished:
        """Run one process to its end.

        Raises:
            Stopped: `stop` was called.
            OSError: it can't be started.
        """
        return self._run_all((launch,))[0]

    def run_together(self, first: Launch, second: Launch) -> tuple[Finished, Finished]:
        """Run two processes at the same time (started in this order) and wait for both.

        Raises:
            Stopped: `stop` was called.
            OSError: one can't be started; the other is killed.
        """
        finished = self._run_all((first, second))
        return finished[0], finished[1]

    def stop(self) -> None:
        """Kill every process group that runs and refuse new ones."""
        with self._lock:
            self._stopped = True
            for child in self._running:
                child.terminate()

    def go_on(self) -> None:
        """Start processes again: what was stopped was one experiment, not the session."""
        with self._lock:
            self._stopped = False

    def end(self, launch: Launch) -> None:
        """Kill what runs by one launch, from another thread than the one that waits for it; nothing when none does."""
        with self._lock:
            for child, started in self._running.items():
                if started is launch:
                    child.terminate()

    def refuse_when_stopped(self) -> None:
        """Raise when nothing more is to be started.

        Raises:
            Stopped: `stop` was called.
        """
        if self._stopped:
            raise Stopped("the session is being stopped: its processes were killed and no new one is started")

    def _run_all(self, launches: tuple[Launch, ...]) -> list[Finished]:
        children: list[Child] = []
        self._begin_busy()
        try:
            for launch in launches:
                children.append(self._start(launch))  # noqa: PERF401 - those started are closed when one fails
            supervise(children)
        finally:
            for child in children:
                child.close()
                if self.notes is not None:
                    self.notes.ended(child.pid)
            with self._lock:
                for child in children:
                    self._running.pop(child, None)
            self._end_busy()
        self.refuse_when_stopped()
        for child in children:
            error = child.start_error()
            if error is not None:
                raise error
        return [_finished(child) for child in children]

    def _start(self, launch: Launch) -> Child:
        with self._lock:
            self.refuse_when_stopped()
            child = Child(launch.timeout_s, own_places(launch.cwd, launch.env))
            self._running[child] = launch
            try:
                child.spawn()
            except OSError:
                del self._running[child]
                raise
        if self.notes is not None:
            self.notes.began(child.pid)
        with contextlib.suppress(BrokenPipeError):  # it died at once: supervision reports how
            child.request(_request(launch, launch.stdin or self.stdin, child.report_for_child))
        return child

    def _begin_busy(self) -> None:
        with self._lock:
            if not self._busy_calls:
                self._busy_since = time.monotonic()
            self._busy_calls += 1

    def _end_busy(self) -> None:
        """Count the time since the first of the calls that overlap began, once."""
        with self._lock:
            self._busy_calls -= 1
            if not self._busy_calls:
                self.busy_s += time.monotonic() - self._busy_since


def _request(launch: Launch, stdin: Path | None, report: int) -> bytes:
    """Return the launcher's request; see `launcher.py` for its fields."""
    fields = [
        str(report),
        "" if launch.core is None else str(launch.core),
        repr(launch.timeout_s),
        str(launch.cwd),
        "" if stdin is None else str(stdin),
        "" if launch.farewell is None else str(launch.farewell),
        str(len(launch.argv)),
        *launch.argv,
        *(f"{name}={value}" for name, value in launch.env.items()),
    ]
    for value in fields:
        if "\0" in value:
            raise ValueError(f"an argument or variable of the command holds a NUL character: {value!r}")
    return "\0".join(fields).encode("utf-8", "surrogateescape")


def _finished(child: Child) -> Finished:
    return Finished(
        usage=child.usage(),
        timed_out=child.timed_out(),
        stdout=child.stdout.text(),
        stderr=child.stderr.text(),
        stdout_bytes=child.stdout.count,
        stdout_sha256=child.stdout.digest.hexdigest(),
        left_behind=child.left_behind(),
    )
