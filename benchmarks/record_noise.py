"""Record real pairs of identical programs: the noise that decisions are tested on (`tests/data/noise.json`).

    python benchmarks/record_noise.py [--pairs 40] [--output tests/data/noise.json]

The change is the base with one local variable renamed. Whatever else the machine does meanwhile belongs to the noise.
"""

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from profiling.comparison import RunSample
from profiling.measure.engine import Plan, measure
from profiling.measure.processes import Processes
from profiling.model import Command, Dimension, Interpreter, Tree

NEVER = 1e-100
"""An error so small that no number of pairs decides."""

WORKLOADS = {
    "text": """
import re

def run(rounds):
    words = {}
    line = "the quick brown fox, jumps over the lazy dog; and runs away from 17 hounds"
    for number in range(rounds):
        for token in re.split(r"[ ,;]+", line):
            words[token] = words.get(token, 0) + len(token) + number % 3
    return sum(words.values())
""",
    "objects": """
class Node:
    def __init__(self, key, parent):
        self.key, self.parent, self.children = key, parent, []

def run(rounds):
    words = 0
    for number in range(rounds // 500):
        nodes = [Node(number, None)]
        for key in range(500):
            node = Node(key, nodes[key // 2])
            nodes[key // 2].children.append(node)
            nodes.append(node)
        words += sum(len(node.children) for node in nodes)
    return words
""",
    "json": """
import json

def run(rounds):
    words = 0
    for number in range(rounds):
        record = {"id": number, "name": "record", "values": [number, number / 7, None], "nested": {"flag": True}}
        words += len(json.loads(json.dumps(record))["values"])
    return words
""",
}
ROUNDS = {"text": 70_000, "objects": 500_000, "json": 44_000}
"""For 0.2 to 0.25 CPU seconds each, so that starting and importing hardly dilute a gain."""
MAIN = "from proj.work import run\nprint(run({rounds}))\n"
RECORDED = (Dimension.CPU_S, Dimension.WALL_S, Dimension.PEAK_MIB, Dimension.GC_S, Dimension.GC_COLLECTIONS)


def make_tree(root: Path, source: str, rounds: int) -> Tree:
    """Write a project whose script does this work."""
    package = root / "proj"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "work.py").write_text(source, encoding="utf-8")
    (root / "main.py").write_text(MAIN.format(rounds=rounds), encoding="utf-8")
    return Tree(root=root, import_roots=(".",), packages=("proj",), source_paths=("proj",))


def this_interpreter() -> Interpreter:
    """Return the interpreter that runs this."""
    version = (sys.version_info.major, sys.version_info.minor, sys.version_info.micro)
    return Interpreter(executable=sys.executable, version=version)


def record(kind: str, pairs: int, folder: Path) -> list[dict[str, dict[str, float]]]:
    """Run pairs of one kind of work against itself."""
    source, rounds = WORKLOADS[kind], ROUNDS[kind]
    base = make_tree(folder / f"{kind}-a", source, rounds)
    change = make_tree(folder / f"{kind}-b", source.replace("words", "total"), rounds)
    scratch = folder / f"{kind}-scratch"
    scratch.mkdir()
    plan = Plan(target=Dimension.CPU_S, alpha=NEVER, beta=NEVER, max_pairs=pairs, time_budget_s=3600)
    found = measure(
        base,
        change,
        Command(argv=("python", "main.py")),
        this_interpreter(),
        plan,
        processes=Processes(),
        scratch=scratch,
        rng=random.Random(),
        on_pair=lambda progress: print(f"\r{kind}: {progress.pairs}/{pairs}", end="", flush=True),
    )
    print(f"\r{kind}: {len(found.pairs)} pairs in {found.elapsed_s:.0f}s")
    return [{"base": values(pair.base), "change": values(pair.change)} for pair in found.pairs]


def values(sample: RunSample) -> Mapping[str, float]:
    """Return what is recorded of one side."""
    return {dimension.value: float(f"{sample.values[dimension]:.6g}") for dimension in RECORDED}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "tests" / "data" / "noise.json")
    chosen = parser.parse_args()
    load = [os.getloadavg()]
    kinds = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in WORKLOADS:
            kinds[kind] = record(kind, chosen.pairs, Path(folder))
            load.append(os.getloadavg())
    content = {
        "recorded": time.strftime("%Y-%m"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_average_1min": [round(one, 2) for one, _, _ in load],
        "kinds": kinds,
    }
    text = json.dumps(content).replace('{"base"', '\n{"base"')
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {chosen.output} ({len(text) // 1024} kB)")


if __name__ == "__main__":
    main()
