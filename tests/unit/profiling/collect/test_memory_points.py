from pathlib import Path
from typing import Any

import pytest

from profiling.collect import classes, concurrency
from profiling.collect.reports import memory_reports
from profiling.model import FunctionKey
from profiling.profile import ClassProfile, ConcurrencyPoint

REPORT: dict[str, Any] = {
    "codes": [],
    "pid": 1,
    "ppid": 0,
    "ticks": 5,
    "peaks": [],
    "owned": [],
    "live": [],
    "peak_bytes": 0,
    "stopped_because": None,
}


def reports(*changes: dict[str, Any]) -> Any:
    made = memory_reports([{**REPORT, **change} for change in changes])
    assert len(made) == len(changes)
    return made


def test_the_process_with_most_tasks_is_shown_alone() -> None:
    few, many = {"tasks": [[1, 900, 5], [4, 950, 1]]}, {"tasks": [[8, 300, 2], [1, 100, 7]]}

    points = concurrency.merge(reports(few, many, {}))

    assert points == (
        ConcurrencyPoint(tasks=1, heap_bytes=100, ticks=7),
        ConcurrencyPoint(tasks=8, heap_bytes=300, ticks=2),
    )


def test_without_a_loop_there_are_no_points() -> None:
    assert concurrency.merge(()) == ()
    assert concurrency.merge(reports({})) == ()


@pytest.mark.parametrize("row", [[-1, 5, 1], [1, -5, 1], [1, 5], [1, 5, "x"]])
def test_a_report_with_odd_points_is_none(row: list[object]) -> None:
    assert memory_reports([{**REPORT, "tasks": [row]}]) == ()


def test_classes_get_the_line_of_their_statement_or_first_decorator(tmp_path: Path) -> None:
    source = (
        "import x\n\n\n@x.one\n@x.two\nclass A:\n    class B:\n        pass\n\n\ndef f():\n    class C:\n        pass\n"
    )
    (tmp_path / "a.py").write_text(source)
    rows = [["a.py", "A", 2000, 100], ["a.py", "A.B", 3000, 100], ["a.py", "f.<locals>.C", 1500, 100]]

    found = classes.merge(reports({"classes": rows}, {"classes": [["a.py", "A", 5000, 90]]}), tmp_path)

    assert found == (
        ClassProfile(key=FunctionKey(file="a.py", first_line=4, qualname="A"), instances=5000, bytes_each=90),
        ClassProfile(key=FunctionKey(file="a.py", first_line=7, qualname="A.B"), instances=3000, bytes_each=100),
        ClassProfile(
            key=FunctionKey(file="a.py", first_line=12, qualname="f.<locals>.C"), instances=1500, bytes_each=100
        ),
    )


def test_a_class_whose_source_can_not_be_read_stands_on_line_one(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("class (")
    rows = [["bad.py", "A", 2000, 100], ["../b.py", "A", 1000, 100]]

    found = classes.merge(reports({"classes": rows}), tmp_path)

    assert [one.key.first_line for one in found] == [1, 1]
