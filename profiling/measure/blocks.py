"""One pair of workers: started together, asked for blocks in turns and random order, and summed up."""

import math
import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from profiling.comparison import Pair, RunSample
from profiling.measure.call_pair import CallPair, Part
from profiling.measure.call_plan import Block, Mixture, cold_blocks
from profiling.measure.design import Layout
from profiling.measure.failures import Side
from profiling.measure.processes import Processes
from profiling.measure.worker import Quitted, Worker, Workplace
from profiling.measure.worker_replies import BlockTimes, Ready
from profiling.model import Dimension

COLD_S = 0.15
"""Wall seconds of first calls with distinct inputs, at most, on each side of a pair."""

_WARM_UPS = 2
_FLOOR_S = 1e-9
_BLOCK_TIMEOUT_S = 120.0
_SIDES = (Side.BASE, Side.CHANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One block and what it took on both sides: in a quad twice on each, else once."""

    part: Part
    block: Block
    times: Mapping[Side, tuple[BlockTimes, ...]]


_Ask = Callable[[Mapping[Side, Worker], Part, Block, random.Random], Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What every pair of one measurement is asked for.

    Attributes:
        measured: what the decision rests on; held_back: the other half of the inputs, or None.
        metric: the dimension (CPU or wall time) that is compared.
    """

    measured: Mixture
    held_back: Mixture | None
    metric: Dimension


def run_pair(
    places: Mapping[Side, Workplace],
    programme: Programme,
    layout: Layout,
    *,
    processes: Processes,
    rng: random.Random,
) -> CallPair:
    """Run one pair of fresh workers; spawn, ready, warm-up, quad and quit order are random.

    Raises:
        MeasurementFailed: a worker failed, lied, or ran other code than its tree's.
        Stopped: the session is being stopped.
    """
    with ExitStack() as stack:
        workers = {side: stack.enter_context(places[side].worker(processes, layout)) for side in _SIDES}
        for side in _SIDES if layout.base_first else _SIDES[::-1]:
            workers[side].start()
        ready = {side: workers[side].ready() for side in _order(rng)}
        for side in _order(rng):
            workers[side].collect()
        shares_core = layout.core is not None and programme.metric is Dimension.CPU_S
        ask = _asked_together if shares_core else _quad
        turns = tuple(_turns(workers, programme, ask, rng))
        ended = {side: workers[side].quit() for side in _order(rng)}
    return _summed(turns, programme, layout, ready, ended)


def _turns(workers: Mapping[Side, Worker], programme: Programme, ask_slow: _Ask, rng: random.Random) -> Iterator[Turn]:
    """Ask for every block of a pair, and yield what counts."""
    mixtures = [each for each in (programme.measured, programme.held_back) if each is not None]
    cold = cold_blocks([each for mixture in mixtures for each in mixture.inputs], COLD_S, rng)
    for number, block in enumerate(cold):
        part = Part.COLD if number else Part.FIRST
        yield Turn(part=part, block=block, times={side: (_asked(workers, side, block),) for side in _order(rng)})
    for mixture, part in zip(mixtures, (Part.MEASURED, Part.HELD_BACK), strict=False):
        blocks = mixture.blocks(rng)
        for block in blocks[: 1 if blocks[0].is_slow else _WARM_UPS]:
            for side in _order(rng):
                _asked(workers, side, block)
        for block in blocks:
            yield (ask_slow if block.is_slow else _quad)(workers, part, block, rng)


def _quad(workers: Mapping[Side, Worker], part: Part, block: Block, rng: random.Random) -> Turn:
    """Ask for a block four times, as ABBA or BAAB: what drifts linearly in between cancels out."""
    outer, inner = _order(rng)
    times: dict[Side, list[BlockTimes]] = {Side.BASE: [], Side.CHANGE: []}
    for side in (outer, inner, inner, outer):
        times[side].append(_asked(workers, side, block))
    return Turn(part=part, block=block, times={side: tuple(found) for side, found in times.items()})


def _asked_together(workers: Mapping[Side, Worker], part: Part, block: Block, rng: random.Random) -> Turn:
    """Ask both sides, which share a core, for a block of twice the length at once: the system alternates them."""
    order = _order(rng)
    for side in order:
        workers[side].begin_block(block.calls, 2 * block.times, _BLOCK_TIMEOUT_S)
    times = {side: (workers[side].end_block(_BLOCK_TIMEOUT_S),) for side in order}
    return Turn(part=part, block=replace(block, times=2 * block.times), times=times)


def _asked(workers: Mapping[Side, Worker], side: Side, block: Block) -> BlockTimes:
    return workers[side].block(block.calls, block.times, _BLOCK_TIMEOUT_S)


def _order(rng: random.Random) -> tuple[Side, Side]:
    return (Side.BASE, Side.CHANGE) if rng.random() < 0.5 else (Side.CHANGE, Side.BASE)


@dataclass(slots=True)
class _Metric:
    """Seconds of turns in one dimension; wall times whose delay is not known are left out where others are there."""

    dimension: Dimension
    turns: Sequence[Turn]
    steady: bool = field(init=False)

    def __post_init__(self) -> None:
        known = [turn for turn in self.turns if _delay_is_known(turn)]
        self.steady = self.dimension is not Dimension.WALL_S or 2 * len(known) < len(self.turns)
        self.turns = self.turns if self.steady else known

    def means(self, side: Side) -> list[float]:
        """Return the mean log seconds of each turn."""
        return [statistics.fmean(math.log(self._seconds(each)) for each in turn.times[side]) for turn in self.turns]

    def total(self, side: Side) -> float:
        """Return the seconds of all turns, each once."""
        return sum(math.exp(mean) for mean in self.means(side))

    def x(self, *, whole: bool) -> float:
        """Return ln(base / change): the median where all blocks are the same mix, else the mean.

        The median is the less noisy one, but would pass over a gain that only some of the calls have. Blocks that
        were drawn by their cost have equal parts in the mean.
        """
        differences = [b - c for b, c in zip(self.means(Side.BASE), self.means(Side.CHANGE), strict=True)]
        return statistics.median(differences) if whole else statistics.fmean(differences)

    def _seconds(self, times: BlockTimes) -> float:
        return max(_FLOOR_S, times.all_cpu_s if self.dimension is Dimension.CPU_S else times.spent_s)


def _delay_is_known(turn: Turn) -> bool:
    return all(each.delay_s is not None for found in turn.times.values() for each in found)


def _summed(
    turns: Sequence[Turn],
    programme: Programme,
    layout: Layout,
    ready: Mapping[Side, Ready],
    ended: Mapping[Side, Quitted],
) -> CallPair:
    measured = [turn for turn in turns if turn.part is Part.MEASURED]
    samples = _samples(measured, programme.measured, ready, ended)
    x, seconds = _by_part(turns, programme)
    in_blocks = {
        side: sum(each.all_cpu_s for turn in turns for each in turn.times[side]) for side in (Side.BASE, Side.CHANGE)
    }
    in_all = {side: max(0.0, ended[side].finished.usage.cpu_s - ready[side].start_s) for side in in_blocks}
    return CallPair(
        pair=Pair(
            index=layout.index,
            seed=layout.seed,
            core=layout.core,
            base_first=layout.base_first,
            base=samples[Side.BASE],
            change=samples[Side.CHANGE],
        ),
        x=x,
        seconds=seconds,
        calls=sum(turn.block.count for turn in measured),
        saved_in_blocks_s=in_blocks[Side.BASE] - in_blocks[Side.CHANGE],
        saved_in_all_s=in_all[Side.BASE] - in_all[Side.CHANGE],
        all_s=in_all[Side.BASE],
        hidden_more_s=(ended[Side.CHANGE].hidden_s or 0.0) - (ended[Side.BASE].hidden_s or 0.0),
        raised={side: sum(each.raised for turn in turns for each in turn.times[side]) for side in in_blocks},
    )


def _by_part(turns: Sequence[Turn], programme: Programme) -> tuple[dict[Part, float], dict[Part, Mapping[Side, float]]]:
    x: dict[Part, float] = {}
    seconds: dict[Part, Mapping[Side, float]] = {}
    for part in Part:
        metric = _Metric(programme.metric, [turn for turn in turns if turn.part is part])
        if not metric.turns:
            continue
        seconds[part] = {side: metric.total(side) for side in _SIDES}
        if part in {Part.FIRST, Part.COLD}:  # each block holds other calls: what counts is their sum
            x[part] = math.log(seconds[part][Side.BASE] / seconds[part][Side.CHANGE])
        else:
            mixture = programme.measured if part is Part.MEASURED else programme.held_back
            x[part] = metric.x(whole=mixture is not None and mixture.is_whole)
    return x, seconds


def _samples(
    measured: Sequence[Turn], mixture: Mixture, ready: Mapping[Side, Ready], ended: Mapping[Side, Quitted]
) -> dict[Side, RunSample]:
    """Return what is recorded of each side; the seconds are set so that their ratio is the pair's."""
    values: dict[Side, dict[Dimension, float]] = {side: {} for side in _SIDES}
    for dimension in (Dimension.CPU_S, Dimension.WALL_S):
        metric = _Metric(dimension, measured)
        half = metric.x(whole=mixture.is_whole) / 2
        centre = math.sqrt(metric.total(Side.BASE) * metric.total(Side.CHANGE))
        values[Side.BASE][dimension] = centre * math.exp(half)
        values[Side.CHANGE][dimension] = centre * math.exp(-half)
    return {
        side: RunSample(
            values=values[side]
            | {
                Dimension.PEAK_MIB: ended[side].finished.usage.max_rss_mib,
                Dimension.GC_COLLECTIONS: sum(each.collections for turn in measured for each in turn.times[side]),
                Dimension.GC_S: sum(each.gc_s for turn in measured for each in turn.times[side]),
                Dimension.IMPORT_S: ready[side].import_s,
            },
            exit_code=ended[side].finished.usage.exit_code,
            output_sha256=ended[side].finished.stdout_sha256,
            origins=ended[side].origins,
        )
        for side in _SIDES
    }
