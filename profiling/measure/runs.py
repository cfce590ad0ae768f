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
from profiling.measure.failures import RunFailed, RunTimedOut, Side, WrongOrigin
from profiling.measure.origins import merged_origins, relative_origin
from profiling.measure.processes import Finished, Launch
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
    """

    sample: RunSample
    usage: RunUsage
    peak_mib: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRun:
    """A run that can be started: its launch, and the injection its reports come from."""

    launch: Launch
    injection: Injection
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One side: the tree and the command that is timed in it.

    Attributes:
        side: base or change.
        tree: its checkout.
        command, interpreter: what runs in it.
        scratch: existing folder for injections, one subfolder a run.
    """

    side: Side
    tree: Tree
    command: Command
    interpreter: Interpreter
    scratch: Path

    def prepare(self, layout: Layout, *, time_factor: float = 1.0, trace: bool = False) -> PreparedRun:
        """Lay out one run; `time_factor` stretches the command's time limit.

        Raises:
            FileNotFoundError: the command's program can't be found.
        """
        folder = Path(tempfile.mkdtemp(dir=self.scratch))  # names of equal length, for both sides
        injection = prepare(folder, self.tree, (Harness(name=_HARNESS, options={"trace": trace}),))
        factor = _TRACE_TIME_FACTOR * time_factor if trace else time_factor
        started = launch(
            self.command,
            self.tree,
            self.interpreter,
            injection=injection,
            core=layout.core,
            extra_env=self._variables(layout),
        )
        return PreparedRun(
            launch=replace(started, timeout_s=started.timeout_s * factor), injection=injection, folder=folder
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
            return self._run(finished, reports)
        finally:
            shutil.rmtree(prepared.folder, ignore_errors=True)

    def _variables(self, layout: Layout) -> dict[str, str]:
        variables = {"PYTHONHASHSEED": str(layout.seed), "RATCHET_PADDING": "x" * layout.padding}
        own = dict(self.command.env)
        if "PYTHONDONTWRITEBYTECODE" not in own:  # with it, every run would compile the project anew
            variables["PYTHONDONTWRITEBYTECODE"] = ""
        if "PYTHONHASHSEED" in own:
            del variables["PYTHONHASHSEED"]
        return variables

    def _run(self, finished: Finished, reports: Sequence[Report]) -> Run:
        origins = merged_origins(reports, self.tree)
        self._check_origins(origins, reports)
        peaks = [_number(report, "peak_bytes") for report in reports if report.get("peak_bytes") is not None]
        return Run(
            sample=RunSample(
                values=_values(finished.usage, reports),
                exit_code=finished.usage.exit_code,
                output_sha256=finished.stdout_sha256,
                origins=origins,
            ),
            usage=finished.usage,
            peak_mib=max(peaks) / 2**20 if peaks else None,
        )

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


def _values(usage: RunUsage, reports: Sequence[Report]) -> dict[Dimension, float]:
    """Return the run's cost in every dimension; start-up of interpreters is taken off CPU time.

    Wall time is that of the process that lived longest, less what its main thread waited in the run queue.
    """
    body = max(reports, key=lambda report: _number(report, "wall_s"))
    return {
        Dimension.CPU_S: max(0.0, usage.cpu_s - sum(_number(report, "start_cpu_s") for report in reports)),
        Dimension.WALL_S: max(0.0, _number(body, "wall_s") - _number(body, "delay_s")),
        Dimension.PEAK_MIB: usage.max_rss_mib,
        Dimension.GC_COLLECTIONS: sum(_number(report, "gc_collections") for report in reports),
        Dimension.GC_S: sum(_number(report, "gc_s") for report in reports),
        Dimension.IMPORT_S: sum(_number(report, "import_s") for report in reports),
    }


def _number(report: Report, name: str) -> float:
    """Return a figure of a report; a report is the target's output, so anything else than a number counts as 0."""
    value = report.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, float(value))
