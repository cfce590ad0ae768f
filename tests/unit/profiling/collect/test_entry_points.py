from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profiling.collect.entry_points import merge
from profiling.collect.reports import Run, time_reports
from profiling.collect.source import Source
from profiling.entry_points.model import EntryPoint, LoopUse

OneRun = Callable[..., Run]
CODES = [
    ["bench.py", 1, "<module>", None, 0],
    ["shop.py", 1, "price", "price", 3],
    ["shop.py", 5, "total", "total", 3],
]
BODY, PRICE, TOTAL = 0, 1, 2


def stack(
    frames: list[int], cpu_s: float, wall_s: float, thread: str = "MainThread", library: str | None = None
) -> Any:
    return [thread, frames, library, cpu_s, wall_s, 10, 0, 0.0]


def found(root: Path, *runs: Run) -> dict[str, EntryPoint]:
    return {point.key.qualname: point for point in merge(runs, Source(root=root))}


def test_threads_are_lanes_and_seconds_are_means_over_runs(root: Path, one_run: OneRun) -> None:
    stacks = [
        stack([PRICE, TOTAL, BODY], 0.4, 1.0),
        stack([TOTAL, BODY], 0.2, 0.5),
        stack([PRICE], 0.1, 2.0, "Thread-1"),
        stack([PRICE], 0.1, 1.0, "Thread-2"),
    ]
    rests = [["Thread-1", [PRICE], None, 2, [[15, 80, 1.6, 0.2], [10, 4, 0.004, 0.0]]]]
    run = one_run({"codes": CODES, "stacks": stacks, "rests": rests})

    points = found(root, run, one_run({"codes": CODES, "stacks": stacks}))

    total, price = points["total"], points["price"]
    assert (total.elapsed_s, total.threads, total.samples) == (1.5, 1, 40)
    assert total.cpu_s == pytest.approx(0.6)
    assert (price.elapsed_s, price.wall_s, price.threads, price.processes) == (2.0, 3.0, 2, 1)
    (place,) = price.rests
    assert (place.key.qualname, place.line, place.contended_s) == ("price", 2, 0.1)
    assert [(length.count, length.seconds) for length in place.lengths] == [(2.0, 0.002), (40.0, 0.8)]


def test_threads_want_one_core_together_unless_they_run_without_the_interpreter(root: Path, one_run: OneRun) -> None:
    stacks = [stack([PRICE], 0.5, 1.0, "a"), stack([PRICE], 0.5, 1.0, "b")]
    plain = {"codes": CODES, "stacks": stacks, "switch_interval_s": 0.0005}

    brief = found(root, one_run({**plain, "turns": [["a", [PRICE], None, 0.2, 400]]}))["price"]
    long = found(root, one_run({**plain, "turns": [["a", [PRICE], None, 0.2, 40]]}))["price"]
    unseen = found(root, one_run(plain))["price"]

    assert (brief.wanted_s, brief.runs_freely) == (1.0, False)
    assert (long.wanted_s, long.runs_freely) == (2.0, True)
    assert (unseen.wanted_s, unseen.runs_freely) == (1.0, False)


def test_processes_that_follow_each_other_are_told_from_those_that_live_at_once(root: Path, one_run: OneRun) -> None:
    def process(pid: int, began_s: float) -> dict[str, Any]:
        codes, stacks = CODES, [stack([PRICE], 1.0, 1.0)]
        return {"codes": codes, "stacks": stacks, "pid": pid, "ppid": 1, "began_s": began_s, "ended_s": began_s + 1.0}

    at_once = found(root, one_run(process(2, 5.0), process(3, 5.0)))["price"]
    in_turn = found(root, one_run(process(2, 5.0), process(3, 6.0)))["price"]

    assert (at_once.processes, at_once.elapsed_s, at_once.wanted_s) == (2, 1.0, 2.0)
    assert (in_turn.processes, in_turn.elapsed_s, in_turn.wanted_s) == (2, 2.0, 2.0)


def test_tasks_have_their_loop_and_what_they_await(root: Path, one_run: OneRun) -> None:
    run = one_run(
        {
            "codes": CODES,
            "stacks": [
                stack([PRICE, TOTAL, BODY], 0.1, 0.1, library="asyncio"),
                stack([BODY], 0.0, 0.9, library="asyncio"),
            ],
            "awaits": [[TOTAL, 7, PRICE, 2, [[15, 30, 0.6, 0.0]]]],
            "loops": [[1.0, 0.8, 0.15]],
        }
    )

    points = found(root, run)

    assert list(points) == ["total"]
    total = points["total"]
    assert total.loop == LoopUse(span_s=1.0, idle_s=0.8, cpu_s=0.15)
    assert (total.at_once, total.elapsed_s, total.cpu_s) == (7, 1.0, 0.1)
    assert [(place.key.qualname, place.line, place.seconds) for place in total.awaits] == [("price", 2, 0.6)]


def test_what_hardly_ran_is_left_out(root: Path, one_run: OneRun) -> None:
    run = one_run({"codes": CODES, "stacks": [stack([TOTAL, BODY], 1.0, 1.0), stack([BODY], 0.01, 0.01)]})

    assert list(found(root, run)) == ["total"]


@pytest.mark.parametrize(
    "rows",
    [
        {"rests": [["a", [9], None, 1, []]]},
        {"awaits": [[0, 1, 9, 1, []]]},
        {"turns": [["a", [9], None, 0.1, 1]]},
        {"rests": [["a", [0], None, 1, [[4000, 1, 1.0, 0.0]]]]},
        {"loops": [[-1.0, 0.0, 0.0]]},
    ],
)
def test_a_report_with_places_that_are_none_is_no_report(rows: dict[str, Any], one_run: OneRun, root: Path) -> None:
    (good,) = one_run({"codes": CODES})

    assert time_reports([{**good.model_dump(), **rows}]) == ()
    assert merge([()], Source(root=root)) == ()
