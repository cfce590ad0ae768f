from dataclasses import astuple, fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.model import Proposal
from orchestrator.errors import RecordsDamaged
from orchestrator.ledger.record import ExperimentRecord, TestTally
from orchestrator.ledger.results_tsv import HEADER, Row, number, read, render, row, sync
from orchestrator.policy.verdict import Level, Status

NUMBERS = {field.name for field in fields(Row)[2:12]}
CELLS = st.text(max_size=20)
ROWS = st.builds(
    Row,
    **{
        field.name: st.sampled_from([status.value for status in Status])
        if field.name == "status"
        else st.floats(allow_nan=False, allow_infinity=False).map(number)
        if field.name in NUMBERS
        else CELLS
        for field in fields(Row)
    },
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.tsv"


def _other(record: ExperimentRecord, place: int) -> ExperimentRecord:
    return replace(record, number=place, key=f"{place:016x}")


def test_the_header_is_the_agreed_one() -> None:
    assert HEADER.split("\t") == (
        "commit target_test cpu_baseline_s cpu_optimized_s cpu_speedup mem_baseline_mb mem_optimized_mb mem_delta_mb "
        "gc_before_s gc_after_s tests_passed tests_failed status domains interaction description"
    ).split(" ")


def test_a_kept_experiment_reads_as_one_row(record: ExperimentRecord) -> None:
    assert "\t".join(astuple(row(record))) == "\t".join(
        [
            "dddddddddddd",
            "python bench.py --n 3",
            "2",
            "1",
            "2",
            "120.5",
            "130.2",
            "9.75",
            "",
            "",
            "12",
            "1",
            "keep",
            "cpu+memory",
            "allocation_gc",
            "process_records (app/core.py:12): compile the pattern once; improved [0123456789abcdef]",
        ]
    )


def test_what_was_not_measured_is_empty(record: ExperimentRecord) -> None:
    verdict = replace(record.verdict, status=Status.CRASH, level=Level.FUNCTION)
    cells = row(replace(record, measurement=None, tests=TestTally(), commit="", verdict=verdict))

    assert {getattr(cells, name) for name in NUMBERS} == {""}
    assert (cells.commit, cells.status, cells.target_test) == ("", "crash", "micro:process_records")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_plain_and_right_to_four_digits(value: float) -> None:
    text = number(value)

    assert set(text) <= set("-0123456789.")
    assert abs(Decimal(text) - Decimal(value)) <= abs(Decimal(value)) * Decimal("0.000501")
    assert not text.endswith(".")
    assert "." not in text or not text.endswith("0")


def test_numbers_that_are_none_are_empty() -> None:
    assert number(float("nan")) == number(float("inf")) == ""
    assert number(-0.0) == "0"
    assert number(0.000123456) == "0.0001235"
    assert number(123456.7) == "123457"


@settings(deadline=None)
@given(st.lists(ROWS, max_size=5))
def test_rows_are_read_as_they_were_written(rows: list[Row]) -> None:
    text = render(rows)

    assert len(text.split("\n")) == len(rows) + 2
    once = _reread(text)
    assert _reread(render(once)) == once
    assert [one.status for one in once] == [one.status for one in rows]


def _reread(text: str) -> tuple[Row, ...]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.tsv"
        path.write_bytes(text.encode())
        return read(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text())
def test_no_text_of_the_target_breaks_out_of_its_cell(text: str, record: ExperimentRecord) -> None:
    proposal = replace(record.proposal, summary=text)
    assert isinstance(proposal, Proposal)
    line = render([row(replace(record, proposal=proposal, workload=text))]).split("\n")

    assert len(line) == 3
    assert line[1].count("\t") == 15


def test_a_missing_file_has_no_rows(path: Path) -> None:
    assert read(path) == ()


def test_the_file_holds_one_row_a_record_however_often_it_is_synced(record: ExperimentRecord, path: Path) -> None:
    records = [_other(record, place) for place in (1, 2, 3)]

    sync(records[:2], path)
    sync(records, path)
    rows = sync(records, path)

    assert [one.key for one in rows] == [one.key for one in records]
    assert read(path) == rows


def test_rows_of_others_keep_their_place(record: ExperimentRecord, path: Path) -> None:
    foreign = replace(row(record), description="by another program", cpu_baseline_s="2.50000")
    earlier = row(_other(record, 77))
    path.write_text(render([foreign, row(_other(record, 1)), foreign, earlier]))

    rows = sync([_other(record, 1), _other(record, 2)], path)

    assert rows == (foreign, row(_other(record, 1)), foreign, earlier, row(_other(record, 2)))


def test_a_row_is_brought_up_to_date_and_a_doubled_one_goes(record: ExperimentRecord, path: Path) -> None:
    stale = row(replace(record, commit=""))
    path.write_text(render([stale, stale]))

    assert sync([record], path) == (row(record),)


def test_line_ends_of_another_system_are_read(record: ExperimentRecord, path: Path) -> None:
    path.write_bytes(render([row(record)]).replace("\n", "\r\n").encode())

    assert read(path) == (row(record),)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text.replace("commit\t", "", 1), "line 1: the header is not the expected one"),
        (lambda text: "", "line 1: the header"),
        (lambda text: text[: text.index("keep")], r"line 2: 13 columns, expected 16: 'dddd"),
        (lambda text: text + "\n", "line 3: 1 columns"),
        (lambda text: text.replace("keep", "maybe"), "line 2: status is 'maybe', expected keep, discard or crash"),
        (lambda text: text.replace("120.5", "lots"), "line 2: mem_baseline_mb is 'lots', expected a number or nothing"),
        (lambda text: text.encode() + b"\xff", "line 3: byte 0xff is not UTF-8"),
    ],
)
def test_a_damaged_table_is_reported_with_its_line_and_never_overwritten(
    record: ExperimentRecord, path: Path, spoil: "object", message: str
) -> None:
    assert callable(spoil)
    spoilt = spoil(render([row(record)]))
    path.write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
    before = path.read_bytes()

    with pytest.raises(RecordsDamaged, match=message) as caught:
        sync([record], path)

    assert path.read_bytes() == before
    assert caught.value.hint.endswith(f"mv {path} {path}.bad")
