"""Measures two commits against each other, workload by workload, and looks which changed functions they run."""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.comparing.functions import changed_code, with_shares
from orchestrator.comparing.judging import Standing, judge
from orchestrator.comparing.refs import Ref
from orchestrator.comparing.report import (
    DimensionReport,
    FunctionReport,
    Report,
    SideReport,
    WorkloadReport,
    standing_of,
)
from orchestrator.comparing.sides import Preparation, Seat, Sides
from orchestrator.comparing.workloads import Places, missing_file, workloads
from orchestrator.errors import OptimizeError
from orchestrator.policy.code_changes import CodeChange
from orchestrator.workspace.repository import Repository
from profiling.collect import unified
from profiling.comparison import Measurement
from profiling.measure import engine, machine
from profiling.measure.environment import fingerprint
from profiling.measure.failures import MeasurementFailed
from profiling.measure.forecast import Forecast
from profiling.measure.processes import Processes
from profiling.model import Command, Dimension
from profiling.profile import Profile

_NO_CODE = "no code of the source differs: only documentation, or files outside the source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told how it goes.

    Attributes:
        say: what begins.
        forecast: how long the next measurement will take.
        pair: how it stands, after every pair.
    """

    say: Callable[[str], None]
    forecast: Callable[[Forecast], None]
    pair: Callable[[engine.Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is compared, and how much it may take.

    Attributes:
        workloads: as the person named them.
        here: the folder the person is in.
        plan: of every measurement; both ways.
        timeout_s: wall seconds after which one run is stopped.
        profiles: say which changed functions each workload runs.
        seed: of orders and hash seeds; None draws one.
    """

    workloads: tuple[str, ...]
    here: Path
    plan: engine.Plan
    timeout_s: float
    profiles: bool = True
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparer:
    """One comparison.

    Attributes:
        repository: the person's.
        preparation: makes the sides.
        processes: starts the target's processes.
        listener: is told how it goes.
        scratch: folder outside both worktrees.
    """

    repository: Repository
    preparation: Preparation
    processes: Processes
    listener: Listener
    scratch: Path

    def compare(self, base: Ref, head: Ref, wanted: Wanted) -> Report:
        """Compare two commits; a workload that can't be measured is told with the reason, and the others go on.

        Raises:
            UsageError: a workload can't be meant.
            TargetError: the sides can't be made.
        """
        self.listener.say(f"checking out {base.text} and {head.text}")
        sides = self.preparation.sides(base, head)
        changed, notes = changed_code(self.repository.changed_files(base.commit, head.commit), sides)
        reports: tuple[WorkloadReport, ...] = ()
        if base.tree == head.tree and sides.base.interpreter == sides.head.interpreter:
            notes = (*notes, "both commits hold the same files: nothing was measured")
        else:
            notes = notes if changed or notes else (_NO_CODE,)
            places = self._places(sides, wanted)
            commands = [_within(one, wanted.timeout_s) for one in workloads(wanted.workloads, places)]
            missing = {command: missing_file(command, places) for command in commands}
            with machine.watch() as others:
                reports = tuple(
                    self._workload(command, sides, wanted, changed)
                    if missing[command] is None
                    else _lacking(command, missing[command], sides)
                    for command in commands
                )
                load = others.load()
            notes = (*notes, f"a busy machine: {load.text}") if load.is_high else notes
        return Report(
            base=_side(sides.base),
            head=_side(sides.head),
            standing=standing_of(reports),
            workloads=reports,
            changed=changed,
            environment=fingerprint(sides.head.interpreter),
            notes=(*sides.notes, *notes),
        )

    def _places(self, sides: Sides, wanted: Wanted) -> Places:
        return Places(
            base=sides.base.tree.root, head=sides.head.tree.root, here=wanted.here, checkout=self.repository.root
        )

    def _workload(
        self, command: Command, sides: Sides, wanted: Wanted, changed: tuple[CodeChange, ...]
    ) -> WorkloadReport:
        self.listener.say(f"measuring {command.text}")
        try:
            measured = self._measured(command, sides, wanted)
        except MeasurementFailed as error:
            where = sides.seats[error.side].ref.text
            return WorkloadReport(command=command.text, problem=f"{where}: {str(error).partition(': ')[2]}")
        except (FileNotFoundError, unified.WorkloadError) as error:
            return WorkloadReport(command=command.text, problem=str(error))
        functions, notes = self._functions(command, sides, changed) if wanted.profiles and changed else (None, ())
        judgement = judge(measured, wanted.plan.test)
        return WorkloadReport(
            command=command.text,
            standing=judgement.standing,
            reason=judgement.reason,
            more_pairs=judgement.more.pairs if judgement.more else None,
            more_s=judgement.more.seconds if judgement.more else None,
            elapsed_s=measured.elapsed_s,
            dimensions=tuple(_dimensions(measured, judgement.dimensions)),
            functions=functions,
            notes=notes,
        )

    def _measured(self, command: Command, sides: Sides, wanted: Wanted) -> Measurement:
        seed = wanted.seed if wanted.seed is not None else random.SystemRandom().randrange(2**31)
        with self._folder() as scratch:
            return engine.measure(
                sides.base.tree,
                sides.head.tree,
                command,
                sides.base.interpreter,
                wanted.plan,
                processes=self.processes,
                scratch=scratch,
                rng=random.Random(f"{seed}:{command.text}"),  # noqa: S311  orders and hash seeds, not secrets
                on_pair=self.listener.pair,
                on_forecast=self.listener.forecast,
                change_interpreter=sides.head.interpreter,
            )

    def _functions(
        self, command: Command, sides: Sides, changed: tuple[CodeChange, ...]
    ) -> tuple[tuple[FunctionReport, ...] | None, tuple[str, ...]]:
        """Profile both sides and return the changed functions that run; what can't be profiled is a note."""
        try:
            base, head = (self._profile(command, seat) for seat in (sides.base, sides.head))
        except (unified.WorkloadError, unified.NothingExercised, FileNotFoundError, OptimizeError) as error:
            return None, (f"the changed functions' shares are not known: {error}",)
        return with_shares(changed, base, head), ()

    def _profile(self, command: Command, seat: Seat) -> Profile:
        self.listener.say(f"profiling {command.text} at {seat.ref.text}")
        with self._folder() as scratch:
            return unified.profile(
                seat.tree,
                command,
                seat.interpreter,
                processes=self.processes,
                scratch=scratch,
                tree_id=seat.ref.tree,
                budget_s=0.0,
                on_progress=lambda _: None,
            )

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            yield Path(folder)


def _dimensions(measured: Measurement, standings: dict[Dimension, Standing]) -> Iterator[DimensionReport]:
    for name, one in measured.comparisons.items():
        yield DimensionReport(
            dimension=name,
            base=one.base_median,
            head=one.change_median,
            ratio=one.ratio,
            low=one.low,
            high=one.high,
            pairs=one.pairs,
            standing=standings[name],
            limit=one.limit,
            decides=name is measured.decided_on,
        )


def _within(command: Command, timeout_s: float) -> Command:
    return Command(argv=command.argv, env=command.env, timeout_s=timeout_s)


def _lacking(command: Command, missing: tuple[Path, str] | None, sides: Sides) -> WorkloadReport:
    assert missing is not None
    tree, name = missing
    seat = next(one for one in (sides.base, sides.head) if one.tree.root == tree)
    advice = f"to measure it on both sides with the file of your checkout: --inject {name}"
    return WorkloadReport(command=command.text, problem=f"{seat.ref.text} has no {name}; {advice}")


def _side(seat: Seat) -> SideReport:
    return SideReport(
        name=seat.ref.name,
        commit=seat.ref.commit,
        interpreter=seat.interpreter.executable,
        python=".".join(map(str, seat.interpreter.version)),
    )
