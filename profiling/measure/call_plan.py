"""Which recorded calls a block consists of: their real mix where it fits, else one call at a time by its cost. Pure."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

BLOCK_S = 0.003
"""Sought length of a block: an order below the dwell of slow states is what makes two sides alike."""

SLOW_CALL_S = 0.02
"""Calls of this length are longer than the system's own time slices: those alternate more finely than we could."""

_PAIR_S = 1.0
_BLOCK_WALL_S = 0.25
_BLOCK_SETUP_S = 0.05
_FEWEST_QUADS = 3
_LONGEST_PAIR_S = 4.0
"""Beyond it one quad has to do: calls of a third of a second and more are hardly disturbed by one another."""
_MOST_ENTRIES = 400
_MIX_ERROR = 0.15
_FEWEST_TO_HOLD_BACK = 8
_LEAST_COST_S = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCall:
    """A recorded call: how many calls of the run it stands for, which process made it, and what tells its arguments."""

    index: int
    weight: float
    process: tuple[int, int]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Calls with equal arguments.

    Attributes:
        index: of one of them in the recording.
        weight: calls of the run that they stand for.
        cost_s: seconds of one call, in the dimension that decides; wall_s: wall seconds of it.
        setup_s: CPU seconds of making its arguments.
    """

    index: int
    weight: float
    cost_s: float = _LEAST_COST_S
    wall_s: float = _LEAST_COST_S
    setup_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Calls to make under one clock.

    Attributes:
        calls: in this order; times: and so many times over.
        is_slow: one call takes longer than a time slice.
    """

    calls: tuple[int, ...]
    times: int
    is_slow: bool = False

    @property
    def count(self) -> int:
        """Return the number of calls."""
        return len(self.calls) * self.times


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """What the blocks of a pair are drawn from.

    Attributes:
        inputs: with their costs, cheapest first.
        counts: how often each is in one pass of the whole mix; empty: every quad has one input, drawn by its cost.
        times: passes of the whole mix in a block.
        quads: of a pair.
    """

    inputs: tuple[Input, ...]
    counts: tuple[int, ...]
    times: int
    quads: int

    @property
    def is_whole(self) -> bool:
        """Say whether every block carries the whole mix."""
        return bool(self.counts)

    @property
    def block_s(self) -> float:
        """Return the length of a block of the whole mix, by the costs of its inputs."""
        return self.times * sum(count * each.cost_s for each, count in zip(self.inputs, self.counts, strict=True))

    def blocks(self, rng: random.Random) -> tuple[Block, ...]:
        """Draw the blocks of one pair, one for each quad."""
        if self.is_whole:
            return tuple(self._whole(rng) for _ in range(self.quads))
        drawn = [_repeated(each) for each in _by_cost(self.inputs, self.quads, rng)]
        rng.shuffle(drawn)
        return tuple(drawn)

    def scaled(self, block_s: float) -> "Mixture":
        """Return it with blocks of the length sought, when one takes so many seconds now."""
        times = max(1, round(self.times * BLOCK_S / max(block_s, _LEAST_COST_S)))
        return replace(self, times=min(times, _most_passes(self.inputs, self.counts)))

    def _whole(self, rng: random.Random) -> Block:
        calls = [each.index for each, count in zip(self.inputs, self.counts, strict=True) for _ in range(count)]
        rng.shuffle(calls)
        return Block(calls=tuple(calls), times=self.times)


def inputs_of(calls: Iterable[SeenCall]) -> tuple[Input, ...]:
    """Return the different inputs of calls, in the order first seen."""
    first: dict[str, int] = {}
    weights: Counter[str] = Counter()
    for call in calls:
        first.setdefault(call.digest, call.index)
        weights[call.digest] += call.weight  # type: ignore[assignment]  # a counter of floats
    return tuple(Input(index=index, weight=weights[digest]) for digest, index in first.items())


def repeated_share(calls: Sequence[SeenCall]) -> float:
    """Return the share (0 to 1) of a run's calls whose arguments equal those of an earlier call of the same process.

    Where every call was kept it is counted. Of a sample it is estimated by the probability that one more call repeats
    a kept one (Good 1953: 1 - singletons / n), which is too low for long runs.
    """
    if not calls:
        return 0.0
    seen = Counter((call.process, call.digest) for call in calls)
    if all(call.weight <= 1 for call in calls):
        return 1 - len(seen) / len(calls)
    return 1 - sum(count == 1 for count in seen.values()) / len(calls)


def halves(inputs: Sequence[Input], rng: random.Random) -> tuple[tuple[Input, ...], tuple[Input, ...]]:
    """Split inputs into those measured and those held back; of two neighbours by cost each half gets one.

    With too few to split, all are measured.
    """
    ordered = sorted(inputs, key=lambda each: each.cost_s)
    if len(ordered) < _FEWEST_TO_HOLD_BACK:
        return tuple(ordered), ()
    measured, held_back = [], []
    for start in range(0, len(ordered), 2):
        two = list(ordered[start : start + 2])
        rng.shuffle(two)
        measured.append(two[0])
        held_back += two[1:]
    return tuple(measured), tuple(held_back)


