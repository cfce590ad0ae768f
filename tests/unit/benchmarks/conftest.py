import sys
from pathlib import Path

import pytest

from benchmarks.rivals.bench import Bench
from benchmarks.rivals.catalogue import Catalogue
from benchmarks.rivals.program import Program
from benchmarks.rivals.tools import Machine
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree


@pytest.fixture
def plain_program(tmp_path: Path) -> Program:
    """A program of a tree of its own, over at once."""
    root = tmp_path / "tree"
    root.mkdir()
    (root / "work.py").write_text(
        "import time\n"
        "def work():\n"
        "    ends = time.thread_time() + 0.06\n"
        "    total = 0\n"
        "    while time.thread_time() < ends:\n"
        "        for i in range(500):\n"
        "            total += i\n"
        "    keep = [float(n) for n in range(200_000)]\n"
        "    time.sleep(0.01)\n"
        "    return keep\n"
        "work()\n"
    )
    tree = Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",))
    return Program(name="plain", tree=tree, target=("work.py",), phases={"work": ()})


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """The interpreter of the tests."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    interpreter = Interpreter(executable=sys.executable, version=sys.version_info[:3])
    return Machine(interpreter=interpreter, processes=Processes(), scratch=scratch)


@pytest.fixture
def bench(machine: Machine, plain_program: Program) -> Bench:
    """Two rounds of nothing yet."""
    catalogue = Catalogue(
        **dict.fromkeys(
            ["call_heavy", "gc_churn", "gc_timed", "black", "pytest", "peaks", "children", "loop_block", "loop_steps"],
            plain_program,
        ),
        own=plain_program.tree,
    )
    return Bench(machine=machine, catalogue=catalogue, rounds=2, seed=1, say=lambda _: None)
