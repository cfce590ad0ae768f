"""Every deep tool that the interpreter at hand has, on one program, from its profile to the text."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.collect import unified
from profiling.collect.runs import Workload
from profiling.deep.model import DeepReport, Tool
from profiling.deep.passes import deep
from profiling.formats.deep_lines import deep_lines
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree
from profiling.profile import Profile

PYTHON = os.environ.get("DEEP_PYTHON", sys.executable)
"""An interpreter whose environment has memray, py-spy and line_profiler; without one, tests of these are skipped."""
MIB = 2**20

SHOP = """
    class Order:
        def __init__(self, number):
            self.number = number

    def keep(count):
        return [Order(number) for number in range(count)]

    def peak(count):
        block = bytearray(60 * 2**20)
        return len(block) + count

    def total(orders):
        found = 0
        for order in orders:
            found = found + order.number
        return found
"""
BENCH = """
    import shop
    orders = shop.keep(50_000)
    print(shop.peak(1))
    for _ in range(20):
        shop.total(orders)
"""


def _version() -> tuple[int, int, int]:
    done = subprocess.run(
        [PYTHON, "-c", "import sys; print(*sys.version_info[:3])"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    major, minor, micro = map(int, done.stdout.split())
    return major, minor, micro


def _has(module: str) -> bool:
    if sys.executable == PYTHON:
        return find_spec(module) is not None
    return (
        subprocess.run([PYTHON, "-c", f"import {module}"], check=False, capture_output=True, timeout=30).returncode == 0
    )


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> Workload:
    root = tmp_path_factory.mktemp("tree")
    (root / "shop.py").write_text(dedent(SHOP))
    (root / "bench.py").write_text(dedent(BENCH))
    tree = Tree(root=root, import_roots=(".",), packages=("shop",), source_paths=(".",))
    return Workload(
        tree=tree,
        command=Command(argv=("python", "bench.py"), timeout_s=60.0),
        interpreter=Interpreter(executable=PYTHON, version=_version()),
        processes=Processes(),
        tolerant=True,
    )


@pytest.fixture(scope="module")
def profile(workload: Workload, tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return unified.profile(
        workload.tree,
        workload.command,
        workload.interpreter,
        processes=workload.processes,
        scratch=tmp_path_factory.mktemp("scratch"),
        tree_id="abc",
        budget_s=0.0,
        on_progress=lambda _: None,
        tolerant=True,
    )


def _deep(workload: Workload, profile: Profile, scratch: Path, *tools: Tool) -> DeepReport:
    return deep(workload, profile, frozenset(tools), scratch=scratch, on_progress=lambda _: None)


def test_the_tools_of_our_own_work_everywhere(workload: Workload, profile: Profile, tmp_path: Path) -> None:
    found = _deep(workload, profile, tmp_path, Tool.LINES, Tool.CENSUS, Tool.SPECIALIZATION)

    assert found.lines is not None
    total = next(each for each in found.lines.functions if each.key.qualname == "total")
    assert max(total.lines, key=lambda line: line.hits).text in ("for order in orders:", "found = found + order.number")
    assert found.census is not None
    order = next(each for each in found.census.types if each.name == "shop.Order")
    assert order.peak.objects == 50_000
    assert order.key is not None
    assert order.key.place == "shop.py:2"
    if workload.interpreter.version >= (3, 11, 0):
        assert found.specialization is not None
        stable = next(each for each in found.specialization.functions if each.key.qualname == "total")
        assert stable.unstable == ()
    assert any("shop.Order" in line for line in deep_lines(found, 100))


def test_memray_finds_who_holds_the_peak(workload: Workload, profile: Profile, tmp_path: Path) -> None:
    if not _has("memray"):
        pytest.skip("memray is not installed in the interpreter used")

    found = _deep(workload, profile, tmp_path, Tool.MEMRAY)

    assert found.heap is not None, found.notes
    by_name = {each.key.qualname: each for each in found.heap.functions}
    assert 60 * MIB <= by_name["peak"].owned_bytes < 69 * MIB
    assert by_name["keep"].live_bytes > MIB
    assert by_name["peak"].natives
    assert found.heap.peak_bytes >= 60 * MIB


def test_py_spy_finds_the_project_s_functions(workload: Workload, profile: Profile, tmp_path: Path) -> None:
    if not (Path(PYTHON).parent / "py-spy").exists():
        pytest.skip("py-spy is not installed in the interpreter used")

    found = _deep(workload, profile, tmp_path, Tool.PY_SPY)

    if found.native is None:
        pytest.skip(f"py-spy may not run here: {found.notes}")
    assert {each.key.file for each in found.native.functions} <= {"shop.py", "bench.py"}
    assert sum(each.samples for each in found.native.functions) <= found.native.samples


def test_line_profiler_times_what_is_called_often(workload: Workload, profile: Profile, tmp_path: Path) -> None:
    if not _has("line_profiler"):
        pytest.skip("line_profiler is not installed in the interpreter used")

    found = _deep(workload, profile, tmp_path, Tool.LINES)

    assert found.lines is not None
    tools = {each.key.qualname: each.tool for each in found.lines.functions}
    assert tools["total"].startswith("line_profiler ")
