"""What a look at a running process found: samples by project function and line, as py-spy took them from outside."""

from dataclasses import dataclass

from profiling.model import FunctionKey
from profiling.profile import Stack

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyLine:
    """A line of a function, its text, and the samples that had it innermost in project code."""

    line: int
    samples: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyFunction:
    """One project function.

    Attributes:
        key: where it is defined.
        samples: with this the innermost project function; samples_total: with this anywhere on the stack.
        lines: of `samples`, most first.
    """

    key: FunctionKey
    samples: int
    samples_total: int
    lines: tuple[BusyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyPlace:
    """Samples outside project code: a library's, or a function's that no project function called."""

    name: str
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A running process, looked at for a while.

    Attributes:
        schema_version: of this object.
        pid: of the process; program: its command line; python: version of its interpreter, empty where unknown.
        tool: name and version of the sampler.
        seconds: wall seconds that it was looked at.
        rate_hz: samples of each thread that runs, a second.
        samples: of all threads that were running; idle ones are left out.
        processes, threads: that were seen running, children too.
        functions: of the project, most samples of their own first.
        libraries: below project functions, by import name, most samples first.
        elsewhere: functions on top of stacks without any project function, most samples first.
        stacks: project functions only, one sample standing for 1 / rate_hz seconds.
        notes: what limits these figures.
    """

    schema_version: int = SCHEMA_VERSION
    pid: int
    program: str
    python: str
    tool: str
    seconds: float
    rate_hz: int
    samples: int
    processes: int
    threads: int
    functions: tuple[BusyFunction, ...]
    libraries: tuple[BusyPlace, ...]
    elsewhere: tuple[BusyPlace, ...]
    stacks: tuple[Stack, ...]
    notes: tuple[str, ...] = ()

    @property
    def busy_threads(self) -> float:
        """Return how many threads ran at once, a mean over the time."""
        return self.samples / (self.rate_hz * self.seconds) if self.seconds > 0 else 0.0
