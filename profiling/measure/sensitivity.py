"""What this machine can tell apart: the spread of pairs of identical programs, and the smallest gain seen in it."""

import math
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from profiling.comparison import Decision
from profiling.measure import engine, stats
from profiling.measure.processes import Processes
from profiling.measure.rules import log_ratios
from profiling.model import Command, Dimension, Interpreter, Tree

FEWEST_PAIRS = 6
"""With fewer pairs of identical programs no spread is told."""
FOUND_SHARE = 0.9
"""A gain counts as detectable when this share of measurements finds it."""

_NEVER = 1e-100
"""An error so small that no number of pairs decides: the probe runs until its time is over."""
_MOST_PROBE_PAIRS = 60
_SESSIONS = 100
_RESAMPLES = 400
_LEAST_GAIN, _LARGEST_GAIN = 0.001, 0.6
_STEPS = 7
"""Halvings of the range between them, on a logarithmic scale: to within 5% of the gain."""
_PAIR_OVERHEAD_S = 0.05

_WORK = """
import json

class Node:
    def __init__(self, key, parent):
        self.key, self.parent, self.children = key, parent, []

def run(rounds):
    total = 0
    for number in range(rounds):
        nodes = [Node(0, None)]
        for key in range(150):
            node = Node(key, nodes[key // 2])
            nodes[key // 2].children.append(node)
            nodes.append(node)
        names = {f"name-{number}-{node.key}".upper() for node in nodes}
        total += len(names) + len(json.loads(json.dumps({"number": number, "names": sorted(names)[:20]}))["names"])
    return total
"""
_MAIN = "from proj.work import run\nprint(run(700))\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The A/A figure of a machine.

    Attributes:
        values: ln(base / change) of pairs of identical programs, in CPU seconds.
        elapsed_s: wall seconds that they took, two runs before them included.
        body_s: CPU seconds of one side of a pair, median.
    """

    values: tuple[float, ...]
    elapsed_s: float
    body_s: float

    @property
    def stretch(self) -> float:
        """Return how many times longer a pair takes than its CPU time asks for, because others work too; at least 1."""
        return max(1.0, self.elapsed_s / (len(self.values) + 1) / (2 * self.body_s + _PAIR_OVERHEAD_S))

    @property
    def spread(self) -> stats.Estimate:
        """Return the spread of one pair (a share) with its 95% interval by resampling; the same for the same values."""
        rng = random.Random(len(self.values))  # noqa: S311 - resampling, no secret
        squares = _squares(self.values)
        drawn = sorted(math.sqrt(statistics.fmean(rng.choices(squares, k=len(squares)))) for _ in range(_RESAMPLES))
        return stats.Estimate(
            median=math.sqrt(statistics.fmean(squares)),
            low=drawn[round(0.025 * _RESAMPLES)],
            high=drawn[round(0.975 * _RESAMPLES) - 1],
            coverage=0.95,
            count=len(self.values),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectable:
    """The smallest gain that so many pairs find.

    Attributes:
        gain: share saved; infinite when no gain would do.
        low, high: the same, if the spread lay at the ends of its interval.
        pairs: they get.
    """

    gain: float
    low: float
    high: float
    pairs: int


def measure_noise(
    folder: Path, interpreter: Interpreter, *, seconds: float, processes: Processes, on_pair: Callable[[int], None]
) -> Noise:
    """Run a small program of our own against itself for a while.

    Args:
        folder: empty, existing, outside any repository; the caller removes it.
        interpreter: that runs it.
        seconds: wall time after which no further pair is started.
        on_pair: told the pairs so far, in this thread.

    Raises:
        MeasurementFailed: it can't be run or measured here.
        OSError: its files can't be written.
    """
    scratch = folder / "scratch"
    scratch.mkdir()
    plan = engine.Plan(
        target=Dimension.CPU_S, alpha=_NEVER, beta=_NEVER, max_pairs=_MOST_PROBE_PAIRS, time_budget_s=seconds
    )
    found = engine.measure(
        _tree(folder / "a"),
        _tree(folder / "b"),
        Command(argv=("python", "main.py"), timeout_s=60.0),
        interpreter,
        plan,
        processes=processes,
        scratch=scratch,
        rng=random.Random(),  # noqa: S311 - orders and hash seeds, no secrets
        on_pair=lambda progress: on_pair(progress.pairs),
    )
    return Noise(
        values=log_ratios(found.pairs, Dimension.CPU_S),
        elapsed_s=found.elapsed_s,
        body_s=statistics.median(pair.base.values[Dimension.CPU_S] for pair in found.pairs),
    )


def detectable(noise: Noise, *, workload_s: float, minutes: float, most_pairs: int) -> Detectable:
    """Return the smallest gain of a workload of this length that 90% of measurements of so many minutes find.

    The sequential test itself is simulated on the values seen, with sides swapped at random. Longer workloads are not
    taken to be quieter than the probe: what differs between processes stays, however long they run. Others are taken to
    go on working as they did meanwhile.

    Args:
        noise: of at least `FEWEST_PAIRS` pairs.
        workload_s: CPU seconds of one run of it, on one core with the other side.
        minutes: of measuring.
        most_pairs: that a measurement may take.
    """
    pair_s = noise.stretch * (2 * workload_s + _PAIR_OVERHEAD_S)
    pairs = min(most_pairs, math.floor(60 * minutes / pair_s))
    spread = noise.spread
    ends = [factor / spread.median if spread.median else 1.0 for factor in (spread.median, spread.low, spread.high)]
    gains = [smallest_gain([end * x for x in noise.values], pairs) for end in ends]
    return Detectable(gain=gains[0], low=min(gains), high=max(gains), pairs=pairs)


def smallest_gain(values: Sequence[float], pairs: int) -> float:
    """Return the smallest gain that at least 90% of measurements of at most so many pairs find; infinite: none."""
    low, high = math.log(_LEAST_GAIN), math.log(_LARGEST_GAIN)
    if power(values, math.exp(high), pairs) < FOUND_SHARE:
        return math.inf
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if power(values, math.exp(middle), pairs) >= FOUND_SHARE:
            high = middle
        else:
            low = middle
    return math.exp(high)


def power(values: Sequence[float], gain: float, pairs: int) -> float:
    """Return the share of simulated measurements that find a gain when they seek just that.

    Args:
        values: noise of pairs, drawn from with either sign.
        gain: share saved.
        pairs: at most.
    """
    rng = random.Random(pairs)  # noqa: S311 - a simulation, no secret
    found = sum(_finds(values, gain, pairs, rng) for _ in range(_SESSIONS))
    return found / _SESSIONS


def _finds(values: Sequence[float], gain: float, pairs: int, rng: random.Random) -> bool:
    evidence = stats.Evidence(test=stats.Test(design_effect=gain))
    decision = Decision.UNDECIDED
    for _ in range(pairs):
        evidence = stats.advance(evidence, rng.choice(values) * rng.choice((-1, 1)) - math.log1p(-gain))
        decision = stats.decide(evidence)
        if decision is not Decision.UNDECIDED:
            break
    return decision is Decision.IMPROVED


def _squares(values: Sequence[float]) -> list[float]:
    """Return the squared distances from 0, where identical programs lie; wild ones count as four usual ones."""
    usual = 1.4826 * statistics.median(abs(x) for x in values)
    bound = 4 * usual if usual else math.inf
    return [min(abs(x), bound) ** 2 for x in values]


def _tree(root: Path) -> Tree:
    package = root / "proj"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "work.py").write_text(_WORK, encoding="utf-8")
    (root / "main.py").write_text(_MAIN, encoding="utf-8")
    return Tree(root=root, import_roots=(".",), packages=("proj",), source_paths=("proj",))
