"""Run the workload: plainly, or with one harness injected."""

import signal
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from profiling.injection import Harness, Injection, prepare
from profiling.isolation import blocking_flag
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Interpreter, RunUsage, Tree

_TAIL_LINES = 12


class WorkloadError(ValueError):
    """The workload failed or took too long; the message holds its exit code and last lines of standard error."""


class NothingExercised(WorkloadError):
    """The workload ran, but nothing of the project ran in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRun:
    """One run without any harness.

    Attributes:
        usage: what it cost.
        stdout_sha256: of all it printed; stdout_bytes: how much that was.
        stderr_tail: last lines of its standard error.
        timed_out: it was stopped at its time limit.
    """

    usage: RunUsage
    stdout_sha256: str
    stdout_bytes: int
    stderr_tail: str
    timed_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What is run, where, by what, and who starts it.

    Attributes:
        tree, command, interpreter: what is run.
        processes: starts it.
        tolerant: a run that fails, is killed or is stopped at its time limit is a run all the same.
        watchers: harnesses that stand beside that of every pass; where they write is their own matter.
    """

    tree: Tree
    command: Command
    interpreter: Interpreter
    processes: Processes
    tolerant: bool = False
    watchers: tuple[Harness, ...] = ()

    def plain(self) -> PlainRun:
        """Run it without any harness.

        Raises:
            WorkloadError: it ended with an exit code other than 0, or at its time limit, which is not tolerated.
            FileNotFoundError: its program can't be found.
        """
        finished = self.processes.run(launch(self.command, self.tree, self.interpreter))
        if not self.tolerant:
            check(finished, self.command, "")
        return PlainRun(
            usage=finished.usage,
            stdout_sha256=finished.stdout_sha256,
            stdout_bytes=finished.stdout_bytes,
            stderr_tail=tail(finished.stderr),
            timed_out=finished.timed_out,
        )

    def injection(
        self, name: str, options: Mapping[str, object], scratch: Path, *, beside: tuple[str, ...] = ()
    ) -> Injection:
        """Prepare a harness, and others beside it, in a folder of its own below `scratch`."""
        harnesses = (*(Harness(name=each, options=options) for each in (name, *beside)), *self.watchers)
        return prepare(Path(tempfile.mkdtemp(dir=scratch)), self.tree, harnesses)

    def under(self, injection: Injection, *, timeout_s: float | None = None) -> Finished:
        """Run it with a harness; how it ended is for the caller to judge."""
        command = self.command if timeout_s is None else replace(self.command, timeout_s=timeout_s)
        return self.processes.run(launch(command, self.tree, self.interpreter, injection=injection))

    def blocking_flag(self) -> str | None:
        """Return the interpreter's flag that keeps PYTHONPATH out, so that a wrapper is used, or None."""
        return blocking_flag(launch(self.command, self.tree, self.interpreter).argv)


def check(finished: Finished, command: Command, circumstance: str) -> None:
    """Raise WorkloadError for a run that failed.

    Args:
        finished: the run.
        command: what was run.
        circumstance: words after the command, `" under the time pass"` for example.
    """
    if finished.timed_out:
        raise WorkloadError(
            f"`{command.text}`{circumstance} was stopped at its time limit of {command.timeout_s:g} s: "
            "raise the limit or name a shorter workload"
        )
    if finished.usage.exit_code != 0:
        raise WorkloadError(
            f"`{command.text}`{circumstance} {ending(finished.usage, timed_out=False)}; "
            f"its last lines were:\n{tail(finished.stderr) or tail(finished.stdout) or '(none)'}"
        )


def ending(usage: RunUsage, *, timed_out: bool) -> str:
    """Say how a run ended: `"was killed by SIGKILL"`."""
    if timed_out:
        return "was stopped at its time limit"
    if usage.exit_code >= 0:
        return f"ended with exit code {usage.exit_code}"
    try:
        return f"was killed by {signal.Signals(-usage.exit_code).name}"
    except ValueError:  # a real-time signal has no name
        return f"was killed by signal {-usage.exit_code}"


def tail(text: str) -> str:
    """Return the last lines of an output."""
    return "\n".join(text.rstrip().splitlines()[-_TAIL_LINES:])
