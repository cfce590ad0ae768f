from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.growth import Growth
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree
from profiling.scaling.collect import collect_growth
from profiling.scaling.template import BadSizes, Template

Grow = Callable[..., Growth]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def grow(tree: Callable[[str], Tree], interpreter: Interpreter, scratch: Path, said: list[str]) -> Grow:
    def run(bench: str, sizes: tuple[float, ...], *, budget_s: float = 3.0) -> Growth:
        return collect_growth(
            tree(bench),
            Template.parse("bench.py {n}"),
            sizes,
            interpreter,
            processes=Processes(),
            scratch=scratch,
            budget_s=budget_s,
            on_progress=said.append,
        )

    return run


@pytest.mark.flaky(reruns=3)
def test_each_size_is_run_in_rounds_until_the_time_is_used_up(grow: Grow, said: list[str]) -> None:
    growth = grow("work.pairs(n)", (1600, 200, 800), budget_s=6.0)
    assert [point.size for point in growth.points] == [200, 800, 1600]
    assert growth.ended in {"its time of 6 s was used up", "30 rounds were made"} or "known within" in growth.ended
    assert said[:2] == ["first run: python bench.py 200", "first run: python bench.py 800"]
    assert said[-1] == f"stopped: {growth.ended}"
    assert any("time pass: python bench.py 1600" in line for line in said)
    assert [peak.size for peak in growth.peaks] == [200, 800, 1600]
    pairs = growth.functions[0]
    assert pairs.key.qualname == "pairs"
    assert pairs.points[-1].cpu_s > pairs.points[0].cpu_s
    assert pairs.points[-1].share > 0.5


def test_sizes_are_checked_before_anything_runs(grow: Grow, said: list[str]) -> None:
    with pytest.raises(BadSizes):
        grow("pass", (1, 1))
    assert said == []
