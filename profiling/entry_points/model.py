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
    """Where an entry point waited.

    Attributes:
        key: the innermost project function; line: of it, 1-based.
        library: top-level import name of what it called there, None for a builtin or the line of an `await`.
        seconds: waited there, a mean over runs; count: how often.
    """

    key: FunctionKey
    line: int
    library: str | None
    seconds: float
    count: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopUse:
    """The event loops of the processes in which a task's coroutine ran, means over runs.

    Attributes:
        span_s: from the first callback to the last; held_s: of these in a callback; cpu_s: of its thread in them.
    """

    span_s: float
    held_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """One entry point. Seconds are means over runs.

    A thread of a process that had it on its stack is a lane.

    Attributes:
        key: of the function; of a module's body where that is what works.
        runs: behind the means.
        elapsed_s: of the longest lane; where processes followed each other, of all of these.
        wall_s, cpu_s: of all lanes; samples: with CPU in them, over all runs.
        rest_s: of wall_s in waits of at least 0.1 ms for something else than a core, in a task without those of its
            awaits. Waiting for the interpreter, which other threads hold, is in it.
        processes: that had it on a stack in one run, at most; threads: of one of them, at most.
        has_clocks: threads had clocks of their own, so that short waits could be seen.
        places: where it waited, awaits included, largest first; at most 8.
        lengths: of these waits, shortest first.
        awaited_s: by tasks, from each suspension to the next step, summed; at_once: most tasks that waited at one time.
        loop: what its tasks ran on; None for what is no task.
    """

    key: FunctionKey
    runs: int
    elapsed_s: float
    wall_s: float
    cpu_s: float
    samples: int
    rest_s: float
    processes: int = 1
    threads: int = 1
    has_clocks: bool = True
    places: tuple[WaitPlace, ...] = ()
    lengths: tuple[WaitLength, ...] = ()
    awaited_s: float = 0.0
    at_once: int = 0
    loop: LoopUse | None = None

    @property
    def wanted_s(self) -> float:
        """Return the seconds in which its lanes ran or queued for a core; where queues are not known, ran."""
        return max(self.cpu_s, self.wall_s - self.rest_s) if self.has_clocks else self.cpu_s
