"""Programs whose true difference in cost is known: the same units of work, fewer of them in the change.

    python -m benchmarks.programs

prints, for every kind of work, the bytecode instructions of 40 units and of 38: they must differ by 5% of the units'.
"""

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from profiling.measure.design import Layout
from profiling.measure.failures import Side
from profiling.measure.processes import Processes
from profiling.measure.runs import Contender
from profiling.model import Command, Dimension, Interpreter, Tree

KINDS = {
    "text": """
import re

def run(units):
    words = {}
    line = "the quick brown fox, jumps over the lazy dog; and runs away from 17 hounds"
    for _ in range(units):
        for number in range(40):
            for token in re.split(r"[ ,;]+", line):
                words[token] = words.get(token, 0) + len(token) + number % 3
    return sum(words.values())
""",
    "objects": """
class Node:
    def __init__(self, key, parent):
        self.key, self.parent, self.children = key, parent, []

def run(units):
    words = 0
    for _ in range(units):
        nodes = [Node(0, None)]
        for key in range(250):
            node = Node(key, nodes[key // 2])
            nodes[key // 2].children.append(node)
            nodes.append(node)
        words += sum(len(node.children) for node in nodes)
    return words
""",
    "json": """
import json

def run(units):
    words = 0
    for _ in range(units):
        for number in range(20):
            record = {"id": number, "name": "record", "values": [number, number / 7, None], "nested": {"flag": True}}
            words += len(json.loads(json.dumps(record))["values"])
    return words
""",
    "memory": """
def run(units):
    words = 0
    ring = [{} for _ in range(24)]
    for unit in range(units):
        table = {key * 7919 % 20011: [key, unit] for key in range(800)}
        ring[unit % 24] = table
        for key in range(0, 20011, 47):
            if key in table:
                words += table[key][0]
    return words
""",
    "sets": """
def run(units):
    words = 0
    for unit in range(units):
        left = {f"name-{number}" for number in range(300)}
        right = {f"name-{number}" for number in range(150, 450)}
        words += len(left & right) + len(left | right)
    return words
""",
}

_UNUSED = """
def unused_{number}(value):
    \"\"\"Not called.\"\"\"
    table = {{name: len(name) for name in ("alpha", "beta", "gamma")}}
    return [table.get(value, number) for number in range({number})]
"""
_MAIN = "from proj.work import run\nprint(run({units}))\n"
_CALIBRATING_UNITS = 1300
"""0.1 to 0.2 CPU seconds of every kind."""
_CALIBRATIONS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one kind of work takes on this machine.

    Attributes:
        unit_s: CPU seconds of one unit.
        fixed_s: CPU seconds of a run without units, as the engine counts them: imports and the interpreter's end.
    """

    unit_s: float
    fixed_s: float

    def units(self, body_s: float) -> int:
        """Return the units that fill so many CPU seconds beside the fixed part; at least one."""
        return max(1, round(body_s / self.unit_s))

    def fewer(self, units: int, gain: float) -> int:
        """Return the units of a change that takes this share less than `units` do, the fixed part included."""
        left = units - round(gain * (units + self.fixed_s / self.unit_s))
        if left < 0:
            raise ValueError(f"{units} units are too few to save {gain:.0%} of the whole: take a longer body")
        return left

    def true_gain(self, units: int, fewer: int) -> float:
        """Return the share of CPU time that `fewer` units save."""
        return (units - fewer) * self.unit_s / (self.fixed_s + units * self.unit_s)


def make_tree(root: Path, kind: str, units: int, *, renamed: bool = False, unused: int = 0) -> Tree:
    """Write a project whose script does so many units.

    Args:
        root: folder to make.
        kind: of work.
        units: of it.
        renamed: give one local variable another name.
        unused: functions that nothing calls, in front of the work: they move about what is loaded behind them.
    """
    source = KINDS[kind].replace("words", "total") if renamed else KINDS[kind]
    source = "".join(_UNUSED.format(number=number) for number in range(unused)) + source
    package = root / "proj"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "work.py").write_text(source, encoding="utf-8")
    (root / "main.py").write_text(_MAIN.format(units=units), encoding="utf-8")
    return Tree(root=root, import_roots=(".",), packages=("proj",), source_paths=("proj",))


def this_interpreter() -> Interpreter:
    """Return the interpreter that runs this."""
    version = (sys.version_info.major, sys.version_info.minor, sys.version_info.micro)
    return Interpreter(executable=sys.executable, version=version)


def command() -> Command:
    """Return the command that runs a tree made here."""
    return Command(argv=("python", "main.py"))


def calibrate(kind: str, processes: Processes) -> Cost:
    """Measure what a unit and the rest of a run take, by medians of runs with and without units, by turns."""
    with tempfile.TemporaryDirectory() as name:
        sides = {units: _side(kind, units, Path(name) / str(units)) for units in (0, _CALIBRATING_UNITS)}
        took: dict[int, list[float]] = {units: [] for units in sides}
        for index in range(_CALIBRATIONS + 1):
            for units, side in sides.items():
                layout = Layout(index=index, seed=index + 1, padding=64 * index, core=None, base_first=True)
                prepared = side.prepare(layout)
                run = side.complete(prepared, processes.run(prepared.launch))
                took[units].append(run.sample.values[Dimension.CPU_S])
    fixed_s, whole_s = (statistics.median(found[1:]) for found in took.values())  # the first one compiles
    return Cost(unit_s=(whole_s - fixed_s) / _CALIBRATING_UNITS, fixed_s=fixed_s)


def instructions(kind: str, units: int) -> int:
    """Count the bytecode instructions that so many units run, library code written in Python included."""
    namespace: dict[str, object] = {}
    exec(compile(KINDS[kind], kind, "exec"), namespace)
    counted = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal counted
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return trace

    work = namespace["run"]
    assert callable(work)
    work(units)  # compiled patterns and caches are there before counting
    sys.settrace(trace)  # type: ignore[arg-type]  # the stubs want a trace function's own type
    try:
        work(units)
    finally:
        sys.settrace(None)
    return counted


def _side(kind: str, units: int, folder: Path) -> Contender:
    tree = make_tree(folder / "tree", kind, units)
    scratch = folder / "scratch"
    scratch.mkdir()
    return Contender(side=Side.BASE, tree=tree, command=command(), interpreter=this_interpreter(), scratch=scratch)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print("kind      instructions of 40 units   of 38   difference per unit / a unit's own")
    for kind in KINDS:
        none, base, change = (instructions(kind, units) for units in (0, 40, 38))
        own = (base - none) / 40
        print(f"{kind:8}  {base:24}  {change:6}   {(base - change) / 2 / own:.4f}")


if __name__ == "__main__":
    main()
