import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.errors import RecordsDamaged
from orchestrator.ledger.experiment_json import load, load_all, path_of, save
from orchestrator.ledger.record import RECORD_VERSION, ExperimentRecord
from profiling.model import Dimension


def _any(hint: object) -> st.SearchStrategy[object]:
    """Return values of a type, short ones; no NaN, which is not equal to itself."""
    if hint is float:
        return st.floats(allow_nan=False)
    if is_dataclass(hint) and isinstance(hint, type):
        return st.builds(hint, **{name: _any(part) for name, part in get_type_hints(hint).items()})
    parts = get_args(hint)
    if get_origin(hint) is tuple and parts[-1] is Ellipsis:
        return st.lists(_any(parts[0]), max_size=2).map(tuple)
    if get_origin(hint) is Mapping:
        return st.dictionaries(_any(parts[0]), _any(parts[1]), max_size=2)
    if get_origin(hint) is UnionType:
        return st.one_of(*map(_any, parts))
    return st.text(max_size=9) if hint is str else st.from_type(hint)


RECORDS = _any(ExperimentRecord).map(lambda record: replace(record, version=RECORD_VERSION, number=7))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=RECORDS)
def test_a_record_is_read_as_it_was_written(record: ExperimentRecord) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert load(save(record, Path(folder))) == record


def test_a_mapping_of_any_kind_can_be_written(record: ExperimentRecord, tmp_path: Path) -> None:
    odd = replace(record, environment=MappingProxyType({"python": "3.12.1"}))

    assert load(save(odd, tmp_path)) == record


def test_numbers_are_padded_and_grow(tmp_path: Path) -> None:
    assert path_of(tmp_path, 7).name == "007.json"
    assert path_of(tmp_path, 1234).name == "1234.json"


def test_the_file_is_plain_json_also_with_infinities(record: ExperimentRecord, tmp_path: Path) -> None:
    assert record.measurement is not None
    measurement = replace(record.measurement, evidence_gain=math.inf, evidence_no_gain=math.nan)
    path = save(replace(record, measurement=measurement), tmp_path)

    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads(path.read_text(), parse_constant=refuse)
    read = load(path).measurement
    assert read is not None
    assert read.evidence_gain == math.inf
    assert math.isnan(read.evidence_no_gain)


def test_text_that_is_not_unicode_can_be_written_and_read(record: ExperimentRecord, tmp_path: Path) -> None:
    odd = replace(record, diff="--- a/\udcff\n")

    assert load(save(odd, tmp_path)) == odd


def test_keys_of_mappings_come_back_as_what_they_were(record: ExperimentRecord, tmp_path: Path) -> None:
    read = load(save(record, tmp_path))

    assert read.measurement is not None
    assert [type(key) for key in read.measurement.comparisons] == [Dimension, Dimension]
    assert isinstance(read.proposal.patch.edits, tuple)


def test_the_same_experiment_again_replaces_its_record(record: ExperimentRecord, tmp_path: Path) -> None:
    save(replace(record, commit=""), tmp_path)
    save(record, tmp_path)

    assert load_all(tmp_path) == (record,)


def test_another_experiment_never_replaces_a_record(record: ExperimentRecord, tmp_path: Path) -> None:
    save(record, tmp_path)

    with pytest.raises(RecordsDamaged, match="number 1 holds experiment 0123456789abcdef"):
        save(replace(record, key="f" * 16), tmp_path)
    assert load_all(tmp_path) == (record,)


def test_records_are_read_in_the_order_of_their_numbers(record: ExperimentRecord, tmp_path: Path) -> None:
    numbers = (1000, 2, 999, 10)
    for number in numbers:
        save(replace(record, number=number), tmp_path)
    (tmp_path / ".003.json.abc.tmp").touch()
    (tmp_path / "notes.md").touch()

    assert [one.number for one in load_all(tmp_path)] == sorted(numbers)
    assert load_all(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda plain: "{", "line 1: Expecting"),
        (lambda plain: "[]", "is of version None, this program reads version 1"),
        (lambda plain: json.dumps(plain | {"version": 99}), "is of version 99"),
        (lambda plain: json.dumps(plain | {"seconds": "soon"}), r"seconds: .*number.*found 'soon'"),
        (lambda plain: json.dumps({**plain, "verdict": {}}), r"verdict\.status: Field required"),
        (lambda plain: "[" * 200_000, "nested too deeply"),
    ],
)
def test_a_damaged_record_is_named_and_kept(
    record: ExperimentRecord, tmp_path: Path, change: "object", message: str
) -> None:
    path = save(record, tmp_path)
    assert callable(change)
    text = change(json.loads(path.read_text()))
    path.write_text(text)

    with pytest.raises(RecordsDamaged, match=message) as caught:
        load_all(tmp_path)
    with pytest.raises(RecordsDamaged):
        save(record, tmp_path)

    assert f"mv {path} {path}.bad" in caught.value.hint
    assert path.read_text() == text


def test_a_record_under_another_name_is_noticed(record: ExperimentRecord, tmp_path: Path) -> None:
    save(record, tmp_path).rename(tmp_path / "002.json")

    with pytest.raises(RecordsDamaged, match="holds the record of number 1"):
        load_all(tmp_path)


def test_a_missing_record_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordsDamaged, match="is missing"):
        load(tmp_path / "001.json")
