"""Measure one function of two trees against each other, by what it was recorded to be called with."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from profiling.behaviour.recording import Recording
from profiling.comparison import Decision, Measurement
from profiling.measure import rules, stats, stopping
from profiling.measure.blocks import run_pair
from profiling.measure.bytecode import forget_bytecode
from profiling.measure.call_calibration import Calibration, calibrate
from profiling.measure.call_evidence import CallEvidence, gains_from_cache, part_comparison, work_was_moved
from profiling.measure.call_failures import CallsDiffer, CallsUnusable, Implausible
from profiling.measure.call_pair import CallPair, Part
from profiling.measure.design import draw, usable_cores
from profiling.measure.engine import Plan, Progress
from profiling.measure.failures import Side
from profiling.measure.processes import Processes
from profiling.measure.worker import Workplace
from profiling.model import Dimension, FunctionKey, Interpreter, Tree

__all__ = ["CallEvidence", "CallsDiffer", "CallsUnusable", "Implausible", "Subject", "measure_calls", "prescreen"]

PRESCREEN_PAIRS = 8
PRESCREEN_S = 10.0

_METRICS = frozenset({Dimension.CPU_S, Dimension.WALL_S})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The calls that are measured.

    Attributes:
        recording: made on the base.
        function: of the base; the change's is found by file and qualified name.
        commands: numbers of the recorded commands whose calls count (the workload's, not the tests'); None: all.
    """

    recording: Recording
    function: FunctionKey
    commands: frozenset[int] | None = None


def measure_calls(  # noqa: PLR0913 - two trees, what is called in them, and the effects
    base: Tree,
    change: Tree,
    subject: Subject,
    interpreter: Interpreter,
    plan: Plan,
    *,
    processes: Processes,
    scratch: Path,
    rng: random.Random,
    on_pair: Callable[[Progress], None],
) -> CallEvidence:
    """Measure recorded calls on two trees: ABBA blocks in pairs of fresh processes, until the test has decided.

    Args:
        base, change: with paths of equal length, since a path's length moves memory about.
        subject: whose calls.
        interpreter: the target's.
        plan: its target is CPU or wall time; calls that wait are compared in wall time less waiting for a core.
        processes: starts the workers.
        scratch: existing folder outside both trees; what is put there is removed again.
        rng: draws seeds, paddings, cores, orders, mixes and what is held back.
        on_pair: told after every pair, in this thread.

    Raises:
        CallsUnusable: there is nothing to measure by; the message says why.
        CallsDiffer: calls raise on one side only.
        Implausible: a worker's clocks disagree with ours.
        MeasurementFailed: a worker ended, hung, or ran other code than its tree's.
        Stopped: `processes` was stopped.
        ValueError: the trees' paths differ in length, or the target is no time of calls.
    """
    _check(base, change, plan)
    for tree in (base, change):
        forget_bytecode(tree)
    places = {
        side: Workplace(
            side=side,
            tree=tree,
            interpreter=interpreter,
            recording=subject.recording,
            function=_number(subject),
            name=subject.function.qualname,
            commands=subject.commands,
            scratch=scratch,
        )
        for side, tree in ((Side.BASE, base), (Side.CHANGE, change))
    }
    with processes.turn():
        session = _Session(subject.function, places, plan, processes, rng)
        calibration = session.calibrate()
        decision, why = session.run_pairs(calibration, on_pair)
        return session.evidence(calibration, decision, why)


def prescreen(  # noqa: PLR0913 - as `measure_calls`
    base: Tree,
    change: Tree,
    subject: Subject,
    interpreter: Interpreter,
    plan: Plan,
    *,
    processes: Processes,
    scratch: Path,
    rng: random.Random,
    on_pair: Callable[[Progress], None],
) -> CallEvidence:
    """Measure as `measure_calls` does, with few pairs and little time: only NOT_IMPROVED is a reason to stop there."""
    bounded = replace(
        plan,
        max_pairs=min(plan.max_pairs, PRESCREEN_PAIRS),
        time_budget_s=min(plan.time_budget_s, PRESCREEN_S),
    )
    return measure_calls(
        base,
        change,
        subject,
        interpreter,
        bounded,
        processes=processes,
        scratch=scratch,
        rng=rng,
        on_pair=on_pair,
    )


