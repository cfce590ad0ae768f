"""One timed run of one tree: started, checked to have run this tree's code, and turned into a sample."""

import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from profiling.comparison import RunSample
from profiling.injection import Harness, Injection, prepare
from profiling.measure.design import Layout
from profiling.measure.environment import launch
from profiling.measure.failures import MeasurementFailed, RunFailed, RunTimedOut, Side, WrongOrigin
from profiling.measure.homes import furnish
from profiling.measure.kinds import detect
from profiling.measure.metric import Calibration
from profiling.measure.origins import merged_origins, relative_origin
from profiling.measure.placing import placed
from profiling.measure.processes import Finished, Launch, Processes
from profiling.measure.suites.bodies import Bodies
from profiling.measure.suites.method import Method
from profiling.model import Command, Dimension, Interpreter, RunUsage, Tree

_HARNESS = "ratchet_run"
_STDERR_LINES = 12
_TRACE_TIME_FACTOR = 15
"""Tracing the heap makes a run up to 9 times slower."""

Report = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that ended well.

    Attributes:
        sample: what it cost and where its code came from.
        usage: of the whole process, interpreter start-up included.
        peak_mib: of the traced heap, for a run under tracemalloc.
        bodies: of a suite's run, as its runner tells; None where there is none.
        outside_cpu_s: CPU seconds, by the system's count, that are not in the sample's: start-up left out.
        calibration: what tells the clock that fits.
    """

    sample: RunSample
    usage: RunUsage
    peak_mib: float | None
    bodies: Bodies | None
    outside_cpu_s: float
    calibration: Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRun:
    """A run that can be started: its launch, the injection its reports come from, and the folder of its home."""

    launch: Launch
    injection: Injection
    folder: Path
    home: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One side: the tree and the command that is timed in it.

    Attributes:
        side: base or change.
        tree: its checkout.
        command, interpreter: what runs in it.
        scratch: existing folder for injections and homes, one subfolder a run.
        method: how runs are made, once the warm-up has settled it; None: by the kind of the command.
    """

    side: Side
    tree: Tree
    command: Command
    interpreter: Interpreter
    scratch: Path
    method: Method | None = None

    @property
    def way(self) -> Method:
        """Return how runs are made."""
        return Method(kind=detect(self.command)) if self.method is None else self.method

    def prepare(self, layout: Layout, *, time_factor: float = 1.0, trace: bool = False) -> PreparedRun:
        """Lay out one run; `time_factor` stretches the command's time limit.

        Raises:
            FileNotFoundError: the command's program, or the benchmarks it names, can't be found.
        """
        way = self.way
        folder = Path(tempfile.mkdtemp(dir=self.scratch))  # names of equal length, for both sides
        injected, home = folder / "injection", folder / "h"
        injected.mkdir()
        home.mkdir()
        recorder = Harness(name=_HARNESS, options={"trace": trace})
        injection = prepare(injected, self.tree, (recorder, *way.harnesses(folder)))
        secluded = furnish(home, way.home) if way.secluded else {}
        started = launch(
            way.command(self.command, self.tree, folder, injection),
            self.tree,
            self.interpreter,
            injection=injection,
            core=layout.core,
            extra_env=self._variables(layout, secluded),
        )
        factor = _TRACE_TIME_FACTOR * time_factor if trace else time_factor
        return PreparedRun(
            launch=placed(replace(started, timeout_s=started.timeout_s * factor), layout.placement),
            injection=injection,
            folder=folder,
            home=home,
        )

    def complete(self, prepared: PreparedRun, finished: Finished) -> Run:
        """Check a run that ended and read what it reported.

        Raises:
            RunFailed: its exit code is not 0.
            RunTimedOut: it was killed at its time limit.
            WrongOrigin: it did not run this tree's code.
        """
        try:
            if finished.timed_out:
                raise RunTimedOut(self.side, self.command, prepared.launch.timeout_s)
            if finished.usage.exit_code != 0:
                tail = "\n".join((finished.stderr.strip() or finished.stdout.strip()).splitlines()[-_STDERR_LINES:])
                raise RunFailed(self.side, self.command, finished.usage.exit_code, tail)
            reports = list(prepared.injection.read(_HARNESS))
            return self._run(finished, reports, self.way.read(prepared.injection))
        finally:
            shutil.rmtree(prepared.folder, ignore_errors=True)

    def _variables(self, layout: Layout, secluded: Mapping[str, str]) -> dict[str, str]:
        """Return what a run is given beside its command's own variables, which are taken as they are."""
        variables = {
            **secluded,
            "PYTHONHASHSEED": str(layout.seed),
            "PYTHONDONTWRITEBYTECODE": "",  # with it, every run would compile the project anew
            "RATCHET_PADDING": "x" * layout.padding,
        }
        own = dict(self.command.env)
        return {name: value for name, value in variables.items() if name not in own}

    def _run(self, finished: Finished, reports: Sequence[Report], bodies: Bodies | None) -> Run:
        origins = merged_origins(reports, self.tree)
        self._check_origins(origins, reports)
        peaks = [_number(report, "peak_bytes") for report in reports if report.get("peak_bytes") is not None]
        whole_cpu_s = _whole_cpu_s(finished.usage, reports)
        values = _values(finished.usage, reports)
        if self.way.counts_bodies:
            values |= self._of_bodies(bodies, values)
        return Run(
            sample=RunSample(
                values=values,
                exit_code=finished.usage.exit_code,
                output_sha256=finished.stdout_sha256,
                origins=origins,
            ),
            usage=finished.usage,
            peak_mib=max(peaks) / 2**20 if peaks else None,
            bodies=bodies,
            outside_cpu_s=max(0.0, whole_cpu_s - values[Dimension.CPU_S]),
            calibration=Calibration(
                cpu_s=values[Dimension.CPU_S],
                wall_s=values[Dimension.WALL_S],
                queueing_known=any(report.get("delay_s") is not None for report in reports),
                threads_cpu_s=sum(_number(report, "threads_cpu_s") for report in reports),
                processes=len(reports),
            ),
        )

    def _of_bodies(self, bodies: Bodies | None, whole: Mapping[Dimension, float]) -> dict[Dimension, float]:
        """Return the dimensions that bodies have figures of their own in."""
        if bodies is None:
            why = f"`{self.command.text}` ran, but none of its test or benchmark bodies was seen: did it skip them all?"
            raise MeasurementFailed(self.side, why)
        values = {
            Dimension.CPU_S: bodies.cpu_s,
            Dimension.WALL_S: max(0.0, bodies.wall_s - bodies.queued_s),
            Dimension.GC_COLLECTIONS: bodies.gc_collections,
            Dimension.GC_S: bodies.gc_s,
        }
        if Dimension.THROUGHPUT in whole:
            values[Dimension.THROUGHPUT] = _per_second(values[Dimension.WALL_S])
        return values

    def _check_origins(self, origins: Mapping[str, str], reports: Sequence[Report]) -> None:
        root = str(self.tree.root)
        if not reports:
            why = (
                f"`{self.command.text}` can't be shown to have run the code in {root}: it left no report "
                "(is Python started with -I, -E or -S, or without its environment?)"
            )
            raise WrongOrigin(self.side, "", "", root, why)
        for module, file in origins.items():
            if Path(file).is_absolute():
                why = f"`{module}` was imported from {file}, not from {root}: is the project installed elsewhere?"
                raise WrongOrigin(self.side, module, file, root, why)
        if not origins and not self._script_is_project_code(reports):
            wanted = ", ".join(self.tree.packages) or "the project"
            why = f"`{self.command.text}` imported nothing of {wanted} from {root}: measure a command that runs it"
            raise WrongOrigin(self.side, next(iter(self.tree.packages), ""), "", root, why)

    def _script_is_project_code(self, reports: Sequence[Report]) -> bool:
        """Say whether a script of the tree was run that is itself the project: no package, or a source path."""
        scripts = [relative_origin(str(report.get("script")), self.tree) for report in reports if report.get("script")]
        inside = [PurePosixPath(script) for script in scripts if not Path(script).is_absolute()]
        if not self.tree.packages:
            return bool(inside)
        return any(script.is_relative_to(source) for script in inside for source in self.tree.source_paths)


