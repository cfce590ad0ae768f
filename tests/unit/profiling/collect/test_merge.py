from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profiling.collect import collections, cpu, imports, loop, memory
from profiling.collect.reports import Run, memory_reports, time_reports
from profiling.collect.source import Source
from profiling.collect.stacks import StackKey
from profiling.model import FunctionKey
from profiling.profile import Wait

GC = {
    "generations": [0, 0, 0],
    "counted": [0, 0, 0],
    "pause_s": 0.0,
    "max_pause_s": 0.0,
    "threshold": [700, 10, 10],
}
OneRun = Callable[..., Run]
PRICE = ["shop.py", 1, "price", None, 3]
LISTCOMP = ["shop.py", 2, "<listcomp>", None, 19]
TOTAL = ["shop.py", 5, "total", None, 3]
PRICE_KEY = FunctionKey(file="shop.py", first_line=1, qualname="price")
TOTAL_KEY = FunctionKey(file="shop.py", first_line=5, qualname="total")


def stack(numbers: list[int], cpu_s: float, samples: int, **other: Any) -> list[Any]:
    return [
        other.get("thread", "MainThread"),
        numbers,
        other.get("library"),
        cpu_s,
        other.get("wall_s", cpu_s),
        samples,
        other.get("growth", 0),
        other.get("waited_s", 0.0),
    ]


def test_a_comprehension_is_its_function_and_counts_once_a_sample(one_run: OneRun, root: Path) -> None:
    run = one_run({"codes": [LISTCOMP, PRICE, TOTAL], "stacks": [stack([0, 1, 2], 0.4, 40), stack([1, 2], 0.2, 20)]})

    merged = cpu.merge([run], Source(root=root))

    assert set(merged.functions) == {PRICE_KEY, TOTAL_KEY}
    price, total = merged.functions[PRICE_KEY], merged.functions[TOTAL_KEY]
    assert (price.cpu_self_s, price.cpu_total_s) == (pytest.approx(0.6), pytest.approx(0.6))
    assert (price.samples_self, total.samples_self, total.samples_total) == (60, 0, 60)
    assert total.cpu_total_s == pytest.approx(0.6)
    assert [each.frames for each in merged.stacks] == [(TOTAL_KEY, PRICE_KEY)]


def test_processes_add_up_and_runs_are_averaged(one_run: OneRun, root: Path) -> None:
    parent = {"codes": [PRICE], "stacks": [stack([0], 0.2, 20, growth=100)], "cpu_s": 0.3, "samples": 20}
    child = {"codes": [TOTAL, PRICE], "stacks": [stack([1], 0.4, 40, library="copy")], "cpu_s": 0.5, "samples": 40}
    runs = [one_run(parent, child), one_run(parent)]

    merged = cpu.merge(runs, Source(root=root))

    price = merged.functions[PRICE_KEY]
    assert price.cpu_self_s == pytest.approx((0.2 + 0.4 + 0.2) / 2)
    assert price.samples_self == merged.samples == 80
    assert merged.covered_s == pytest.approx((0.3 + 0.5 + 0.3) / 2)
    assert price.rss_growth_bytes == 100
    assert [(share.name, share.cpu_s) for share in cpu.shares(price.libraries)] == [("copy", pytest.approx(0.2))]


def test_samples_outside_the_project_count_in_the_whole_alone(one_run: OneRun, root: Path) -> None:
    run = one_run({"codes": [PRICE], "stacks": [stack([0], 0.2, 20), stack([], 0.6, 60)]})

    merged = cpu.merge([run], Source(root=root))

    assert merged.seen_s == pytest.approx(0.8)
    assert sum(function.cpu_self_s for function in merged.functions.values()) == pytest.approx(0.2)


def test_waiting_is_kept_apart_from_cpu(one_run: OneRun, root: Path) -> None:
    run = one_run({"codes": [PRICE], "stacks": [stack([0], 0.1, 10, wall_s=0.9, waited_s=0.7)]})

    assert cpu.merge([run], Source(root=root)).functions[PRICE_KEY].wall_blocked_s == pytest.approx(0.7)


def test_collections_are_merged_by_function(one_run: OneRun, root: Path, gc_report: dict[str, Any]) -> None:
    gc = {
        **gc_report,
        "generations": [8, 2, 0],
        "counted": [9, 2, 0],
        "pause_s": 0.5,
        "max_pause_s": 0.1,
        "stacks": [
            ["MainThread", [], None, 0.1, 2],
            ["MainThread", [0, 2], None, 0.2, 4],
            ["MainThread", [0], "copy", 0.1, 2],
            ["MainThread", [1, 0, 2], None, 0.1, 2],
        ],
    }
    codes = [PRICE, LISTCOMP, TOTAL]
    runs = [one_run({"codes": codes, "gc": gc}), one_run({"codes": codes, "gc": gc})]

    merged = collections.merge(runs, Source(root=root))

    assert set(merged.functions) == {PRICE_KEY}
    assert merged.functions[PRICE_KEY].collections == 8
    assert merged.functions[PRICE_KEY].pause_s == pytest.approx(0.4)
    assert merged.stacks == {
        StackKey(thread="MainThread", frames=(TOTAL_KEY, PRICE_KEY), library=None): pytest.approx(0.3),
        StackKey(thread="MainThread", frames=(PRICE_KEY,), library="copy"): pytest.approx(0.1),
    }
    assert merged.totals.collections == (8, 2, 0)
    assert merged.totals.pause_s == pytest.approx(0.5)
    assert merged.seen_share == pytest.approx(20 / 22)


