from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.collect.reports import Run, time_reports
from profiling.collect.runs import Workload
from profiling.collect.source import Source
from profiling.growth import Growth
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, RunUsage, Tree
from profiling.scaling.joined import join, settled
from profiling.scaling.rounds import Rounds, SizeRuns

GC = {
    "generations": [0, 0, 0],
    "counted": [0, 0, 0],
    "pause_s": 0.0,
    "max_pause_s": 0.0,
    "threshold": [700, 10, 10],
    "stacks": [],
}
CODES = [["shop.py", 1, "linear", "linear", 3], ["shop.py", 5, "pairs", "pairs", 3], ["shop.py", 9, "rare", "rare", 3]]


def one_pass(seconds: list[tuple[float, int]]) -> Run:
    """Return a run of the time pass: CPU and samples of each function."""
    stacks = [
        ["MainThread", [number], None, cpu_s, cpu_s, samples, 0, 0.0]
        for number, (cpu_s, samples) in enumerate(seconds)
        if samples
    ]
    raw = {
        "codes": CODES,
        "stacks": stacks,
        "samples": sum(samples for _, samples in seconds),
        "cpu_s": sum(cpu_s for cpu_s, _ in seconds),
        "thread_clocks": True,
        "gc": GC,
        "imports": [],
        "project_imports": 1,
        "loop": [],
        "free_threaded": False,
        "pid": 1,
        "ppid": 0,
    }
    run = time_reports([raw])
    assert len(run) == 1
    return run


@pytest.fixture
def size_runs(tmp_path: Path) -> Callable[..., SizeRuns]:
    tree = Tree(root=tmp_path, import_roots=(".",), packages=("shop",), source_paths=("shop.py",))
    workload = Workload(
        tree=tree,
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python3", version=(3, 12, 0)),
        processes=Processes(),
    )

    def make(size: float, cpu_s: float, peak_mib: float = 10.0, *, runs: int = 5, passes: int = 5) -> SizeRuns:
        functions = [(0.05 * size, round(50 * size)), (0.02 * size**2, round(20 * size**2)), (0.001, 1)]
        return SizeRuns(
            size=size,
            workload=workload,
            usages=[
                RunUsage(wall_s=cpu_s, cpu_s=cpu_s * (1 + 0.01 * (number - 2)), max_rss_mib=peak_mib, exit_code=0)
                for number in range(runs)
            ],
            passes=[one_pass(functions)] * passes,
        )

    return make


@pytest.fixture
def growth(size_runs: Callable[..., SizeRuns], tmp_path: Path) -> Growth:
    sizes = [size_runs(size, 0.1 + 0.05 * size + 0.02 * size**2, 10 + 2 * size) for size in (1.0, 2.0, 4.0, 8.0)]
    return join("bench.py {n}", Rounds(sizes=sizes, count=5, ended="enough"), Source(root=tmp_path))


def test_linear_and_quadratic_parts_are_told_apart_by_function(growth: Growth) -> None:
    pairs, linear = growth.functions
    assert (pairs.key.qualname, linear.key.qualname) == ("pairs", "linear")
    assert pairs.exponent is not None
    assert linear.exponent is not None
    assert pairs.exponent.low < 2.0 < pairs.exponent.high
    assert linear.exponent.low < 1.0 < linear.exponent.high
    assert (pairs.exponent.is_steep, linear.exponent.is_steep) == (True, False)
    assert pairs.points[0].share < 0.3
    assert pairs.points[-1].share > 0.7
    assert pairs.projected is not None
    assert pairs.projected.low < 128 < pairs.projected.high


def test_the_whole_and_its_peak_have_points_exponents_and_projections(growth: Growth) -> None:
    assert [point.samples for point in growth.points] == [5, 5, 5, 5]
    assert growth.points[0].cpu_s == pytest.approx(0.17)
    assert growth.exponent is not None
    assert 1.0 < growth.exponent.low < growth.exponent.high < 2.0
    assert growth.fixed is not None
    assert growth.fixed.high >= 0.05
    assert growth.peak_exponent is not None
    assert growth.peak_exponent.low < 1.0 < growth.peak_exponent.high
    assert growth.peak_projected is not None
    assert (growth.reason, growth.peak_reason, growth.rounds, growth.ended) == ("", "", 5, "enough")


def test_a_function_seen_too_rarely_has_a_reason_and_no_exponent(
    size_runs: Callable[..., SizeRuns], tmp_path: Path
) -> None:
    sizes = [size_runs(size, size, passes=1) for size in (0.1, 0.2, 2.0, 4.0)]
    found = join("bench.py {n}", Rounds(sizes=sizes, count=5), Source(root=tmp_path))
    assert {each.key.qualname: each.reason for each in found.functions} == {
        "pairs": "too few samples at 2 of 4 sizes",
        "linear": "too few samples at 2 of 4 sizes",
    }
    assert all(each.exponent is None and each.projected is None for each in found.functions)


def test_sizes_that_were_never_sampled_are_said(size_runs: Callable[..., SizeRuns], tmp_path: Path) -> None:
    sizes = [size_runs(size, size, passes=int(size < 4)) for size in (1.0, 2.0, 4.0)]
    sizes[0].lost_processes = 2
    notes = join("bench.py {n}", Rounds(sizes=sizes, notes=["first"]), Source(root=tmp_path)).notes
    assert notes == (
        "first",
        "2 processes ended without a report (killed, or by C code): their functions are missing",
        "functions were seen at 2 of 3 sizes: the time was used up before",
    )


def test_a_command_that_runs_nothing_of_the_project_still_grows_as_a_whole(
    size_runs: Callable[..., SizeRuns], tmp_path: Path
) -> None:
    sizes = [size_runs(size, size, passes=0) for size in (1.0, 2.0, 4.0)]
    for each in sizes:
        each.passes = [()]
    growth = join("bench.py {n}", Rounds(sizes=sizes), Source(root=tmp_path))
    assert growth.exponent is not None
    assert growth.notes == (
        "nothing of the project ran: name a command that runs its code to see which functions grow",
    )


def test_no_size_at_all_is_no_crash(tmp_path: Path) -> None:
    found = join("bench.py {n}", Rounds(ended="x"), Source(root=tmp_path))
    assert (found.points, found.functions, found.exponent) == ((), (), None)
    assert found.reason == "0 sizes with enough behind them, at least 3 are needed"


def test_it_settles_when_the_interval_is_tight_or_the_cost_flat(size_runs: Callable[..., SizeRuns]) -> None:
    steep = [size_runs(size, size**2) for size in (1.0, 2.0, 4.0)]
    flat = [size_runs(size, 1.0) for size in (1.0, 2.0, 4.0)]
    assert settled(steep, 0.1).startswith("the exponent is known within 0.0")
    assert settled(flat, 0.1) == "the cost does not grow by more than its noise"


def test_it_goes_on_while_functions_or_the_exponent_are_unsure(size_runs: Callable[..., SizeRuns]) -> None:
    unseen = [size_runs(size, size**2, passes=1) for size in (0.1, 0.2, 0.4)]
    wide = [size_runs(size, 3.0 + 0.2 * size) for size in (1.0, 2.0, 4.0)]
    early = [size_runs(size, 1.0, runs=3) for size in (1.0, 2.0, 4.0)]
    assert [settled(sizes, 0.1) for sizes in (unseen, wide, early)] == ["", "", ""]
