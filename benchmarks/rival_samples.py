"""Take the samples that other tools' rules decide on: base first and then the change, as these tools run them."""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.programs import KINDS, Cost, make_tree

PROCESSES = 20
VALUES = 3
"""pyperf's defaults; a value is shorter here than its 0.1 s."""
VALUE_S = 0.03
LOOPING_S = 1.0
"""Codeflash loops for up to 10 s."""
FEWEST_LOOPS = 5
ALTERNATIONS = 100
ALTERNATED_S = 0.004
FEWEST_COMMANDS = 10
COMMANDS_S = 3.0
"""hyperfine's defaults."""

_WORKER = """
import sys, time
source = sys.stdin.readline()
namespace = {}
exec(eval(source), namespace)
run = namespace["run"]
for line in sys.stdin:
    units = int(line)
    wall, cpu = time.perf_counter(), time.process_time()
    run(units)
    print(time.process_time() - cpu, time.perf_counter() - wall, flush=True)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Seconds of one timed body."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What the rules are given.

    Attributes:
        processes: per side, per process, its values; the first of each process (warm-up) is left out.
        loops: per side, the values of one process that repeats its body.
        alternated: base and change by turns, both processes alive.
        took: what each of the three took, by its name.
    """

    processes: dict[str, list[list[Value]]]
    loops: dict[str, list[Value]]
    alternated: list[tuple[Value, Value]]
    took: dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Whole runs of a program, all of the base's first.

    Attributes:
        runs: per side, its runs.
        took: what all of them took.
    """

    runs: dict[str, list[Value]]
    took: Value


class Worker:
    """A fresh process that runs units of one kind of work when told to."""

    def __init__(self, kind: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._say(repr(KINDS[kind]))

    def time(self, units: int) -> Value:
        """Run so many units and return what they took."""
        self._say(str(units))
        assert self._process.stdout is not None
        cpu_s, wall_s = map(float, self._process.stdout.readline().split())
        return Value(cpu_s=cpu_s, wall_s=wall_s)

    def end(self) -> None:
        """Let it end and wait for it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


@contextlib.contextmanager
def worker(kind: str) -> Iterator[Worker]:
    """Have a worker for a while."""
    one = Worker(kind)
    try:
        yield one
    finally:
        one.end()


def take(kind: str, cost: Cost, gain: float) -> Samples:
    """Take all samples of one trial; a gain is that share of units fewer in every body (workers time nothing else)."""
    shares = {"base": 1.0, "change": 1 - gain}
    clock = _Clock()
    processes = {side: _processes(kind, cost, share) for side, share in shares.items()}
    took = {"processes": clock.lap()}
    loops = {side: _loops(kind, cost, share) for side, share in shares.items()}
    took["loops"] = clock.lap()
    alternated = _alternated(kind, cost, 1 - gain)
    took["alternated"] = clock.lap()
    return Samples(processes=processes, loops=loops, alternated=alternated, took=took)


def take_commands(kind: str, units: int, fewer: int) -> Commands:
    """Run whole programs of `units` and of `fewer`, each as often as fills its time."""
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / one for one in random.sample(("a", "b"), 2)]
        clock = _Clock()
        trees = (
            make_tree(folders[0], kind, units),
            make_tree(folders[1], kind, fewer, renamed=True),
        )
        runs = {side: _commands(tree.root) for side, tree in zip(("base", "change"), trees, strict=True)}
        return Commands(runs=runs, took=clock.lap())


def _commands(folder: Path) -> list[Value]:
    found = [_command(folder)]
    count = max(FEWEST_COMMANDS, int(COMMANDS_S / found[0].wall_s))
    return found + [_command(folder) for _ in range(count - 1)]


def _command(folder: Path) -> Value:
    clock = _Clock()
    subprocess.run([sys.executable, "main.py"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return clock.lap()


class _Clock:
    """Counts the wall seconds that pass and the CPU seconds of processes that ended."""

    def __init__(self) -> None:
        self._last = self._now()

    def lap(self) -> Value:
        """Return what was taken since the last lap."""
        now, last = self._now(), self._last
        self._last = now
        return Value(cpu_s=now.cpu_s - last.cpu_s, wall_s=now.wall_s - last.wall_s)

    @staticmethod
    def _now() -> Value:
        times = os.times()
        return Value(cpu_s=times.children_user + times.children_system, wall_s=time.monotonic())


def _fewer(cost: Cost, body_s: float, share: float) -> int:
    # A multiple of 20, so that 5% and 10% of it are whole units.
    return round(20 * max(1, round(cost.units(body_s) / 20)) * share)


def _processes(kind: str, cost: Cost, share: float) -> list[list[Value]]:
    units = _fewer(cost, VALUE_S, share)
    found = []
    for _ in range(PROCESSES):
        with worker(kind) as one:
            one.time(units)
            found.append([one.time(units) for _ in range(VALUES)])
    return found


def _loops(kind: str, cost: Cost, share: float) -> list[Value]:
    units = _fewer(cost, VALUE_S, share)
    found: list[Value] = []
    with worker(kind) as one:
        ends = time.monotonic() + LOOPING_S
        while time.monotonic() < ends or len(found) < FEWEST_LOOPS:
            found.append(one.time(units))
    return found


def _alternated(kind: str, cost: Cost, share: float) -> list[tuple[Value, Value]]:
    with worker(kind) as base, worker(kind) as change:
        units = _fewer(cost, ALTERNATED_S, 1.0), _fewer(cost, ALTERNATED_S, share)
        base.time(units[0]), change.time(units[1])
        return [(base.time(units[0]), change.time(units[1])) for _ in range(ALTERNATIONS)]
