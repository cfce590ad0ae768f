"""The scaling test on real programs: what is quadratic is told, and what only looks so is not."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.growth import FunctionGrowth, Growth
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree
from profiling.scaling.collect import collect_growth
from profiling.scaling.template import Template

pytestmark = [pytest.mark.slow, pytest.mark.flaky(reruns=3)]

PROGRAM = """
def unique(size):
    found = []
    for number in range(size):
        if number not in found:
            found.append(number)
    return found


def total(size):
    result = 0
    for number in range(size):
        result += number * number
    return result


def start():
    return sum([number * number for number in range(300_000)])
"""
Grow = Callable[..., Growth]


@pytest.fixture
def grow(tmp_path: Path) -> Grow:
    root = tmp_path / "programs"
    root.mkdir()
    (root / "programs.py").write_text(PROGRAM)
    (root / "bench.py").write_text("import sys, programs\nn = int(sys.argv[1])\nexec(sys.argv[2])\n")
    tree = Tree(root=root, import_roots=(".",), packages=("programs",), source_paths=("programs.py",))
    python = Interpreter(executable=getattr(sys, "_base_executable", sys.executable), version=sys.version_info[:3])

    def run(statement: str, sizes: tuple[int, ...], *, within: float = 0.4) -> Growth:
        with tempfile.TemporaryDirectory(dir=tmp_path) as scratch:
            return collect_growth(
                tree,
                Template.parse(f"bench.py {{n}} '{statement}'"),
                sizes,
                python,
                processes=Processes(),
                scratch=Path(scratch),
                budget_s=60.0,
                within=within,
                on_progress=lambda _: None,
            )

    return run


def of(growth: Growth, name: str) -> FunctionGrowth:
    return next(each for each in growth.functions if each.key.qualname == name)


def test_a_search_in_a_growing_list_is_quadratic_in_spite_of_a_fixed_start(grow: Grow) -> None:
    growth = grow("programs.start(); programs.unique(n)", (450, 1350, 4000, 12000))
    assert growth.exponent is not None, growth
    assert growth.exponent.low < 2.0 < growth.exponent.high
    assert growth.exponent.low > 1.1
    assert growth.fixed is not None
    assert growth.fixed.low > 0
    start = of(growth, "start")
    assert start.points[-1].cpu_s < 3 * start.points[0].cpu_s
    assert start.exponent is None or start.exponent.high < 1.0


def test_a_sum_is_not_quadratic(grow: Grow) -> None:
    growth = grow("programs.total(n)", (100_000, 400_000, 1_600_000, 6_400_000))
    assert growth.exponent is not None, growth
    assert growth.exponent.low < 1.15
    assert growth.exponent.high < 2.0


def test_a_quadratic_part_hidden_at_small_sizes_is_told_by_its_function(grow: Grow) -> None:
    growth = grow("programs.total(200 * n); programs.unique(n)", (1250, 2500, 5000, 10000), within=2.0)
    total, unique = of(growth, "total"), of(growth, "unique")
    assert unique.points[0].share < 0.7 * unique.points[-1].share
    for function, truth in ((total, 1.0), (unique, 2.0)):
        steps = function.points[-1].cpu_s / function.points[-2].cpu_s
        assert 0.6 * 2**truth < steps < 1.7 * 2**truth
        assert function.exponent is None or function.exponent.low < truth + 0.1
        assert function.exponent is None or truth - 0.1 < function.exponent.high
