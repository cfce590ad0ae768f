"""Each kind of workload is measured for real: identical trees are never improved, a seventh less work is."""

import importlib.util
import platform
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from profiling.comparison import Decision, Measurement
from profiling.measure.engine import Plan, measure
from profiling.measure.processes import Processes
from profiling.model import Command, Dimension, Interpreter, Tree

pytestmark = [pytest.mark.slow, pytest.mark.flaky(reruns=3)]

WORK = "def run():\n    total = 0\n    for i in range({rounds}):\n        total += i * i % 7\n    return total\n"
ASV = """
from proj import run
class Suite:
    params = [1, 3]
    def setup(self, times):
        self.times = times
    def time_run(self, times):
        for _ in range(self.times):
            run()
"""
WAITING = """
import asyncio, time
from proj import WAIT
async def one():
    for _ in range(5):
        await asyncio.sleep(WAIT)
async def main():
    await asyncio.gather(*(one() for _ in range(20)))
asyncio.run(main())
"""
PLAIN = ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
KINDS = {
    "script": (("python", "main.py"), {"main.py": "from proj import run\nrun()\n"}, 1_000_000),
    "module": (("python", "-m", "proj"), {"proj/__main__.py": "from proj import run\nrun()\n"}, 1_000_000),
    "code": (("python", "-c", "import proj; proj.run()"), {}, 1_000_000),
    "pytest": (
        ("python", "-m", "pytest", "-q", "tests"),
        {"tests/test_it.py": "import proj\ndef test_a(): proj.run()\ndef test_b(): proj.run()\n"},
        2_000_000,
    ),
    "pytest_benchmark": (
        ("python", "-m", "pytest", "-q", "-p", "pytest_benchmark.plugin", "tests", "--benchmark-only"),
        {"tests/test_it.py": "import proj\ndef test_a(benchmark): benchmark(proj.run)\n"},
        20_000,
    ),
    "asv": (
        ("asv", "run", "--bench", "time_run"),
        {"asv.conf.json": '{"benchmark_dir": "bench"}', "bench/__init__.py": "", "bench/suite.py": ASV},
        20_000,
    ),
    "waiting": (("python", "main.py"), {"main.py": WAITING}, 0),
}


@pytest.fixture
def measured(tmp_path: Path) -> Iterator[Callable[[str, float], Measurement]]:
    """Measure a kind of workload against itself with a factor of its work."""
    processes = Processes()

    def tree(name: str, kind: str, factor: float) -> Tree:
        root = tmp_path / name
        _, files, rounds = KINDS[kind]
        project = WORK.format(rounds=int(rounds * factor)) + f"WAIT = {0.02 * factor}\n"
        for file, text in {**files, "proj/__init__.py": project}.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text, encoding="utf-8")
        return Tree(root=root, import_roots=(".",), packages=("proj",), source_paths=("proj",))

    def run(kind: str, factor: float) -> Measurement:
        if kind == "pytest_benchmark" and importlib.util.find_spec("pytest_benchmark") is None:
            pytest.skip("pytest-benchmark is not installed here")
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        return measure(
            tree("a", kind, 1.0),
            tree("b", kind, factor),
            Command(argv=KINDS[kind][0], env=(PLAIN,), timeout_s=120),
            Interpreter(
                executable=sys.executable,
                version=(sys.version_info.major, sys.version_info.minor, sys.version_info.micro),
                implementation=platform.python_implementation().lower(),
            ),
            Plan(target=Dimension.CPU_S, time_budget_s=300),
            processes=processes,
            scratch=scratch,
            rng=random.Random(7),
            on_pair=lambda _: None,
        )

    yield run
    processes.stop()


@pytest.mark.flaky(reruns=0)  # a false keep is one, however seldom
@pytest.mark.parametrize("kind", KINDS)
def test_identical_trees_are_not_improved_whatever_the_kind(
    kind: str, measured: Callable[[str, float], Measurement]
) -> None:
    found = measured(kind, 1.0)

    assert found.decision is not Decision.IMPROVED
    assert not any(compared.improved for compared in found.comparisons.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_seventh_less_work_is_improved_whatever_the_kind(
    kind: str, measured: Callable[[str, float], Measurement]
) -> None:
    found = measured(kind, 0.85)

    assert found.decision is Decision.IMPROVED
    assert 0.75 < found.comparisons[found.decided_on].ratio < 0.95
