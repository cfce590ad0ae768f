"""Print what a second worker, busy beside a measurement, does to it: intervals' widths, false keeps, true ones found.

    python -m benchmarks.worker_beside [--rounds 6]

A worker that waits for the measuring slot goes on with what takes no times: tests, replays, reading source. Here it is
a process that computes, allocates and writes files all the while. In every round each kind of pair is measured alone
and beside it, in random order: a program against itself (A/A), and against one with 5% fewer units of work (A/B).
"""

import argparse
import math
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from benchmarks.aa_runs import AB_BODY_MS, Cell, run_ours
from benchmarks.programs import KINDS, Cost, calibrate
from benchmarks.turn import turn
from profiling.comparison import Decision
from profiling.measure.engine import Plan
from profiling.measure.processes import Processes
from profiling.model import Dimension

GAIN = 0.05

BUSY = """
import os, tempfile
with tempfile.TemporaryDirectory() as folder:
    number = 0
    while True:
        number += 1
        words = {f"name-{each}": [each] * 7 for each in range(20_000)}
        total = sum(len(name) * len(values) for name, values in words.items())
        with open(os.path.join(folder, "words"), "w") as file:
            file.write("\\n".join(words))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One measurement.

    Attributes:
        beside: a busy worker ran beside it.
        gain: true share saved.
        kept: it said faster.
        width: of the interval, as a difference of logarithms.
        pairs: it took.
    """

    beside: bool
    gain: float
    kept: bool
    width: float
    pairs: int


@contextmanager
def busy_worker(*, runs: bool) -> Iterator[None]:
    """Keep a processor busy, or not."""
    if not runs:
        yield
        return
    worker = subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def seen(kind: str, cost: Cost, *, beside: bool, gain: float) -> Seen:
    """Measure one pair of programs."""
    cell = Cell(who="ours", kind=kind, body_ms=AB_BODY_MS, gain=gain)
    with turn(), busy_worker(runs=beside):
        told = run_ours(cell, cost, Plan(target=Dimension.CPU_S).beta, nullcontext)
    return Seen(
        beside=beside,
        gain=gain,
        kept=told["decision"] == Decision.IMPROVED.value,
        width=math.log(_number(told, "high") / _number(told, "low")),
        pairs=int(_number(told, "pairs")),
    )


def line(found: Sequence[Seen], *, beside: bool, gain: float) -> str:
    """Return what became of one kind of pair in one situation."""
    mine = [one for one in found if (one.beside, one.gain) == (beside, gain)]
    low, middle, high = statistics.quantiles([one.width for one in mine], n=4)
    pairs = statistics.median(one.pairs for one in mine)
    what = f"true {gain:.0%} kept" if gain else "false keeps"
    where = "beside a busy worker" if beside else "alone"
    return (
        f"{where:<21} {what}: {sum(one.kept for one in mine)} of {len(mine)}; "
        f"interval {middle:.3f} wide in ln [{low:.3f}, {high:.3f}], {pairs:g} pairs in the median"
    )


def main() -> None:
    """Measure round after round, and print the four lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6, help="of four measurements each")
    asked = parser.parse_args()
    costs = {kind: calibrate(kind, Processes()) for kind in KINDS}
    found: list[Seen] = []
    for number in range(asked.rounds):
        kind = list(KINDS)[number % len(KINDS)]
        for beside, gain in random.sample([(False, 0.0), (True, 0.0), (False, GAIN), (True, GAIN)], 4):
            found.append(seen(kind, costs[kind], beside=beside, gain=gain))
            print(f"{kind}: {found[-1]}", file=sys.stderr, flush=True)
    for gain in (0.0, GAIN):
        for beside in (False, True):
            print(line(found, beside=beside, gain=gain))


def _number(told: Mapping[str, object], name: str) -> float:
    value = told[name]
    assert isinstance(value, int | float), f"{name} is no number: {value!r}"
    return float(value)


if __name__ == "__main__":
    main()
