"""Measure how often the engine is right: real runs of identical programs and of programs with less work.

    python benchmarks/engine_rates.py [--runs 3] [--gains 0 0.05 0.10] [--kinds text objects json]

A gain of 0 counts false keeps, any other the power. Every run is a whole measurement with fresh draws.
"""

import argparse
import math
import os
import random
import statistics
import tempfile
from pathlib import Path

from record_noise import ROUNDS, WORKLOADS, make_tree, this_interpreter

from profiling.comparison import Decision, Measurement
from profiling.measure.engine import Plan, measure
from profiling.measure.processes import Processes
from profiling.model import Command, Dimension


def run_once(kind: str, gain: float) -> Measurement:
    """Measure one kind of work against itself with less of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scratch = folder / "scratch"
        scratch.mkdir()
        base = make_tree(folder / "a", WORKLOADS[kind], ROUNDS[kind])
        change = make_tree(folder / "b", WORKLOADS[kind], round(ROUNDS[kind] * (1 - gain)))
        return measure(
            base,
            change,
            Command(argv=("python", "main.py")),
            this_interpreter(),
            Plan(target=Dimension.CPU_S),
            processes=Processes(),
            scratch=scratch,
            rng=random.Random(),
            on_pair=lambda _: None,
        )


def report(kind: str, gain: float, found: list[Measurement]) -> str:
    """Return one row: decisions with the 95% interval of the kept share, and what they took."""
    kept = sum(one.decision is Decision.IMPROVED for one in found)
    discarded = sum(one.decision is Decision.NOT_IMPROVED for one in found)
    pairs = [len(one.pairs) for one in found]
    seconds = [one.elapsed_s for one in found]
    logs = [
        math.log(pair.base.values[Dimension.CPU_S] / pair.change.values[Dimension.CPU_S])
        for one in found
        for pair in one.pairs
    ]
    low, high = wilson(kept, len(found))
    return (
        f"{kind:8} {gain:5.0%}  {len(found):4}  {kept:4} [{low:4.0%}, {high:4.0%}]  {discarded:7}  "
        f"{len(found) - kept - discarded:9}  {statistics.median(pairs):5.0f}/{max(pairs):<3}  "
        f"{statistics.median(seconds):6.1f}/{max(seconds):<6.1f}  "
        f"{-math.expm1(-statistics.median(logs)):6.2%}  {statistics.stdev(logs):6.2%}"
    )


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson 1927)."""
    z = 1.96
    centre = (hits + z * z / 2) / (count + z * z)
    half = z / (count + z * z) * math.sqrt(hits * (count - hits) / count + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="measurements of each kind and gain")
    parser.add_argument("--gains", type=float, nargs="+", default=[0.0, 0.05, 0.10])
    parser.add_argument("--kinds", nargs="+", choices=sorted(WORKLOADS), default=sorted(WORKLOADS))
    chosen = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, kinds: {', '.join(chosen.kinds)}")
    print("kind      gain  runs  kept [95% interval]  discard  undecided  pairs/max  wall s/max    median x    SD of x")
    for gain in chosen.gains:
        for kind in chosen.kinds:
            print(report(kind, gain, [run_once(kind, gain) for _ in range(chosen.runs)]), flush=True)


if __name__ == "__main__":
    main()