def mixture(inputs: Sequence[Input], most_quads: int) -> Mixture:
    """Plan the blocks for inputs.

    Args:
        inputs: at least one, with their costs.
        most_quads: of a pair; fewer where calls are slow.
    """
    ordered = tuple(sorted(inputs, key=lambda each: each.cost_s))
    counts = _counts(ordered)
    if counts:
        draft = Mixture(inputs=ordered, counts=counts, times=1, quads=most_quads)
        return draft.scaled(draft.block_s)
    costs = _cost_shares(ordered)
    mean_s = sum(share * max(BLOCK_S, each.wall_s) for each, share in zip(ordered, costs, strict=True))
    fewest = _FEWEST_QUADS if 4 * mean_s * _FEWEST_QUADS <= _LONGEST_PAIR_S else 1
    quads = max(fewest, min(most_quads, int(_PAIR_S / (4 * mean_s))))
    return Mixture(inputs=ordered, counts=(), times=1, quads=quads)


def cold_blocks(inputs: Sequence[Input], budget_s: float, rng: random.Random) -> tuple[Block, ...]:
    """Return blocks that make each input once, as many inputs as the budget (wall and setup seconds) allows.

    The inputs are in random order, those that cost the run more sooner; at least one is there. The first is alone: it
    is a process's first call. Where it costs more than all that would follow, nothing follows: what is left is not what
    the run is made of, and would be taken for it.
    """
    order = sorted(inputs, key=lambda each: _lot(each, rng))
    cost_s = {each.index: each.cost_s for each in inputs}
    blocks: list[Block] = []
    chunk: list[int] = []
    chunk_s, spent_s = 0.0, 0.0
    for each in order:
        spent_s += each.wall_s + each.setup_s
        if blocks and spent_s > budget_s:
            break
        chunk.append(each.index)
        chunk_s += each.cost_s
        if not blocks or chunk_s >= BLOCK_S:
            blocks.append(Block(calls=tuple(chunk), times=1))
            chunk, chunk_s = [], 0.0
    if chunk:
        blocks.append(Block(calls=tuple(chunk), times=1))
    later_s = sum(cost_s[index] for block in blocks[1:] for index in block.calls)
    return tuple(blocks) if later_s >= cost_s[blocks[0].calls[0]] else tuple(blocks[:1])


def _lot(one: Input, rng: random.Random) -> float:
    """Draw what an order without replacement by cost in the run is sorted by (Efraimidis and Spirakis 2006)."""
    return rng.expovariate(max(one.weight * one.cost_s, _LEAST_COST_S))


def _counts(inputs: Sequence[Input]) -> tuple[int, ...]:
    """Return how often each input is in one pass that has the real mix and fits in a block; empty when none does."""
    weight = sum(each.weight for each in inputs)
    mean_s = sum(each.weight * each.cost_s for each in inputs) / weight
    for entries in (len(inputs), 2 * len(inputs), 4 * len(inputs), _MOST_ENTRIES):
        if entries > _MOST_ENTRIES or entries * mean_s > 3 * BLOCK_S:
            break
        counts = _largest_remainder([each.weight for each in inputs], entries)
        wanted = [entries * each.weight / weight for each in inputs]
        error_s = sum(abs(count - want) * each.cost_s for each, count, want in zip(inputs, counts, wanted, strict=True))
        if error_s <= _MIX_ERROR * entries * mean_s and _fits(inputs, counts):
            return counts
    return ()


def _fits(inputs: Sequence[Input], counts: Sequence[int]) -> bool:
    wall_s = sum(count * each.wall_s for each, count in zip(inputs, counts, strict=True))
    setup_s = sum(count * each.setup_s for each, count in zip(inputs, counts, strict=True))
    return wall_s <= _BLOCK_WALL_S and setup_s <= _BLOCK_SETUP_S


def _most_passes(inputs: Sequence[Input], counts: Sequence[int]) -> int:
    wall_s = sum(count * each.wall_s for each, count in zip(inputs, counts, strict=True))
    setup_s = sum(count * each.setup_s for each, count in zip(inputs, counts, strict=True))
    return max(1, min(int(_BLOCK_WALL_S / max(wall_s, 1e-9)), int(_BLOCK_SETUP_S / max(setup_s, 1e-9))))


def _largest_remainder(weights: Sequence[float], seats: int) -> tuple[int, ...]:
    """Return whole numbers in proportion to weights that add up to `seats` (Hamilton's method)."""
    total = sum(weights)
    exact = [seats * weight / total for weight in weights]
    counts = [math.floor(each) for each in exact]
    order = sorted(range(len(exact)), key=lambda at: counts[at] - exact[at])
    for at in order[: seats - sum(counts)]:
        counts[at] += 1
    return tuple(counts)


def _cost_shares(inputs: Sequence[Input]) -> list[float]:
    costs = [max(each.weight * each.cost_s, 1e-12) for each in inputs]
    total = sum(costs)
    return [cost / total for cost in costs]


def _by_cost(inputs: Sequence[Input], count: int, rng: random.Random) -> list[Input]:
    """Draw inputs in proportion to what they cost in the run: a systematic sample (Madow 1949)."""
    shares = _cost_shares(inputs)
    start = rng.random()
    drawn: list[Input] = []
    reached, at = shares[0], 0
    for number in range(count):
        point = (number + start) / count
        while reached < point and at + 1 < len(inputs):
            at += 1
            reached += shares[at]
        drawn.append(inputs[at])
    return drawn


def _repeated(each: Input) -> Block:
    times = max(1, round(BLOCK_S / max(each.cost_s, _LEAST_COST_S)))
    return Block(
        calls=(each.index,),
        times=min(times, _most_passes((each,), (1,))),
        is_slow=each.cost_s >= SLOW_CALL_S,
    )
