"""What `optimize audit --calibrate` runs: the command under the profiler, and the declared micro-benchmarks."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.cli.audit import AuditFlags
from orchestrator.cli.audit_tree import calibration_path
from orchestrator.cli.observation import Observer, asked, observing, workload_errors
from orchestrator.cli.options import ObservationFlags
from orchestrator.errors import NotWritable
from profiling.audit import calibration as calibrations
from profiling.audit import microbench
from profiling.audit.auditor import Subject
from profiling.audit.calibration import Calibration, CalibrationError
from profiling.audit.contamination import StrayException
from profiling.audit.harness_run import ActionRun, run_action
from profiling.audit.microbench import MicroResult
from profiling.profile import Profile

_AS_IT_IS = "working tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What running the repository's code gave.

    Attributes:
        profile: of the command; None where exceptions spoiled it.
        stray: these.
        calibration: fitted to the profile, and kept from now on; None where it could not be fitted.
        micro_benchmarks: timed.
        notes: what could not be had, and why.
    """

    profile: Profile | None
    stray: tuple[StrayException, ...]
    calibration: Calibration | None
    micro_benchmarks: tuple[MicroResult, ...]
    notes: tuple[str, ...]


def ran(tree: Subject, flags: AuditFlags) -> Ran:
    """Run the command and the micro-benchmarks, fit the weights and keep them.

    Raises:
        orchestrator.errors.UsageError: no command was given and none was found.
        orchestrator.errors.TargetError: nothing can be run, or the weights can't be kept.
    """
    declared = microbench.declared(tree.manifest)
    with observing(asked(_observation(flags))) as observer, workload_errors():
        run = run_action(
            observer.setup.tree,
            observer.command,
            observer.setup.interpreter,
            processes=observer.processes,
            scratch=observer.folder(),
            tree_id=_AS_IT_IS,
            budget_s=0.0,
            on_progress=observer.say,
        )
        timed = tuple(_timed(observer, one) for one in declared.benchmarks)
        fitted, notes = _fitted(tree, run, observer)
    return Ran(
        profile=run.profile if not run.stray else None,
        stray=run.stray,
        calibration=fitted,
        micro_benchmarks=timed,
        notes=(*declared.problems, *notes),
    )


def _observation(flags: AuditFlags) -> ObservationFlags:
    return {
        "repo": flags["repo"],
        "python": flags["python"],
        "memory_budget": "0",
        "timeout": flags["timeout"],
        "stdin": None,
        "show_output": False,
        "command": (flags["calibrate"],) if flags["calibrate"] else (),
    }


def _timed(observer: Observer, one: microbench.MicroBenchmark) -> MicroResult:
    return microbench.run(
        one,
        observer.setup.tree,
        observer.setup.interpreter,
        processes=observer.processes,
        scratch=observer.folder(),
        on_progress=observer.say,
    )


def _fitted(tree: Subject, run: ActionRun, observer: Observer) -> tuple[Calibration | None, Sequence[str]]:
    """Fit and keep the weights; a contaminated profile is never fitted to."""
    if run.advice is not None:
        return None, (run.advice,)
    observer.say("fitting the cost model")
    try:
        found = calibrations.calibrate(tree.graph, run.profile, tree.sources)
    except CalibrationError as error:
        return None, (f"not calibrated: {error}",)
    path = calibration_path(observer.asked.root)
    try:
        calibrations.write(found, path)
    except OSError as error:
        raise NotWritable(f"{path} can't be written: {error}", hint="make it writable for this user") from error
    return found, ()