def test_an_import_is_that_of_the_slowest_process_and_the_calmest_run(one_run: OneRun, root: Path) -> None:
    def row(total_s: float, file: str) -> list[Any]:
        return ["shop", file, total_s / 2, total_s, "bench.py", 3]

    inside, outside = str(root / "shop.py"), "/elsewhere/lib.py"
    runs = [
        one_run(
            {"imports": [row(0.02, inside), ["lib", outside, 0.001, 0.001, inside, 1]]},
            {"imports": [row(0.03, inside)]},
        ),
        one_run({"imports": [row(0.9, inside), ["quick", None, 0.0001, 0.0002, None, None]]}),
    ]

    shop, lib = imports.merge(runs, root)

    assert (shop.module, shop.total_s, shop.file, shop.importer_file) == ("shop", 0.03, "shop.py", "bench.py")
    assert (lib.module, lib.file, lib.importer_file, lib.importer_line) == ("lib", outside, "shop.py", 1)


def test_the_places_of_most_waiting_are_kept_with_their_lines(one_run: OneRun, root: Path) -> None:
    places = [[0, line, "socket", line / 100, 0.0] for line in range(1, 12)]
    runs = [one_run({"codes": [PRICE], "waits": [*places, [0, 2, None, 1.0, 0.5]]}), one_run({"codes": [PRICE]})]

    waits = cpu.merge(runs, Source(root=root)).functions[PRICE_KEY].waits

    assert waits[0] == Wait(line=2, library=None, seconds=0.5, on_loop=0.25)
    assert [wait.line for wait in waits] == [2, 11, 10, 9, 8, 7, 6, 5]


def test_loops_are_merged_by_coroutine(one_run: OneRun, root: Path) -> None:
    report = {"codes": [PRICE, LISTCOMP], "loop": [[0, 0.1, 0.3, 0.2, 0.1], [1, 0.1, 0.1, 0.1, 0.0]]}

    merged = loop.merge([one_run(report), one_run(report)], Source(root=root))

    assert merged[PRICE_KEY].cpu_s == pytest.approx(0.2)
    assert merged[PRICE_KEY].blocked_s == pytest.approx(0.4)


def test_memory_peaks_are_of_one_process_and_live_bytes_of_all(root: Path) -> None:
    common = {"pid": 1, "ppid": 0, "ticks": 5}
    reports = memory_reports(
        [
            {
                **common,
                "codes": [PRICE, LISTCOMP],
                "peaks": [[0, 50], [1, 70]],
                "owned": [["MainThread", [0], None, 20], ["MainThread", [1, 0], None, 40]],
                "live": [["shop.py", 2, 10], ["shop.py", 6, 1]],
                "peak_bytes": 90,
                "stopped_because": None,
            },
            {
                **common,
                "codes": [PRICE],
                "peaks": [[0, 30]],
                "owned": [["MainThread", [0], "copy", 30]],
                "live": [["shop.py", 1, 5]],
                "peak_bytes": 30,
                "stopped_because": "the budget",
                "argv0": "worker.py",
            },
        ]
    )

    merged = memory.merge(reports, Source(root=root))

    price = merged.functions[PRICE_KEY]
    assert (price.peak_bytes, price.owned_bytes, price.live_bytes) == (70, 60, 15)
    assert merged.stacks == {StackKey(thread="MainThread", frames=(PRICE_KEY,), library=None): 60}
    assert merged.functions[TOTAL_KEY].live_bytes == 1
    assert merged.peak_bytes == 90
    assert merged.notes == ("memory of process worker.py is incomplete: the budget",)


@pytest.mark.parametrize(
    "fault",
    [
        {"codes": "all"},
        {"stacks": [stack([3], 0.1, 1)]},
        {"stacks": [stack([0], -0.1, 1)]},
        {"stacks": [stack([0], float("nan"), 1)]},
        {"loop": [[9, 0.1, 0.1, 0.1, 0.0]]},
        {"waits": [[2, 1, None, 0.1, 0.0]]},
        {"waits": [[0, -1, None, 0.1, 0.0]]},
        {"gc": None},
        {"gc": {**GC, "stacks": [["MainThread", [4], None, 0.1, 1]]}},
        {"samples": -1},
    ],
)
def test_a_report_with_a_fault_is_left_out(fault: dict[str, Any], one_run: OneRun) -> None:
    good = one_run({"codes": [PRICE]})[0].model_dump()

    assert len(time_reports([good, {**good, **fault}, {}])) == 1
