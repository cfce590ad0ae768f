"""Find out, in processes that are thrown away, which recorded calls can be timed, their costs, and how to mix them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from profiling.measure.blocks import Programme
from profiling.measure.call_failures import CallsDiffer, CallsUnusable, Implausible
from profiling.measure.call_plan import (
    BLOCK_S,
    Input,
    Mixture,
    SeenCall,
    halves,
    inputs_of,
    mixture,
    repeated_share,
)
from profiling.measure.design import Layout
from profiling.measure.failures import Side
from profiling.measure.metric import Calibration as Clocked
from profiling.measure.processes import Processes
from profiling.measure.worker import DescribedCall, TimedCall, TimedCalls, Worker, Workplace
from profiling.measure.worker_replies import Ready
from profiling.model import Dimension

_FIRST_PASS_S = 1.0
_SECOND_PASS_S = 0.5
_CHANGE_PASS_S = 1.5
_QUADS = 12
_QUADS_UNPINNED = 24
"""On two cores only more alternations help."""
_TRIALS = 3
_LONGEST_BLOCK_S, _SHORTEST_BLOCK_S = 0.005, 0.002
_LONGEST_CALL_S = 5.0
_TRIAL_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What is known before the first pair.

    Attributes:
        programme: of every pair.
        metric: the clock that decides: the target, or wall time where the calls mostly wait.
        inputs: distinct ones that take part.
        repeated_share: of the recorded runs' calls.
        notes: for people.
    """

    programme: Programme
    metric: Dimension
    inputs: int
    repeated_share: float
    notes: tuple[str, ...]


def calibrate(
    places: Mapping[Side, Workplace],
    target: Dimension,
    layout: Layout,
    *,
    processes: Processes,
    rng: random.Random,
) -> Calibration:
    """Run one worker of each side, the base's first, and plan the pairs.

    Raises:
        CallsUnusable: the function or its calls can't be timed on one side; the message says why.
        CallsDiffer: other calls raise on the change than on the base.
        Implausible: a worker's answers can't be.
        MeasurementFailed: a worker failed.
        Stopped: the session is being stopped.
    """
    with places[Side.BASE].worker(processes, layout) as worker:
        worker.start()
        ready = worker.ready()
        described = worker.describe()
        usable = _usable(described, places[Side.BASE])
        inputs = list(inputs_of(usable))
        rng.shuffle(inputs)
        worker.collect()
        timed = worker.each([each.index for each in inputs], _FIRST_PASS_S)
        _check_raising(timed, places[Side.BASE])
        again = worker.each([each.index for each in timed.calls], _SECOND_PASS_S)
        metric = _metric(target, (timed, again))
        costed = _costed(inputs, (*timed.calls, *again.calls), metric)
        _check_length(costed, places[Side.BASE])
        programme = _programme(worker, costed, metric, rng, pinned=layout.core is not None)
    there = _check_change(places[Side.CHANGE], layout, timed, processes)
    notes = (
        *_losses(described, usable),
        *_coverage(inputs, costed, timed),
        *(
            ["the calls mostly wait: wall time decides, and CPU time may rise by 10% at most"]
            if metric is not target
            else []
        ),
        *_mixing(programme),
        *_wrappers(ready, there),
    )
    return Calibration(
        programme=programme, metric=metric, inputs=len(costed), repeated_share=repeated_share(usable), notes=notes
    )


def _usable(described: Sequence[DescribedCall], place: Workplace) -> tuple[SeenCall, ...]:
    usable = tuple(
        SeenCall(index=call.index, weight=call.weight, process=(call.command, call.process), digest=call.digest)
        for call in described
        if call.problem is None and call.weight > 0
    )
    if not usable:
        reason = next((call.problem for call in described if call.problem is not None), "none counts")
        raise CallsUnusable(
            place.side, f"the arguments of all {len(described)} recorded calls of {place.name} can't be made: {reason}"
        )
    return usable


def _check_raising(timed: TimedCalls, place: Workplace) -> None:
    if all(call.raised for call in timed.calls):
        kinds = ", ".join(timed.kinds_raised)
        raise CallsUnusable(
            place.side,
            f"all {len(timed.calls)} recorded calls of {place.name} raise ({kinds}) when they are made alone: "
            "measure the workload",
        )


def _check_length(inputs: Sequence[Input], place: Workplace) -> None:
    if not inputs:
        raise Implausible(place.side, f"`{place.command.text}` is not to be believed: it timed other calls than asked")
    shortest_s = min(each.wall_s for each in inputs)
    if shortest_s > _LONGEST_CALL_S:
        raise CallsUnusable(
            place.side,
            f"a call of {place.name} takes {shortest_s:.0f}s, too long for turns with another: measure the workload",
        )


