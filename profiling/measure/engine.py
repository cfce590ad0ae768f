"""Measure one tree against another: pairs of fresh processes, run together until the sequential test has decided."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from profiling.comparison import Decision, Measurement, Pair
from profiling.measure import rules, stats
from profiling.measure.bytecode import forget_bytecode
from profiling.measure.design import Layout, Mode, Schedule, draw, plan_schedule, usable_cores
from profiling.measure.failures import MeasurementFailed, RunFailed, RunTimedOut, Side, WrongOrigin
from profiling.measure.processes import Processes
from profiling.measure.runs import Contender, Run
from profiling.model import Command, Dimension, Interpreter, Tree

__all__ = ["MeasurementFailed", "Plan", "Progress", "RunFailed", "RunTimedOut", "Side", "WrongOrigin", "measure"]

_TRACED_RUNS = 2
_TRACED_RUNS_WHEN_UNSTEADY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of a measurement, fixed before it starts.

    Attributes:
        target: the dimension that decides.
        design_effect: gain sought, as a share.
        alpha, beta: errors of the sequential test.
        max_pairs: after which it ends undecided.
        time_budget_s: wall seconds after which no further pair is started; one pair is always run.
    """

    target: Dimension
    design_effect: float = 0.05
    alpha: float = 0.01
    beta: float = 0.05
    max_pairs: int = 30
    time_budget_s: float = 120.0

    @property
    def test(self) -> stats.Test:
        """Return the sequential test's parameters."""
        return stats.Test(design_effect=self.design_effect, alpha=self.alpha, beta=self.beta)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a measurement stands after a pair.

    Attributes:
        pairs, most_pairs: run, and at most.
        ratio, low, high: change / base of the target dimension so far, with its interval.
        decision: as far as it goes; UNDECIDED while more pairs are wanted.
        elapsed_s: wall seconds so far.
    """

    target: Dimension
    pairs: int
    most_pairs: int
    ratio: float
    low: float
    high: float
    decision: Decision
    elapsed_s: float


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
) -> Measurement:
    """Measure the change against the base.

    Both sides of a pair are fresh processes with one hash seed, started in random order, on one core where processes
    can be pinned. One run of each side is thrown away first: both trees' compiled files are then there, and exit code
    and import origins are known to be right before time is spent.

    Args:
        base, change: with paths of equal length, since a path's length moves memory about.
        scratch: existing folder outside both trees; emptied by the caller.
        rng: draws seeds, paddings, cores and orders.
        on_pair: told after every pair, in this thread.

    Raises:
        RunFailed: a run's exit code was not 0.
        RunTimedOut: a run was killed at its time limit.
        WrongOrigin: a run did not run its tree's code.
        Stopped: `processes` was stopped.
        FileNotFoundError: the command's program can't be found.
        ValueError: the trees' paths differ in length, or no rule decides on the target dimension.
    """
    _check(base, change, plan)
    for tree in (base, change):
        forget_bytecode(tree)
    sides = {
        side: Contender(side=side, tree=tree, command=command, interpreter=interpreter, scratch=scratch)
        for side, tree in ((Side.BASE, base), (Side.CHANGE, change))
    }
    session = _Session(sides, plan, processes, rng)
    schedule = session.warm_up()
    if plan.target is Dimension.PEAK_MIB:
        session.trace(schedule)
    decision, why = session.run_pairs(schedule, on_pair)
    return session.result(decision, why)


class _Session:
    """The state of one measurement while it runs."""

    def __init__(self, sides: dict[Side, Contender], plan: Plan, processes: Processes, rng: random.Random) -> None:
        self.sides = sides
        self.plan = plan
        self.processes = processes
        self.rng = rng
        self.pairs: list[Pair] = []
        self.traced: rules.TracedPeaks | None = None
        self.started = time.monotonic()
        self.runs = 0

    def warm_up(self) -> Schedule:
        """Run each side once, in random order, and plan the pairs from the base's run."""
        cores = usable_cores()
        layout = draw(self.rng, self._next_index(), cores)
        order = (Side.BASE, Side.CHANGE) if layout.base_first else (Side.CHANGE, Side.BASE)
        runs = {side: self._run_alone(side, _unpinned(layout)) for side in order}
        base = runs[Side.BASE]
        return plan_schedule(
            self.plan.target,
            base.usage,
            base.sample.values[Dimension.CPU_S],
            cores=cores,
            most_pairs=self.plan.max_pairs,
        )

    def trace(self, schedule: Schedule) -> None:
        """Run each side under tracemalloc twice; five times when repeats differ."""
        peaks: dict[Side, list[float]] = {Side.BASE: [], Side.CHANGE: []}
        for wanted in (_TRACED_RUNS, _TRACED_RUNS_WHEN_UNSTEADY):
            while len(peaks[Side.CHANGE]) < wanted:
                layout = draw(self.rng, self._next_index(), schedule.cores)
                for side, found in peaks.items():
                    found.append(self._run_alone(side, _unpinned(layout), trace=True).peak_mib or 0.0)
            self.traced = rules.TracedPeaks(base=tuple(peaks[Side.BASE]), change=tuple(peaks[Side.CHANGE]))
            if self.traced.repeatable:
                break

    def run_pairs(self, schedule: Schedule, on_pair: Callable[[Progress], None]) -> tuple[Decision, str]:
        """Run pairs until the target dimension is decided or a bound is reached; say which and why.

        A target that did not improve does not end it while another dimension leads: that one is decided first.
        """
        target, test = self.plan.target, self.plan.test
        decision, decided_after, bound = Decision.UNDECIDED, 0, ""
        while not bound:
            self._run_pair(schedule)
            if decision is Decision.UNDECIDED:
                decision, decided_after = rules.improvement(self.pairs, target, test, self.traced), len(self.pairs)
            on_pair(self._progress(schedule, decision))
            if decision is Decision.IMPROVED:
                break
            if decision is Decision.NOT_IMPROVED and not rules.another_leads(self.pairs, target, test):
                break
            bound = self._bound_reached(schedule)
        if decision is Decision.UNDECIDED:
            return decision, f"undecided after {bound}{self._still_needed(schedule)}{_with(schedule.note)}"
        return decision, self._decided(decision, decided_after) + _with(schedule.note)

    def result(self, decision: Decision, why: str) -> Measurement:
        """Return the finished measurement."""
        target, test = self.plan.target, self.plan.test
        evidence = stats.gather(test, rules.log_ratios(self.pairs, target))
        return Measurement(
            target=target,
            decision=decision,
            stopped_because=why,
            evidence_gain=evidence.gain,
            evidence_no_gain=evidence.no_gain,
            comparisons=rules.comparisons(self.pairs, target, test, self.traced),
            pairs=tuple(self.pairs),
            elapsed_s=self._elapsed_s(),
        )

    def _run_pair(self, schedule: Schedule) -> None:
        layout = draw(self.rng, self._next_index(), schedule.cores)
        order = (Side.BASE, Side.CHANGE) if layout.base_first else (Side.CHANGE, Side.BASE)
        if schedule.mode is Mode.CO_SCHEDULED:
            runs = self._run_together(order, layout)
        else:
            runs = {side: self._run_alone(side, layout) for side in order}
        self.pairs.append(
            Pair(
                index=len(self.pairs),
                seed=layout.seed,
                core=layout.core,
                base_first=layout.base_first,
                base=runs[Side.BASE].sample,
                change=runs[Side.CHANGE].sample,
            )
        )

    def _run_together(self, order: tuple[Side, Side], layout: Layout) -> dict[Side, Run]:
        prepared = {side: self.sides[side].prepare(layout, time_factor=2.0) for side in order}
        finished = self.processes.run_together(*(prepared[side].launch for side in order))
        return {
            side: self.sides[side].complete(prepared[side], done) for side, done in zip(order, finished, strict=True)
        }

    def _run_alone(self, side: Side, layout: Layout, *, trace: bool = False) -> Run:
        prepared = self.sides[side].prepare(layout, trace=trace)
        return self.sides[side].complete(prepared, self.processes.run(prepared.launch))

    def _progress(self, schedule: Schedule, decision: Decision) -> Progress:
        ratio = stats.estimate(rules.ratios_of(self.pairs, self.plan.target))
        return Progress(
            target=self.plan.target,
            pairs=len(self.pairs),
            most_pairs=schedule.most_pairs,
            ratio=ratio.median,
            low=ratio.low,
            high=ratio.high,
            decision=decision,
            elapsed_s=self._elapsed_s(),
        )

    def _decided(self, decision: Decision, count: int) -> str:
        target = self.plan.target
        if target not in rules.TIMED:
            met = "met" if decision is Decision.IMPROVED else "not met"
            return f"the rule for {target.value} was {met} after {count} pairs"
        evidence = stats.gather(self.plan.test, rules.log_ratios(self.pairs[:count], target))
        if decision is Decision.IMPROVED:
            return f"evidence of {_odds(evidence.gain)} against no gain after {count} pairs"
        sought = f"{self.plan.design_effect:.0%}"
        return f"evidence of {_odds(evidence.no_gain)} against a gain of {sought} or more after {count} pairs"

    def _bound_reached(self, schedule: Schedule) -> str:
        count = len(self.pairs)
        if count >= schedule.most_pairs:
            return f"{count} pairs, the most allowed"
        if self._elapsed_s() + schedule.pair_s > self.plan.time_budget_s:
            return f"{count} pairs, when the time budget of {self.plan.time_budget_s:g}s was spent"
        return ""

    def _still_needed(self, schedule: Schedule) -> str:
        if self.plan.target not in rules.TIMED:
            return f"; the rule for {self.plan.target.value} needs at least {rules.FEWEST_PAIRS}"
        evidence = stats.gather(self.plan.test, rules.log_ratios(self.pairs, self.plan.target))
        more = stats.pairs_still_needed(evidence)
        if more is None:
            return "; the pairs so far lean neither way: more of them are unlikely to help"
        return f"; about {more} more pairs ({more * schedule.pair_s / 60:.1f} min) would be needed"

    def _elapsed_s(self) -> float:
        return time.monotonic() - self.started

    def _next_index(self) -> int:
        self.runs += 1
        return self.runs


def _check(base: Tree, change: Tree, plan: Plan) -> None:
    if len(str(base.root)) != len(str(change.root)):
        raise ValueError(
            f"the trees' paths must be of equal length, or it alone makes a difference: {base.root} and {change.root}"
        )
    if plan.max_pairs < 1 or plan.time_budget_s <= 0:
        raise ValueError(f"a measurement needs pairs and time, not {plan.max_pairs} pairs in {plan.time_budget_s:g}s")
    rules.check_decidable(plan.target)


def _unpinned(layout: Layout) -> Layout:
    """Return the layout for a run whose time does not count."""
    return Layout(index=layout.index, seed=layout.seed, padding=layout.padding, core=None, base_first=layout.base_first)


def _odds(log_evidence: float) -> str:
    return f"{math.exp(log_evidence):.0f}:1" if log_evidence < math.log(1e6) else "more than a million to 1"


def _with(note: str) -> str:
    return f"; {note}" if note else ""
