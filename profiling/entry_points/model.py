"""What was seen of an entry point: a function that the workload itself called, or a coroutine that a task runs."""

from dataclasses import dataclass

from profiling.model import FunctionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitLength:
    """Waits of about one length.

    Attributes:
        count: how many, a mean over runs; seconds: of all of them.
    """

    count: float
    seconds: float

    @property
    def each_s(self) -> float:
        """Return the seconds of one."""
        return self.seconds / self.count if self.count > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitPlace:
    """Where something waited, for 0.1 ms or more and for something else than a core.

    Attributes:
        key: the innermost project function; line: of it, 1-based.
        library: top-level import name of what it called there, None for a builtin or the line of an `await`.
        lengths: of the waits there, shortest first.
        contended_s: of these with other threads of the process running, so that it may have waited for the interpreter.
    """

    key: FunctionKey
    line: int
    library: str | None
    lengths: tuple[WaitLength, ...] = ()
    contended_s: float = 0.0

    @property
    def seconds(self) -> float:
        """Return the seconds waited there, a mean over runs."""
        return sum(length.seconds for length in self.lengths)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopUse:
    """The event loops of the processes in which a task's coroutine ran, means over runs.

    Attributes:
        span_s: from the first callback to the last; idle_s: of these with nothing ready; cpu_s: in callbacks.
    """

    span_s: float
    idle_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """One entry point. Seconds are means over runs.

    A thread of a process that had it on its stack is a lane.

    Attributes:
        key: of the function; of a module's body where that is what works.
        runs: behind the means.
        elapsed_s: of the longest lane; of processes that did not all live at once, more; of a task, of its loop.
        wall_s, cpu_s: of all lanes; samples: with CPU in them, over all runs.
        runs_freely: beside other threads its own ran for longer than the interpreter is lent: they do without it.
        wanted_s: in which its lanes ran or queued for a core; threads that need the interpreter want one core together.
        processes: that had it on a stack in one run, at most; threads: of one of them, at most.
        has_clocks: threads had clocks of their own, so that short waits could be seen.
        rests: where its lanes waited, largest first; at most 8.
        awaits: where its tasks did, from each suspension to the next step, summed over tasks; at_once: most tasks that
            waited at one time.
        loop: what its tasks ran on; None for what is no task.
    """

    key: FunctionKey
    runs: int
    elapsed_s: float
    wall_s: float = 0.0
    cpu_s: float = 0.0
    samples: int = 0
    runs_freely: bool = False
    wanted_s: float = 0.0
    processes: int = 1
    threads: int = 1
    has_clocks: bool = True
    rests: tuple[WaitPlace, ...] = ()
    awaits: tuple[WaitPlace, ...] = ()
    at_once: int = 0
    loop: LoopUse | None = None
