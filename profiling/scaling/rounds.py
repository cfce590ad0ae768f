"""Run a command at every size, in rounds, until enough is known or the time is up."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from profiling.collect.reports import Run, time_reports
from profiling.collect.runs import Workload, check, tail
from profiling.injection import Injection
from profiling.measure.environment import launch
from profiling.measure.processes import Finished
from profiling.model import RunUsage
from profiling.scaling.template import size_text

_HARNESS = "ratchet_time"
_MOST_ROUNDS = 30
FEWEST_ROUNDS = 3
_ENOUGH_PASSES = 3
_ENOUGH_SAMPLES = 2000
_ORDER_SEED = 20261121
_RUN_SHARE = 1 / 6
"""Of the budget, for one run: with sizes that double, the rounds at the least take about six times the largest."""
_SAID = 300


@dataclass(slots=True, kw_only=True)
class SizeRuns:
    """What was run at one size.

    Attributes:
        workload: the command at it.
        usages: of the plain runs.
        passes: reports of the runs of the time pass; lost_processes: those of them without a report.
        longest_s: wall seconds of the longest run.
    """

    size: float
    workload: Workload
    usages: list[RunUsage] = field(default_factory=list)
    passes: list[Run] = field(default_factory=list)
    lost_processes: int = 0
    longest_s: float = 0.0

    @property
    def samples(self) -> int:
        """Return the samples of all runs of the time pass."""
        return sum(report.samples for run in self.passes for report in run)

    @property
    def wants_pass(self) -> bool:
        """Say whether another run of the time pass is worth its time."""
        return self.samples < _ENOUGH_SAMPLES

    @property
    def is_seen(self) -> bool:
        """Say whether no more is to be hoped of further runs of the time pass."""
        return not self.wants_pass or len(self.passes) >= _ENOUGH_PASSES


@dataclass(slots=True, kw_only=True)
class Rounds:
    """The runs so far.

    Attributes:
        sizes: those that ran, smallest first.
        count: rounds that were finished.
        ended: why no more is run; empty while it goes on.
        notes: sizes that were left out, and why.
    """

    sizes: list[SizeRuns] = field(default_factory=list)
    count: int = 0
    ended: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs sizes within a time budget.

    Attributes:
        injection: of the time pass.
        budget_s: wall seconds for everything.
        deadline_s: by the monotonic clock.
        on_progress: told what runs now.
    """

    injection: Injection
    budget_s: float
    deadline_s: float
    on_progress: Callable[[str], None]

    def run(self, workloads: Mapping[float, Workload], settled: Callable[[Sequence[SizeRuns]], str]) -> Rounds:
        """Run each size once, smallest first, then all in rounds whose order is random but the same every time.

        Args:
            workloads: the command at each size, smallest first.
            settled: why what ran is enough, or an empty string; asked after each round.

        Raises:
            profiling.collect.runs.WorkloadError: the smallest size failed or took too long.
            FileNotFoundError: its program can't be found.
        """
        rounds = Rounds()
        self._grow(workloads, rounds)
        order = random.Random(_ORDER_SEED)  # noqa: S311 - an order, no secret
        while not rounds.ended:
            self._one_round(rounds, order)
            if not rounds.ended:
                rounds.count += 1
                rounds.ended = settled(rounds.sizes) if rounds.count >= FEWEST_ROUNDS else ""
            if not rounds.ended and rounds.count >= _MOST_ROUNDS:
                rounds.ended = f"{_MOST_ROUNDS} rounds were made"
        self.on_progress(f"stopped: {rounds.ended}")
        return rounds

    def _grow(self, workloads: Mapping[float, Workload], rounds: Rounds) -> None:
        """Run each size once, until one takes too long or fails: larger ones would too."""
        for size, workload in workloads.items():
            if rounds.sizes and self._is_late(rounds.sizes[-1].longest_s):
                rounds.notes.append(f"size {size_text(size)} and larger ones left out: {self._used_up()}")
                break
            runs = SizeRuns(size=size, workload=workload)
            finished = self._plain(runs, "first run")
            if not rounds.sizes:
                check(finished, self._bounded(workload).command, "")
            if _failed(finished):
                rounds.notes.append(f"size {size_text(size)} and larger ones left out: {self._why(runs, finished)}")
                break
            rounds.sizes.append(runs)
        rounds.count = 1

    def _one_round(self, rounds: Rounds, order: random.Random) -> None:
        for runs in order.sample(rounds.sizes, len(rounds.sizes)):
            for step in (self._pass, self._plain) if runs.wants_pass else (self._plain,):
                if self._is_late(runs.longest_s):
                    rounds.ended = self._used_up()
                    return
                finished = step(runs, f"round {rounds.count + 1}")
                if _failed(finished):
                    rounds.notes.append(f"size {size_text(runs.size)} left out: {self._why(runs, finished)}")
                    rounds.sizes.remove(runs)
                    break

    def _plain(self, runs: SizeRuns, where: str) -> Finished:
        workload = self._bounded(runs.workload)
        self.on_progress(f"{where}: {workload.command.text}")
        finished = workload.processes.run(launch(workload.command, workload.tree, workload.interpreter))
        runs.longest_s = max(runs.longest_s, finished.usage.wall_s)
        runs.usages.append(finished.usage)
        return finished

    def _pass(self, runs: SizeRuns, where: str) -> Finished:
        workload = self._bounded(runs.workload)
        self.on_progress(f"{where}, time pass: {workload.command.text}")
        finished = workload.under(self.injection)
        runs.longest_s = max(runs.longest_s, finished.usage.wall_s)
        runs.passes.append(time_reports(self.injection.read(_HARNESS)))
        runs.lost_processes += self.injection.lost_processes(_HARNESS)
        self.injection.clear()
        return finished

    def _bounded(self, workload: Workload) -> Workload:
        limit_s = min(workload.command.timeout_s, max(1.0, math.ceil(self.budget_s * _RUN_SHARE)))
        return replace(workload, command=replace(workload.command, timeout_s=limit_s))

    def _is_late(self, expected_s: float) -> bool:
        return monotonic() + expected_s > self.deadline_s

    def _used_up(self) -> str:
        return f"its time of {self.budget_s:g} s was used up"

    def _why(self, runs: SizeRuns, finished: Finished) -> str:
        if finished.timed_out:
            limit_s = self._bounded(runs.workload).command.timeout_s
            return f"a run took longer than its limit of {limit_s:g} s"
        said = " ".join((tail(finished.stderr) or tail(finished.stdout) or "it said nothing").split())
        return f"a run ended with exit code {finished.usage.exit_code} ({said[-_SAID:]})"


def _failed(finished: Finished) -> bool:
    return finished.timed_out or finished.usage.exit_code != 0