def _metric(target: Dimension, passes: Sequence[TimedCalls]) -> Dimension:
    """Return the clock that decides; a pass that had to wait for the disk does not count beside a busier one."""
    clocked = [
        Clocked(
            cpu_s=sum(call.cpu_s for call in each.calls),
            wall_s=sum(call.wall_s for call in each.calls),
            queueing_known=True,
        )
        for each in passes
        if each.calls
    ]
    return Dimension.WALL_S if clocked and all(each.waits for each in clocked) else target


def _costed(inputs: Sequence[Input], timed: Sequence[TimedCall], metric: Dimension) -> tuple[Input, ...]:
    """Return the inputs that were timed, with the costs of the last time."""
    last = {call.index: call for call in timed}
    found = []
    for each in inputs:
        call = last.get(each.index)
        if call is not None:
            cost_s = call.cpu_s if metric is Dimension.CPU_S else call.wall_s
            found.append(
                replace(
                    each, cost_s=max(each.cost_s, cost_s), wall_s=max(call.wall_s, call.cpu_s), setup_s=call.setup_s
                )
            )
    return tuple(found)


def _programme(
    worker: Worker, inputs: Sequence[Input], metric: Dimension, rng: random.Random, *, pinned: bool
) -> Programme:
    quads = _QUADS if pinned else _QUADS_UNPINNED
    measured, held_back = halves(inputs, rng)
    fewer = max(3, quads // 3)
    return Programme(
        measured=_fitted(worker, mixture(measured, quads), metric, rng),
        held_back=_fitted(worker, mixture(held_back, fewer), metric, rng) if held_back else None,
        metric=metric,
    )


def _fitted(worker: Worker, planned: Mixture, metric: Dimension, rng: random.Random) -> Mixture:
    """Return a mixture whose blocks have the length sought, by trying: calls one by one cost more than in a row."""
    if not planned.is_whole:
        return planned
    for _ in range(_TRIALS):
        block = planned.blocks(rng)[0]
        took = worker.block(block.calls, block.times, _TRIAL_TIMEOUT_S)
        seconds = took.all_cpu_s if metric is Dimension.CPU_S else took.spent_s
        fitted = planned.scaled(seconds)
        if _SHORTEST_BLOCK_S <= seconds <= _LONGEST_BLOCK_S or fitted.times == planned.times:
            break
        planned = fitted
    return planned


def _check_change(place: Workplace, layout: Layout, timed: TimedCalls, processes: Processes) -> Ready:
    """Make the same calls once on the change; its compiled files are there then, too."""
    with place.worker(processes, layout) as worker:
        worker.start()
        ready = worker.ready()
        there = worker.each([call.index for call in timed.calls], _CHANGE_PASS_S)
    raised = {call.index: call.raised for call in timed.calls}
    other = [call.index for call in there.calls if call.raised != raised.get(call.index)]
    if other:
        kinds = ", ".join((*there.kinds_raised, *timed.kinds_raised))
        raise CallsDiffer(
            place.side,
            f"{len(other)} of {len(there.calls)} recorded calls of {place.name} raise on one side only ({kinds})",
        )
    return ready


def _losses(described: Sequence[DescribedCall], usable: Sequence[SeenCall]) -> list[str]:
    lost = len(described) - len(usable)
    if not lost:
        return []
    reason = next((call.problem for call in described if call.problem is not None), "")
    return [f"the arguments of {lost} of {len(described)} recorded calls can't be made ({reason})"]


def _coverage(inputs: Sequence[Input], costed: Sequence[Input], timed: TimedCalls) -> list[str]:
    notes = []
    if len(costed) < len(inputs):
        notes.append(f"the calls are slow: {len(costed)} of {len(inputs)} distinct inputs, drawn at random, take part")
    raising = sum(call.raised for call in timed.calls)
    if raising:
        notes.append(f"{raising} of {len(timed.calls)} calls raise ({', '.join(timed.kinds_raised)}), on both sides")
    return notes


def _mixing(programme: Programme) -> list[str]:
    measured = programme.measured
    notes = []
    if not measured.is_whole and len(measured.inputs) > 1:
        notes.append("the calls do not fit into one block: each block holds one input, drawn by its cost")
    if programme.held_back is None:
        notes.append(f"{len(measured.inputs)} distinct inputs are too few to hold some back")
    if measured.is_whole and measured.block_s < BLOCK_S / 10:
        notes.append("making the arguments takes much longer than the calls: blocks are short, and noisier")
    return notes


def _wrappers(base: Ready, change: Ready) -> list[str]:
    names = [("base", base.wrapping), ("change", change.wrapping)]
    return [f"decorators left out on the {side}: {', '.join(each)}" for side, each in names if each]
