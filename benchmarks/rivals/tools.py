"""The profilers that are compared: how each is started, and how its output is read."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from benchmarks.rivals import outputs
from benchmarks.rivals.outputs import Phases, Unreadable
from benchmarks.rivals.program import Program, Run
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Interpreter

_LIMIT_S = 150.0
"""Wall seconds after which a run is killed: the dearest rival takes 20 times a program of about a second."""

Reader = Callable[[Path, Phases], dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What runs programs.

    Attributes:
        interpreter: of the rivals' environment.
        processes: starts and stops all.
        scratch: folder for outputs, removed by the caller.
    """

    interpreter: Interpreter
    processes: Processes
    scratch: Path

    def run(self, argv: tuple[str, ...], program: Program, env: Mapping[str, str] = {}) -> Run:
        """Run a command in a program's tree; how it ended is in the answer."""
        command = Command(argv=argv, env=tuple(env.items()), timeout_s=_LIMIT_S)
        try:
            finished = self.processes.run(launch(command, program.tree, self.interpreter))
        except OSError as error:
            return Run(failure=str(error))
        return Run(usage=finished.usage, failure=_failure(finished), stdout=finished.stdout, stderr=finished.stderr)

    def output(self, suffix: str) -> Path:
        """Return a path that nothing is at yet."""
        return Path(tempfile.mkdtemp(dir=self.scratch)) / f"output{suffix}"


class Tool(Protocol):
    """A profiler."""

    @property
    def name(self) -> str:
        """Return its name with what was chosen."""
        ...

    def run(self, machine: Machine, program: Program) -> Run:
        """Run a program under it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """No profiler: the denominator."""

    name: str = "plain"
    env: Mapping[str, str] = field(default_factory=dict)

    def run(self, machine: Machine, program: Program) -> Run:
        """Run a program as it is."""
        return machine.run(("python", *program.target), program, self.env)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTool:
    """A profiler with a command line.

    Attributes:
        before: arguments up to the program's own; `{out}` stands for the output file, `{python}` for the interpreter.
        between: put before the program's own arguments.
        suffix: of the output file.
        read: its output, None where that holds no seconds by function.
        takes_modules: it can run `-m module`.
    """

    name: str
    before: tuple[str, ...]
    between: tuple[str, ...] = ()
    suffix: str = ""
    read: Reader | None = None
    takes_modules: bool = True

    def run(self, machine: Machine, program: Program) -> Run:
        """Run a program under it."""
        out = machine.output(self.suffix)
        words = {"{out}": str(out), "{python}": machine.interpreter.executable}
        head, *arguments = program.target_for(takes_modules=self.takes_modules)
        between = self.between if arguments and head != "-m" else ()
        run = machine.run((*(words.get(word, word) for word in self.before), head, *between, *arguments), program)
        return self._with_seconds(replace(run, output=out), program)

    def _with_seconds(self, run: Run, program: Program) -> Run:
        if run.failure or self.read is None or run.output is None or not program.phases:
            return run
        try:
            return replace(run, seconds=self.read(run.output, program.phases))
        except Unreadable as error:
            return replace(run, failure=f"its output could not be read: {error} ({_last_line(run.stdout, run.stderr)})")


def _py_spy(name: str, rate_hz: int, *options: str) -> CommandTool:
    before = ("py-spy", "record", "-r", str(rate_hz), *options, "-f", "raw", "-o", "{out}", "--", "{python}")
    return CommandTool(name=name, before=before, read=partial(outputs.from_raw_stacks, rate_hz=rate_hz))


CPROFILE = CommandTool(name="cProfile", before=("python", "-m", "cProfile", "-o", "{out}"), read=outputs.from_pstats)
CPROFILE_TRACEMALLOC = CommandTool(
    name="cProfile + tracemalloc(1)",
    before=("python", "-X", "tracemalloc=1", "-m", "cProfile", "-o", "{out}"),
    read=outputs.from_pstats,
)
TRACEMALLOC = CommandTool(name="tracemalloc(1)", before=("python", "-X", "tracemalloc=1"))
PYINSTRUMENT = CommandTool(
    name="pyinstrument",
    before=("python", "-m", "pyinstrument", "-r", "json", "-o", "{out}"),
    suffix=".json",
    read=outputs.from_pyinstrument,
)
SCALENE_CPU = CommandTool(
    name="scalene, CPU only",
    before=("python", "-m", "scalene", "run", "--cpu-only", "-o", "{out}"),
    between=("---",),
    suffix=".json",
    read=outputs.from_scalene,
)
SCALENE = CommandTool(
    name="scalene, full",
    before=("python", "-m", "scalene", "run", "-o", "{out}"),
    between=("---",),
    suffix=".json",
    read=outputs.from_scalene,
)
YAPPI = CommandTool(
    name="yappi, CPU clock",
    before=("python", "-m", "yappi", "-c", "cpu", "-f", "pstat", "-o", "{out}"),
    suffix=".prof",
    read=outputs.from_pstats,
    takes_modules=False,
)
MEMRAY = CommandTool(name="memray", before=("python", "-m", "memray", "run", "-q", "-f", "-o", "{out}"))
MEMRAY_EXACT = CommandTool(
    name="memray, Python allocators traced",
    before=("python", "-m", "memray", "run", "-q", "-f", "--trace-python-allocators", "-o", "{out}"),
)
PY_SPY = _py_spy("py-spy 100 Hz", 100)
PY_SPY_FAST = _py_spy("py-spy 1000 Hz, not blocking", 1000, "--nonblocking")
PY_SPY_CHILDREN = _py_spy("py-spy 100 Hz, subprocesses", 100, "--subprocesses")

RIVALS: tuple[CommandTool, ...] = (
    CPROFILE,
    CPROFILE_TRACEMALLOC,
    TRACEMALLOC,
    PYINSTRUMENT,
    SCALENE_CPU,
    SCALENE,
    YAPPI,
    MEMRAY,
    PY_SPY,
    PY_SPY_FAST,
)


def _failure(finished: Finished) -> str:
    if finished.timed_out:
        return f"still ran after {finished.usage.wall_s:.0f} s and was killed"
    if finished.usage.exit_code == 0:
        return ""
    return f"exit code {finished.usage.exit_code}: {_last_line(finished.stderr, finished.stdout)}"


def _last_line(*texts: str) -> str:
    """Return the last line of the first text that has one."""
    return next((text.strip().splitlines()[-1].strip()[:200] for text in texts if text.strip()), "nothing was printed")
