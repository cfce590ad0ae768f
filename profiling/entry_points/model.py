"""What was seen of an entry point: a function that the workload itself called, or a coroutine that a task runs."""

from dataclasses import dataclass, field

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
    """Where something waited.

    Attributes:
        key: the innermost project function; line: of it, 1-based.
        library: top-level import name of what it called there, None for a builtin or the line of an `await`.
        seconds: waited there, a mean over runs; count: how often.
        contended_s: of these with other threads of the process running, so that it may have waited for the interpreter.
    """

    key: FunctionKey
    line: int
    library: str | None
    seconds: float
    count: float
    contended_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Waits of at least 0.1 ms for something else than a core.

    Attributes:
        seconds: of all, a mean over runs.
        places: where, largest first; at most 8.
        lengths: shortest first.
    """

    seconds: float = 0.0
    places: tuple[WaitPlace, ...] = ()
    lengths: tuple[WaitLength, ...] = ()


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
        elapsed_s: of the longest lane; where processes followed each other, of all of these; of a task, of its loop.
        wall_s, cpu_s: of all lanes; samples: with CPU in them, over all runs.
        runs_freely: beside other threads its own ran for longer than the interpreter is lent: they do without it.
        wanted_s: in which its lanes ran or queued for a core; threads that need the interpreter want one core together.
        processes: that had it on a stack in one run, at most; threads: of one of them, at most.
        has_clocks: threads had clocks of their own, so that short waits could be seen.
        rests: of its lanes.
        awaits: of its tasks, from each suspension to the next step, summed over tasks; at_once: most tasks that waited
            at one time.
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
    rests: Waits = field(default_factory=Waits)
    awaits: Waits = field(default_factory=Waits)
    at_once: int = 0
    loop: LoopUse | None = None
