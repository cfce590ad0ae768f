"""CPU of the time pass over plain runs, in interleaved pairs: `benchmarks/profile_overhead.py [PYTHON] [PAIRS]`."""

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.turn import turn
from profiling.injection import Harness, Injection, prepare
from profiling.measure.environment import launch
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree

PROGRAMS = {
    "call-heavy": """
class Point:
    def __init__(self, x): self.x = x
    def moved(self, by): return Point(self.x + by)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
def leaf(x): return x + 1
def calls(): return sum(leaf(i) for i in range(1_500_000))
def methods():
    point = Point(0)
    for i in range(600_000): point = point.moved(i)
def loop():
    total = 0
    for i in range(4_000_000): total += i * i
def sorts(): return [sorted(range(n), key=lambda v: -v) for n in range(0, 1500, 2)]
for _ in range(5):
    fib(25), calls(), methods(), loop(), sorts()
""",
    "gc churn": """
class Node:
    def __init__(self, depth):
        self.children = [Node(depth - 1) for _ in range(3)] if depth else []
        self.parent = self
def tree(): return Node(9)
def churn():
    for _ in range(800_000):
        cycle = []
        cycle.append(cycle)
def rows(): return [{"a": i, "b": [i]} for i in range(400_000)]
kept = [tree() for _ in range(3)]
for _ in range(3):
    churn(); rows()
""",
    "library-heavy": """
import ast, json, tokenize, io, copy, glob, os
folder = os.path.dirname(ast.__file__)
def parse(text): return ast.dump(ast.parse(text))
def tokens(text): return list(tokenize.generate_tokens(io.StringIO(text).readline))
def visit(text): return [type(node).__name__ for node in ast.walk(copy.deepcopy(ast.parse(text)))]
for path in sorted(glob.glob(os.path.join(folder, "*.py")))[:14]:
    with open(path, encoding="utf-8") as file: text = file.read()
    tokens(text)
    json.dumps([parse(text), visit(text)])
""",
}


def cpu_s(
    processes: Processes, program: str, tree: Tree, interpreter: Interpreter, injection: Injection | None
) -> float:
    command = Command(argv=("python", f"{program}.py".replace(" ", "_")))
    finished = processes.run(launch(command, tree, interpreter, injection=injection))
    if finished.usage.exit_code:
        raise SystemExit(finished.stderr)
    return finished.usage.cpu_s


def main(python: str, pairs: int) -> None:
    scratch = Path(tempfile.mkdtemp())
    (scratch / "tree").mkdir()
    (scratch / "injection").mkdir()
    tree = Tree(root=scratch / "tree", import_roots=(".",), packages=(), source_paths=(".",))
    injection = prepare(scratch / "injection", tree, (Harness(name="ratchet_time", options={}),))
    interpreter, processes = Interpreter(executable=python, version=(3, 0, 0)), Processes()
    try:
        for name, text in PROGRAMS.items():
            (tree.root / f"{name}.py".replace(" ", "_")).write_text(text)
            cpu_s(processes, name, tree, interpreter, injection)
            runs = [
                (
                    cpu_s(processes, name, tree, interpreter, None),
                    cpu_s(processes, name, tree, interpreter, injection),
                )
                for _ in range(pairs)
            ]
            ratios = sorted(profiled / plain for plain, profiled in runs)
            plain_s = median(plain for plain, _ in runs)
            spread = f"[{ratios[0]:.3f}, {ratios[-1]:.3f}], {pairs} pairs"
            print(f"{name}: {median(ratios):.3f}x {spread}, plain {plain_s:.2f} s CPU", flush=True)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    with turn():
        main(sys.argv[1] if len(sys.argv) > 1 else sys.executable, int(sys.argv[2]) if len(sys.argv) > 2 else 7)
