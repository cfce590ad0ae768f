"""Runs that are thrown away: they show that both sides work, and settle how the pairs are run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from profiling.measure import metric
from profiling.measure.design import Layout, Schedule, plan_schedule, usable_cores
from profiling.measure.failures import MeasurementFailed, RunFailed, Side
from profiling.measure.homes import keep
from profiling.measure.kinds import KindName
from profiling.measure.processes import Processes
from profiling.measure.runs import Contender, Run, run_alone
from profiling.measure.suites.allotment import allot
from profiling.model import Dimension

_OWN_HOME_NOTE = (
    "the workload fails in a home of its own and runs in the person's: what a run leaves there can help later ones"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What the warm-up settled.

    Attributes:
        sides: with the method of their runs.
        metric: the dimension that the sequential test is run on.
        schedule: of the pairs; its note says all that a person should know.
    """

    sides: Mapping[Side, Contender]
    metric: Dimension
    schedule: Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """One warm-up.

    Attributes:
        processes: starts the runs.
        next_layout: draws the layout of a run.
        homes: existing folder for the home that runs start with.
    """

    processes: Processes
    next_layout: Callable[[], Layout]
    homes: Path

    def run(self, sides: Mapping[Side, Contender], target: Dimension, most_pairs: int) -> Ready:
        """Run the base and the change, and the base again where its bodies or its clock ask for it.

        Raises:
            RunFailed, RunTimedOut, WrongOrigin: as every run.
            MeasurementFailed: the target dimension does not exist in this workload.
            Stopped: the session is being stopped.
            FileNotFoundError: the command's program can't be found.
        """
        base, first, notes = self._first(sides[Side.BASE])
        change = replace(sides[Side.CHANGE], method=base.way)
        self._run(change)
        base, run = self._with_bodies(base, first)
        chosen = metric.choose(target, (run.calibration,))
        if chosen.dimension is not target:
            chosen = metric.choose(target, (run.calibration, self._run(base).calibration))
        if chosen.dimension not in run.sample.values:
            why = (
                f"`{base.command.text}` has no {chosen.dimension.value}: no event loop of asyncio was seen to run in it"
            )
            raise MeasurementFailed(Side.BASE, why)
        schedule = plan_schedule(
            chosen.dimension,
            run.usage,
            run.sample.values[Dimension.CPU_S],
            cores=usable_cores(),
            most_pairs=most_pairs,
        )
        said = [*notes, *_bodies_notes(base, run), *chosen.notes, schedule.note]
        return Ready(
            sides={Side.BASE: base, Side.CHANGE: replace(change, method=base.way)},
            metric=chosen.dimension,
            schedule=replace(schedule, note="; ".join(note for note in said if note)),
        )

    def _first(self, base: Contender) -> tuple[Contender, Run, list[str]]:
        """Run the base for the first time, in a home of its own where it can, and keep that home for all runs."""
        prepared = base.prepare(self.next_layout())
        finished = self.processes.run(prepared.launch)
        home = keep(prepared.home, self.homes)
        try:
            run = base.complete(prepared, finished)
        except RunFailed:
            at_home = replace(base, method=replace(base.way, secluded=False))
            return at_home, self._run(at_home), [_OWN_HOME_NOTE]
        return replace(base, method=replace(base.way, home=home)), run, []

    def _with_bodies(self, base: Contender, first: Run) -> tuple[Contender, Run]:
        """Settle what each benchmark is to do, and run the base that way; a workload without bodies stays as it is."""
        if not base.way.kind.has_bodies:
            return base, first
        bodies = first.bodies
        calls = {} if bodies is None else allot(bodies.units)
        settled = replace(base, method=replace(base.way, calls=calls, counts_bodies=bodies is not None))
        return settled, self._run(settled)

    def _run(self, contender: Contender) -> Run:
        return run_alone(contender, self.next_layout(), self.processes)


def _bodies_notes(base: Contender, run: Run) -> list[str]:
    kind = base.way.kind
    if not kind.has_bodies:
        return []
    if run.bodies is None:
        why = "its tests are spread over processes" if kind.parallel else "no test body was seen"
        return [f"{why}: start-up and collection are part of the figures"]
    if kind.name is KindName.ASV:
        return [f"cpu_s, wall_s and collections are those of {run.bodies.count} samples of asv benchmarks"]
    figures = f"cpu_s, wall_s and collections are those of {run.bodies.count} test bodies"
    return [f"{figures}; start-up, collection and fixtures are left out"]
