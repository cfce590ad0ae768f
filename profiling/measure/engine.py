"""Measure one tree against another: pairs of fresh processes, run together until the sequential test has decided."""

import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from profiling.comparison import Decision, Measurement, Pair
from profiling.measure import rules, stats, stopping
from profiling.measure.bytecode import forget_bytecode
from profiling.measure.design import Layout, Mode, draw, usable_cores
from profiling.measure.failures import MeasurementFailed, RunFailed, RunTimedOut, Side, WrongOrigin
from profiling.measure.forecast import Forecast, eta_s, foresee
from profiling.measure.processes import Processes
from profiling.measure.runs import Contender, Run, run_alone
from profiling.measure.warm_up import Ready, WarmUp
from profiling.model import Command, Dimension, Interpreter, Tree

__all__ = ["MeasurementFailed", "Plan", "Progress", "RunFailed", "RunTimedOut", "Side", "WrongOrigin", "measure"]

_TRACED_RUNS = 2
_TRACED_RUNS_WHEN_UNSTEADY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of a measurement, fixed before it starts.

    Attributes:
        target: the dimension that is to improve.
        design_effect: gain sought, as a share.
        alpha, beta: errors of the sequential test.
        max_pairs: after which it ends undecided.
        time_budget_s: wall seconds after which no further pair is started, those under tracemalloc not counted. One
            pair is always run, of a target that is counted as many as its rule asks for at least.
        both_ways: a change that is no gain is measured on until it is known whether it is a loss.
    """

    target: Dimension
    design_effect: float = 0.05
    alpha: float = 0.01
    beta: float = 0.02
    max_pairs: int = 30
    time_budget_s: float = 120.0
    both_ways: bool = False

    @property
    def test(self) -> stats.Test:
        """Return the sequential test's parameters."""
        return stats.Test(design_effect=self.design_effect, alpha=self.alpha, beta=self.beta)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a measurement stands after a pair.

    Attributes:
        pairs, most_pairs: run, and at most.
        ratio, low, high: change / base of the dimension that decides so far, with its interval.
        decision: as far as it goes; UNDECIDED while more pairs are wanted.
        elapsed_s: wall seconds so far.
        target: the dimension that decides (`wall_s` for a CPU target whose workload waits).
        eta_s: wall seconds it is likely to take still; None: no telling.
    """

    target: Dimension
    pairs: int
    most_pairs: int
    ratio: float
    low: float
    high: float
    decision: Decision
    elapsed_s: float
    eta_s: float | None = None


def measure(  # noqa: PLR0913 - two trees, what runs in them, and the effects
    base: Tree,
    change: Tree,
    command: Command,
    interpreter: Interpreter,
    plan: Plan,
    *,
    processes: Processes,
    scratch: Path,
    rng: random.Random,
    on_pair: Callable[[Progress], None],
    on_forecast: Callable[[Forecast], None] | None = None,
    change_interpreter: Interpreter | None = None,
) -> Measurement:
    """Measure the change against the base.

    Both sides of a pair are fresh processes with one hash seed, started in random order, on one core where processes
    can be pinned, each in a home of its own. One run of each side is thrown away first: both trees' compiled files are
    then there, and exit code and import origins are known to be right before time is spent. Of pytest selections and
    benchmark suites only the bodies count. A CPU target whose workload mostly waits is decided on wall time less
    waiting for a core; `Measurement.metric` then says so.

    Args:
        base, change: with paths of equal length, since a path's length moves memory about.
        scratch: existing folder outside both trees; emptied by the caller.
        rng: draws seeds, paddings, cores and orders.
        on_pair: told after every pair, in this thread.
        on_forecast: told once, before the first pair, how long it will take.
        change_interpreter: of the change, where it needs another environment than the base.

    Raises:
        RunFailed: a run's exit code was not 0.
        RunTimedOut: a run was killed at its time limit.
        WrongOrigin: a run did not run its tree's code.
        MeasurementFailed: the target dimension does not exist in this workload, or a side ran other bodies.
        Stopped: `processes` was stopped.
        FileNotFoundError: the command's program can't be found.
        ValueError: the trees' paths differ in length.
    """
    _check(base, change, plan)
    for tree in (base, change):
        forget_bytecode(tree)
    sides = {
        side: Contender(side=side, tree=tree, command=command, interpreter=python, scratch=scratch)
        for side, tree, python in (
            (Side.BASE, base, interpreter),
            (Side.CHANGE, change, change_interpreter or interpreter),
        )
    }
    homes = Path(tempfile.mkdtemp(dir=scratch))
    try:
        with processes.turn():
            session = _Session(plan, processes, rng)
            session.begin(sides, homes)
            if on_forecast is not None:
                on_forecast(session.forecast)
            if plan.target is Dimension.PEAK_MIB:
                session.trace()
            decision, why = session.run_pairs(on_pair)
            return session.result(decision, why)
    finally:
        shutil.rmtree(homes, ignore_errors=True)


class _Session:
    """The state of one measurement while it runs."""

    def __init__(self, plan: Plan, processes: Processes, rng: random.Random) -> None:
        self.plan = plan
        self.processes = processes
        self.rng = rng
        self.pairs: list[Pair] = []
        self.outside_s: list[float] = []
        self.moved_s = 0.0
        self.traced: rules.TracedPeaks | None = None
        self.started = time.monotonic()
        self.tracing_s = 0.0
        self.runs = 0

    def begin(self, sides: dict[Side, Contender], homes: Path) -> None:
        """Warm both sides up and settle how the pairs are run."""
        warm_up = WarmUp(processes=self.processes, next_layout=self._next_unpinned, homes=homes)
        ready: Ready = warm_up.run(sides, self.plan.target, self.plan.max_pairs)
        self.sides, self.schedule, self.metric = ready.sides, ready.schedule, ready.metric
        self.forecast = foresee(
            self.plan.test,
            self.schedule.pair_s,
            most_pairs=self.schedule.most_pairs,
            left_s=self.plan.time_budget_s - self._elapsed_s(),
            fewest_pairs=self._fewest_pairs,
        )
        self.pairs_began = time.monotonic()

    def trace(self) -> None:
        """Run each side under tracemalloc twice; five times when repeats differ."""
        began = time.monotonic()
        peaks: dict[Side, list[float]] = {Side.BASE: [], Side.CHANGE: []}
        for wanted in (_TRACED_RUNS, _TRACED_RUNS_WHEN_UNSTEADY):
            while len(peaks[Side.CHANGE]) < wanted:
                layout = self._next_unpinned()
                for side, found in peaks.items():
                    run = run_alone(self.sides[side], layout, self.processes, trace=True)
                    found.append(run.peak_mib or 0.0)
            self.traced = rules.TracedPeaks(base=tuple(peaks[Side.BASE]), change=tuple(peaks[Side.CHANGE]))
            if self.traced.repeatable:
                break
        self.tracing_s = time.monotonic() - began

    def run_pairs(self, on_pair: Callable[[Progress], None]) -> tuple[Decision, str]:
        """Run pairs until the metric is decided or a bound is reached; say which and why.

        A metric that did not improve does not end it while another dimension leads: that one is decided first.
        """
        self.pairs_began = time.monotonic()
        decision, decided_after, bound = Decision.UNDECIDED, 0, ""
        while not bound:
            self._run_pair()
            if decision is Decision.UNDECIDED:
                decision, decided_after = self._decision(), len(self.pairs)
            on_pair(self._progress(decision))
            if decision is Decision.IMPROVED:
                break
            if decision is Decision.NOT_IMPROVED and not self._asks_for_more():
                break
            bound = self._bound_reached()
        note = _with(self.schedule.note)
        if decision is Decision.UNDECIDED:
            return decision, self._undecided(bound) + note
        return decision, self._decided(decision, decided_after) + note

    def result(self, decision: Decision, why: str) -> Measurement:
        """Return the finished measurement."""
        target, test = self.plan.target, self.plan.test
        evidence = stats.gather(test, rules.log_ratios(self.pairs, self.metric))
        return Measurement(
            target=target,
            metric=None if self.metric is target else self.metric,
            decision=decision,
            stopped_because=why,
            evidence_gain=evidence.gain,
            evidence_no_gain=evidence.no_gain,
            comparisons=rules.comparisons(self.pairs, self.metric, test, self.traced),
            pairs=tuple(self.pairs),
            elapsed_s=self._elapsed_s(),
        )

    def _decision(self) -> Decision:
        """Judge the pairs so far; what is only spent elsewhere is no gain."""
        decision = rules.improvement(self.pairs, self.metric, self.plan.test, self.traced)
        if decision is Decision.IMPROVED:
            self.moved_s = self._find_moved_s()
        return Decision.NOT_IMPROVED if self.moved_s > 0 else decision

    def _asks_for_more(self) -> bool:
        """Say whether pairs go on after the metric was decided: another dimension leads, or a loss is still open."""
        loss_is_open = self.plan.both_ways and rules.loss(self.pairs, self.metric, self.plan.test) is Decision.UNDECIDED
        return loss_is_open or rules.another_leads(self.pairs, self.metric, self.plan.test)

    def _find_moved_s(self) -> float:
        """Return the CPU seconds that the rest of a run spends instead of what is measured; 0 unless that is plain.

        The system's count of the whole run stands behind it, so a process that understates its work is found too.
        """
        if self.metric is not Dimension.CPU_S:
            return 0.0
        cpu_s = Dimension.CPU_S
        saved_s = statistics.median(pair.base.values[cpu_s] - pair.change.values[cpu_s] for pair in self.pairs)
        surely_s = stats.estimate(self.outside_s).low
        return surely_s if surely_s > saved_s / 2 else 0.0

    def _run_pair(self) -> None:
        layout = draw(self.rng, self._next_index(), self.schedule.cores)
        order = (Side.BASE, Side.CHANGE) if layout.base_first else (Side.CHANGE, Side.BASE)
        if self.schedule.mode is Mode.CO_SCHEDULED:
            runs = self._run_together(order, layout)
        else:
            runs = {side: run_alone(self.sides[side], layout, self.processes) for side in order}
        base, change = runs[Side.BASE], runs[Side.CHANGE]
        _check_bodies(base, change)
        self.outside_s.append(change.outside_cpu_s - base.outside_cpu_s)
        self.pairs.append(
            Pair(
                index=len(self.pairs),
                seed=layout.seed,
                core=layout.core,
                base_first=layout.base_first,
                base=base.sample,
                change=change.sample,
            )
        )

    def _run_together(self, order: tuple[Side, Side], layout: Layout) -> dict[Side, Run]:
        prepared = {side: self.sides[side].prepare(layout, time_factor=2.0) for side in order}
        finished = self.processes.run_together(*(prepared[side].launch for side in order))
        return {
            side: self.sides[side].complete(prepared[side], done) for side, done in zip(order, finished, strict=True)
        }

    def _progress(self, decision: Decision) -> Progress:
        ratio = stats.estimate(rules.ratios_of(self.pairs, self.metric))
        return Progress(
            target=self.metric,
            pairs=len(self.pairs),
            most_pairs=self.schedule.most_pairs,
            ratio=ratio.median,
            low=ratio.low,
            high=ratio.high,
            decision=decision,
            elapsed_s=self._elapsed_s(),
            eta_s=self._eta_s(decision),
        )

    def _eta_s(self, decision: Decision) -> float:
        if decision is Decision.IMPROVED:
            return 0.0
        return eta_s(self._evidence(), self.forecast, pairs=len(self.pairs), pair_s=self._pair_s())

    def _evidence(self) -> stats.Evidence | None:
        if self.metric not in rules.TIMED:
            return None
        return stats.gather(self.plan.test, rules.log_ratios(self.pairs, self.metric))

    def _pair_s(self) -> float:
        """Return the wall seconds of a pair as they went."""
        return (time.monotonic() - self.pairs_began) / len(self.pairs)

    def _decided(self, decision: Decision, count: int) -> str:
        target = self.metric
        if target not in rules.TIMED:
            met = "met" if decision is Decision.IMPROVED else "not met"
            return f"the rule for {target.value} was {met} after {count} pairs"
        if self.moved_s > 0:
            moved = f"{self.moved_s * 1000:.1f} ms of CPU"
            return f"what is saved is spent outside the measured part ({moved}): no gain after {count} pairs"
        evidence = stats.gather(self.plan.test, rules.log_ratios(self.pairs[:count], target))
        return stopping.decided(evidence, decision)

    def _bound_reached(self) -> str:
        bounds = stopping.Bounds(
            most_pairs=self.schedule.most_pairs,
            time_budget_s=self.plan.time_budget_s,
            fewest_pairs=self._fewest_pairs,
        )
        return bounds.reached(len(self.pairs), self._elapsed_s() - self.tracing_s, self._pair_s())

    @property
    def _fewest_pairs(self) -> int:
        """Return how many pairs are run whatever the time: a target that is counted has a rule that asks for some."""
        return 1 if self.metric in rules.TIMED else rules.FEWEST_PAIRS

    def _undecided(self, bound: str) -> str:
        evidence = self._evidence()
        if evidence is None and len(self.pairs) >= rules.FEWEST_PAIRS:
            return f"undecided after {bound}; to tell that CPU time is no worse may take {rules.PAIRS_FOR_CPU}"
        if evidence is None:
            return f"undecided after {bound}; the rule for {self.metric.value} needs at least {rules.FEWEST_PAIRS}"
        return stopping.undecided(evidence, bound, self._pair_s())

    def _elapsed_s(self) -> float:
        return time.monotonic() - self.started

    def _next_index(self) -> int:
        self.runs += 1
        return self.runs

    def _next_unpinned(self) -> Layout:
        """Draw the layout of a run whose time does not count."""
        return replace(draw(self.rng, self._next_index(), usable_cores()), core=None)


def _check(base: Tree, change: Tree, plan: Plan) -> None:
    if len(str(base.root)) != len(str(change.root)):
        raise ValueError(
            f"the trees' paths must be of equal length, or it alone makes a difference: {base.root} and {change.root}"
        )
    if plan.max_pairs < 1 or plan.time_budget_s <= 0:
        raise ValueError(f"a measurement needs pairs and time, not {plan.max_pairs} pairs in {plan.time_budget_s:g}s")


def _check_bodies(base: Run, change: Run) -> None:
    """Check that both sides ran as many bodies: one that skips some is not comparable."""
    counts = [0 if run.bodies is None else run.bodies.count for run in (base, change)]
    if counts[0] != counts[1]:
        raise MeasurementFailed(Side.CHANGE, f"it ran {counts[1]} test or benchmark bodies, the base {counts[0]}")


def _with(note: str) -> str:
    return f"; {note}" if note else ""
