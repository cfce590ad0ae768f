from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profiling.collect.queries import merge
from profiling.collect.reports import Run, time_reports
from profiling.collect.source import Source

CODES = [["app.py", 1, "name", "name", 0x3], ["app.py", 5, "names", "names", 0x3]]
SOURCE = "def name(c):\n    return c.execute('SELECT 1')\n\n\ndef names(c):\n    return [name(c) for _ in 'ab']\n"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "app.py").write_text(SOURCE)
    return Source(root=tmp_path)


def report(*rows: list[Any]) -> dict[str, Any]:
    return {"codes": CODES, "queries": list(rows)}


def row(
    count: int, *, statement: str = "SELECT ?", timed: int = 0, wall_s: float = 0.0, lines: Any = ((0, 2, None),)
) -> Any:
    return [lines, statement, "sqlite3", None, count, timed or count, wall_s, wall_s / 2]


def test_processes_add_up_and_runs_are_averaged(one_run: Callable[..., Run], source: Source) -> None:
    first = one_run(report(row(4, wall_s=0.4)), report(row(6, wall_s=0.6, lines=((0, 2, 11), (1, 6, 12)))))
    second = one_run(report(row(10, wall_s=2.0)))

    (found,) = merge((first, second), source)

    assert (found.key.qualname, found.line, found.count) == ("name", 2, 10)
    assert found.wall_s == pytest.approx(1.5)
    assert found.cpu_s == pytest.approx(0.75)


def test_the_time_of_all_is_told_from_those_that_were_timed(one_run: Callable[..., Run], source: Source) -> None:
    (found,) = merge((one_run(report(row(100, timed=25, wall_s=0.5))),), source)

    assert found.wall_s == pytest.approx(2.0)


def test_the_way_there_is_that_of_most(one_run: Callable[..., Run], source: Source) -> None:
    run = one_run(report(row(5)), report(row(50, lines=((0, 2, 11), (1, 6, 12)))))

    (found,) = merge((run,), source)

    assert [(one.key.qualname, one.line, one.column) for one in found.callers] == [("names", 6, 12)]
    assert (found.line, found.column) == (2, 11)


@pytest.mark.parametrize("statement", ["BEGIN", "SAVEPOINT a", "commit;", "PRAGMA x"])
def test_what_steers_a_transaction_is_no_query(one_run: Callable[..., Run], source: Source, statement: str) -> None:
    assert merge((one_run(report(row(90, statement=statement))),), source) == ()


def test_five_times_in_one_run_are_needed(one_run: Callable[..., Run], source: Source) -> None:
    few = one_run(report(row(4)))

    assert merge((few, few), source) == ()
    assert len(merge((few, one_run(report(row(5)))), source)) == 1


def test_a_row_of_no_known_function_costs_its_report_alone(one_run: Callable[..., Run], source: Source) -> None:
    whole, lost, empty = (
        one_run(report(row(9, lines=lines)))[0].model_dump() for lines in (((0, 2, 4),), ((1, 6, 4),), ())
    )
    lost["queries"] = [[[[7, 2, 4]], *lost["queries"][0][1:]]]

    run = time_reports([whole, lost, empty])

    assert [one.count for one in merge((run,), source)] == [9]
