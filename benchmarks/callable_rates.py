"""Measure how often callable mode is right: calls of identical functions, and of functions with less work.

    python -m benchmarks.callable_rates [--runs 8] [--gains 0 0.05] [--sizes 1us 100us 1ms 50ms]

A gain of 0 counts false keeps, any other the power. Every run is a whole measurement with fresh draws.
"""

import argparse
import math
import os
import pickle
import random
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.turn import tell
from orchestrator.workspace.turns import timed_processes
from profiling.behaviour.recording import KeptCall, RecordedFunction, Recording, write
from profiling.comparison import Decision
from profiling.measure.callables import CallEvidence, Subject, measure_calls
from profiling.measure.engine import Plan
from profiling.model import Dimension, FunctionKey, Interpreter, Tree

ROUNDS = {"1us": 30, "100us": 2_500, "1ms": 25_000, "50ms": 1_250_000}
INPUTS = {"1us": 60, "100us": 60, "1ms": 60, "50ms": 8}
WORK = """
def run(rounds):
    total = 0
    for number in range(rounds * {percent} // 100):
        total += number * number % 7
    return total
"""
KEY = FunctionKey(file="proj/work.py", first_line=2, qualname="run")


def make_tree(root: Path, percent: int) -> Tree:
    """Write a project whose function does this share of the work."""
    (root / "proj").mkdir(parents=True)
    (root / "proj" / "__init__.py").write_text("", encoding="utf-8")
    (root / "proj" / "work.py").write_text(WORK.format(percent=percent), encoding="utf-8")
    return Tree(root=root, import_roots=(".",), packages=("proj",), source_paths=("proj",))


def make_recording(folder: Path, size: str) -> Recording:
    """Write calls with numbers of rounds within a tenth of the size's."""
    folder.mkdir()
    count = INPUTS[size]
    calls = [
        KeptCall(
            function=0,
            module="proj.work",
            main=None,
            command=0,
            process=0,
            sequence=number,
            weight=1.0,
            data=pickle.dumps(((round(ROUNDS[size] * (0.9 + 0.2 * number / count)),), {})),
        )
        for number in range(count)
    ]
    write(folder, [KEY], calls, [])
    return Recording(folder=folder, functions=(RecordedFunction(key=KEY, seen=count, kept=count),))


def run_once(size: str, gain: float) -> CallEvidence:
    """Measure calls of one size against the same with less work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scratch").mkdir()
        version = (sys.version_info.major, sys.version_info.minor, sys.version_info.micro)
        return measure_calls(
            make_tree(folder / "a", 100),
            make_tree(folder / "b", round(100 * (1 - gain))),
            Subject(recording=make_recording(folder / "recording", size), function=KEY),
            Interpreter(executable=sys.executable, version=version),
            Plan(target=Dimension.CPU_S),
            processes=timed_processes(tell),
            scratch=folder / "scratch",
            rng=random.Random(),
            on_pair=lambda _: None,
        )


def report(size: str, gain: float, found: list[CallEvidence]) -> str:
    """Return one row: decisions, keeps that hold, and what they took."""
    decisions = [one.measurement.decision for one in found]
    pairs = [len(one.measurement.pairs) for one in found]
    seconds = [one.measurement.elapsed_s for one in found]
    logs = [
        math.log(pair.base.values[Dimension.CPU_S] / pair.change.values[Dimension.CPU_S])
        for one in found
        for pair in one.measurement.pairs
    ]
    doubts = [one.doubt for one in found if one.measurement.decision is Decision.IMPROVED and one.doubt]
    row = (
        f"{size:6} {gain:5.0%}  {len(found):4}  {decisions.count(Decision.IMPROVED):8}  "
        f"{sum(one.holds for one in found):5}  {decisions.count(Decision.NOT_IMPROVED):12}  "
        f"{decisions.count(Decision.UNDECIDED):9}  {statistics.median(pairs):5.0f}/{max(pairs):<3}  "
        f"{statistics.median(seconds):6.1f}/{max(seconds):<6.1f}  "
        f"{-math.expm1(-statistics.median(logs)):8.2%}  {statistics.stdev(logs):6.2%}"
    )
    return "\n".join([row, *(f"       doubted: {doubt}" for doubt in doubts)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=8, help="measurements of each size and gain")
    parser.add_argument("--gains", type=float, nargs="+", default=[0.0, 0.05])
    parser.add_argument("--sizes", nargs="+", choices=list(ROUNDS), default=list(ROUNDS))
    chosen = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print("size    gain  runs  improved  holds  not improved  undecided  pairs/max  wall s/max    median x    SD of x")
    for gain in chosen.gains:
        for size in chosen.sizes:
            print(report(size, gain, [run_once(size, gain) for _ in range(chosen.runs)]), flush=True)
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