@dataclass(slots=True)
class _Session:
    """The state of one measurement while it runs."""

    function: FunctionKey
    places: Mapping[Side, Workplace]
    plan: Plan
    processes: Processes
    rng: random.Random
    found: list[CallPair] = field(default_factory=list)
    cores: tuple[int, ...] = field(default_factory=usable_cores)
    started: float = field(default_factory=time.monotonic)
    pair_s: float = 0.0

    def calibrate(self) -> Calibration:
        """Run each side once and plan the pairs."""
        layout = draw(self.rng, 0, self.cores)
        return calibrate(self.places, self.plan.target, layout, processes=self.processes, rng=self.rng)

    def run_pairs(self, calibration: Calibration, on_pair: Callable[[Progress], None]) -> tuple[Decision, str]:
        """Run pairs until the target dimension is decided or a bound is reached; say which and why."""
        plan = self.plan
        bounds = stopping.Bounds(most_pairs=plan.max_pairs, time_budget_s=plan.time_budget_s)
        decision, bound = Decision.UNDECIDED, ""
        while decision is Decision.UNDECIDED and not bound:
            began = time.monotonic()
            layout = draw(self.rng, len(self.found), self.cores)
            self.found.append(
                run_pair(self.places, calibration.programme, layout, processes=self.processes, rng=self.rng)
            )
            self.pair_s = max(self.pair_s, time.monotonic() - began)
            decision = stats.decide(self._evidence(calibration.metric))
            on_pair(self._progress(calibration.metric, decision))
            bound = bounds.reached(len(self.found), self._elapsed_s(), self.pair_s)
        evidence = self._evidence(calibration.metric)
        if decision is Decision.UNDECIDED:
            return decision, stopping.undecided(evidence, bound, self.pair_s)
        return decision, stopping.decided(evidence, decision)

    def evidence(self, calibration: Calibration, decision: Decision, why: str) -> CallEvidence:
        """Return what the pairs prove."""
        plan, metric = self.plan, calibration.metric
        pairs = tuple(each.pair for each in self.found)
        evidence = self._evidence(metric)
        comparisons = rules.comparisons(pairs, metric, plan.test)
        parts = {part: part_comparison(self.found, part, metric) for part in Part}
        cold = parts[Part.COLD] or parts[Part.FIRST]
        return CallEvidence(
            function=self.function,
            measurement=Measurement(
                target=plan.target,
                metric=None if metric is plan.target else metric,
                decision=decision,
                stopped_because=why,
                evidence_gain=evidence.gain,
                evidence_no_gain=evidence.no_gain,
                comparisons=comparisons,
                pairs=pairs,
                elapsed_s=self._elapsed_s(),
            ),
            least_gain=plan.test.least_gain,
            held_back=parts[Part.HELD_BACK],
            cold=parts[Part.COLD],
            first_call=parts[Part.FIRST],
            cache_gain=gains_from_cache(comparisons[metric], cold),
            repeated_share=calibration.repeated_share,
            moved=work_was_moved(self.found),
            calls=calibration.inputs,
            calls_per_pair=self.found[0].calls,
            notes=(*calibration.notes, *self._raising()),
        )

    def _raising(self) -> list[str]:
        differing = sum(each.raised[Side.BASE] != each.raised[Side.CHANGE] for each in self.found)
        return [f"in {differing} pairs not as many calls raised on both sides"] if differing else []

    def _evidence(self, metric: Dimension) -> stats.Evidence:
        return stats.gather(self.plan.test, rules.log_ratios([each.pair for each in self.found], metric))

    def _progress(self, metric: Dimension, decision: Decision) -> Progress:
        ratio = stats.estimate(rules.ratios_of([each.pair for each in self.found], metric))
        return Progress(
            target=metric,
            pairs=len(self.found),
            most_pairs=self.plan.max_pairs,
            ratio=ratio.median,
            low=ratio.low,
            high=ratio.high,
            decision=decision,
            elapsed_s=self._elapsed_s(),
        )

    def _elapsed_s(self) -> float:
        return time.monotonic() - self.started


def _number(subject: Subject) -> int:
    """Return the number of the function in the recording."""
    keys = [each.key for each in subject.recording.functions]
    if subject.function not in keys:
        name = f"{subject.function.qualname} ({subject.function.place})"
        raise CallsUnusable(Side.BASE, f"{name} is not among the {len(keys)} recorded functions: record it first")
    return keys.index(subject.function)


def _check(base: Tree, change: Tree, plan: Plan) -> None:
    if len(str(base.root)) != len(str(change.root)):
        raise ValueError(
            f"the trees' paths must be of equal length, or it alone makes a difference: {base.root} and {change.root}"
        )
    if plan.max_pairs < 1 or plan.time_budget_s <= 0:
        raise ValueError(f"a measurement needs pairs and time, not {plan.max_pairs} pairs in {plan.time_budget_s:g}s")
    if plan.target not in _METRICS:
        raise ValueError(f"calls show cpu_s or wall_s, not {plan.target.value}: measure the workload")
