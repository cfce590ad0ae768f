"""Micro-benchmarks declared beside the actions: constructors on hot paths, locks, appends."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from profiling.context.manifest import Manifest
from profiling.measure.environment import launch
from profiling.measure.processes import Finished, Processes
from profiling.measure.stats import Estimate, estimate
from profiling.model import Command, Interpreter, Tree

_PROCESSES = 6
"""So many values are the fewest with an interval of 95% (`stats.estimate`)."""
_TIMEOUT_S = 60.0
_ANSWER_BYTES = 4096
_SCRIPT = """
import json, sys, timeit
spec, path = json.loads(sys.argv[1]), sys.argv[2]
timer = timeit.Timer(spec["statement"], spec["setup"])
count, spent = 1, timer.timeit(1)
while spent < 0.02 and count < 10**8:
    count *= 4
    spent = timer.timeit(count)
best = min([spent] + timer.repeat(4, count))
with open(path, "w") as file:
    json.dump(best / count, file)
"""
_SECONDS: TypeAdapter[float] = TypeAdapter(float)


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroBenchmark:
    """A statement to be timed, after its setup."""

    name: str
    statement: str
    setup: str = "pass"


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroResult:
    """How long a statement takes.

    Attributes:
        benchmark: which.
        seconds: per execution, the best of 5 timings in each of 6 processes; None where it failed.
        problem: why it has no figure; empty otherwise.
    """

    benchmark: MicroBenchmark
    seconds: Estimate | None
    problem: str = ""

    @property
    def text(self) -> str:
        """Return the figure with its interval, or the problem."""
        if self.seconds is None:
            return f"{self.benchmark.name}: no figure: {self.problem}"
        low, middle, high = (value * 1e9 for value in (self.seconds.low, self.seconds.median, self.seconds.high))
        return f"{self.benchmark.name}: {middle:.3g} ns [{low:.3g}, {high:.3g}], {self.seconds.count} processes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the project declares, with what of it can't be used."""

    benchmarks: tuple[MicroBenchmark, ...]
    problems: tuple[str, ...] = ()


def declared(manifest: Manifest) -> Declared:
    """Return the micro-benchmarks of `[tool.optimize.audit.microbenchmarks]`: a statement, or setup and statement."""
    problems: list[str] = []
    table = manifest.table("tool", "optimize", "audit", "microbenchmarks")
    return Declared(benchmarks=tuple(_declared(table, problems)), problems=tuple(problems))


def run(
    benchmark: MicroBenchmark,
    tree: Tree,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    on_progress: Callable[[str], None],
) -> MicroResult:
    """Time one statement in processes of its own, by the target's interpreter, from the tree's root.

    Args:
        benchmark: which.
        tree, interpreter: where and by what it is run.
        processes: starts it.
        scratch: existing folder outside the tree.
        on_progress: told what runs now.
    """
    on_progress(f"micro-benchmark {benchmark.name}: {_PROCESSES} processes")
    values = []
    for _ in range(_PROCESSES):
        answer = Path(tempfile.mkdtemp(dir=scratch)) / "seconds.json"
        spec = json.dumps({"statement": benchmark.statement, "setup": benchmark.setup})
        command = Command(argv=("python", "-c", _SCRIPT, spec, str(answer)), timeout_s=_TIMEOUT_S)
        with processes.turn():
            finished = processes.run(launch(command, tree, interpreter))
        seconds = _answer(answer)
        if seconds is None:
            return MicroResult(benchmark=benchmark, seconds=None, problem=_problem(finished))
        values.append(seconds)
    return MicroResult(benchmark=benchmark, seconds=estimate(values))


def _declared(table: Mapping[str, object], problems: list[str]) -> Iterator[MicroBenchmark]:
    for name, value in table.items():
        statement, setup = (
            (value.get("statement"), value.get("setup", "pass"))
            if isinstance(value, Mapping)
            else (
                value,
                "pass",
            )
        )
        if (
            isinstance(statement, str)
            and statement.strip()
            and isinstance(setup, str)
            and "\0" not in statement + setup
        ):
            yield MicroBenchmark(name=name, statement=statement, setup=setup or "pass")
        else:
            problems.append(
                f"the micro-benchmark {name!r} in [tool.optimize.audit.microbenchmarks] has no statement: "
                'write name = "statement" or {setup = "…", statement = "…"}'
            )


def _answer(path: Path) -> float | None:
    """Return the seconds a process wrote; None where that is missing or no positive number."""
    try:
        if path.stat().st_size > _ANSWER_BYTES:
            return None
        seconds = _SECONDS.validate_json(path.read_bytes(), strict=True)
    except (OSError, ValidationError):
        return None
    return seconds if 0 < seconds < _TIMEOUT_S else None


def _problem(finished: Finished) -> str:
    if finished.timed_out:
        return f"it took longer than {_TIMEOUT_S:g} s: shorten the statement"
    last = finished.stderr.strip().splitlines()[-1:] or ["it wrote no figure"]
    return f"it ended with exit code {finished.usage.exit_code}: {last[0][:300]}"
