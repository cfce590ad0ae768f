"""Start, time, bound and stop the target's processes. The only place that spawns them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from profiling.model import RunUsage


class Stopped(RuntimeError):
    """The session is being stopped: nothing more is started, and what ran was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One process to start, in its own process group, without a terminal and with an empty standard input.

    Attributes:
        argv: resolved: argv[0] is a path.
        cwd: absolute.
        env: the whole environment.
        timeout_s: wall seconds after which the group is killed.
        core: CPU to pin it to, or None.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    timeout_s: float
    core: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A process that ended.

    Attributes:
        usage: from wait4.
        timed_out: it was killed at its time limit.
        stdout, stderr: the last 64 KiB of each, decoded with replacement.
        stdout_bytes: how much it printed; stdout_sha256: of all of it.
    """

    usage: RunUsage
    timed_out: bool
    stdout: str
    stderr: str
    stdout_bytes: int
    stdout_sha256: str


class Processes:
    """Starts processes and can stop them all, from another thread too."""

    def run(self, launch: Launch) -> Finished:
        """Run one process to its end.

        Raises:
            Stopped: `stop` was called.
            OSError: it can't be started.
        """
        raise NotImplementedError

    def run_together(self, first: Launch, second: Launch) -> tuple[Finished, Finished]:
        """Run two processes at the same time (started in this order) and wait for both.

        Raises:
            Stopped: `stop` was called.
            OSError: one can't be started; the other is killed.
        """
        raise NotImplementedError

    def stop(self) -> None:
        """Kill every process group that runs and refuse new ones."""
        raise NotImplementedError