def run_alone(contender: Contender, layout: Layout, processes: Processes, *, trace: bool = False) -> Run:
    """Run one side by itself.

    Raises:
        RunFailed, RunTimedOut, WrongOrigin: as `Contender.complete`.
        Stopped: `processes` was stopped.
    """
    prepared = contender.prepare(layout, trace=trace)
    return contender.complete(prepared, processes.run(prepared.launch))


def _values(usage: RunUsage, reports: Sequence[Report]) -> dict[Dimension, float]:
    """Return the run's cost in every dimension; start-up of interpreters is taken off CPU time.

    Wall time is that of the process that lived longest, less what its main thread waited in the run queue. Where event
    loops ran, throughput is the workload's runs in a second of that: the work of a pair's sides is the same, but a
    change may do it in more tasks or fewer.
    """
    body = max(reports, key=lambda report: _number(report, "wall_s"))
    values = {
        Dimension.CPU_S: _cpu_s(usage, reports),
        Dimension.WALL_S: max(0.0, _number(body, "wall_s") - _number(body, "delay_s")),
        Dimension.PEAK_MIB: usage.max_rss_mib,
        Dimension.GC_COLLECTIONS: sum(_number(report, "gc_collections") for report in reports),
        Dimension.GC_S: sum(_number(report, "gc_s") for report in reports),
        Dimension.IMPORT_S: sum(_number(report, "import_s") for report in reports),
    }
    held = [_number(report, "loop_held_s") for report in reports if report.get("loop_held_s") is not None]
    if held:
        values[Dimension.LOOP_BLOCK_S] = sum(held)
        values[Dimension.THROUGHPUT] = _per_second(values[Dimension.WALL_S])
    return values


def _whole_cpu_s(usage: RunUsage, reports: Sequence[Report]) -> float:
    """Return the CPU seconds that the system counts for all processes, less the start of interpreters."""
    return max(0.0, usage.cpu_s - sum(_number(report, "start_cpu_s") for report in reports))


def _cpu_s(usage: RunUsage, reports: Sequence[Report]) -> float:
    """Return the CPU seconds of the work: of a single process up to its end, without the interpreter's taking down.

    That costs some milliseconds, as much as a small workload; `Run.outside_cpu_s` watches what is spent there.
    """
    whole_s = _whole_cpu_s(usage, reports)
    alone = reports[0] if len(reports) == 1 else {}
    if not _number(alone, "end_cpu_s") or _number(alone, "children_cpu_s"):
        return whole_s
    return min(whole_s, max(0.0, _number(alone, "end_cpu_s") - _number(alone, "start_cpu_s")))


def _per_second(seconds: float) -> float:
    return 1 / max(seconds, 1e-6)


def _number(report: Report, name: str) -> float:
    """Return a figure of a report; a report is the target's output, so anything else than a number counts as 0."""
    value = report.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, float(value))
