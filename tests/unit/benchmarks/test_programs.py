import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.aa_runs import PLANS, Cell, _cells_in
from benchmarks.programs import KINDS, Cost, instructions, make_tree

COST = Cost(unit_s=0.0001, fixed_s=0.008)


@pytest.mark.parametrize("kind", KINDS)
def test_every_unit_of_a_kind_runs_the_same_instructions(kind: str) -> None:
    none, two, three = (instructions(kind, units) for units in (0, 2, 3))
    assert (two - none) / 2 == pytest.approx(three - two, rel=0.01)


@given(st.integers(100, 100_000), st.floats(0.01, 0.3))
def test_a_change_saves_the_gain_asked_for_of_the_whole(units: int, gain: float) -> None:
    fixed_units = COST.fixed_s / COST.unit_s
    if gain * (units + fixed_units) > units:
        with pytest.raises(ValueError, match="too few"):
            COST.fewer(units, gain)
    else:
        assert COST.true_gain(units, COST.fewer(units, gain)) == pytest.approx(gain, abs=0.51 / (units + fixed_units))


def test_a_renamed_program_differs_in_a_name_only(tmp_path: Path) -> None:
    plain = make_tree(tmp_path / "a", "text", 5)
    renamed = make_tree(tmp_path / "b", "text", 5, renamed=True)
    texts = [(tree.root / "proj" / "work.py").read_text() for tree in (plain, renamed)]
    assert texts[0] != texts[1]
    assert texts[0].replace("words", "total") == texts[1]


def test_runs_that_are_on_file_are_not_wanted_again(tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    assert _cells_in(out) == []
    row = {"who": "ours", "kind": "text", "body_ms": 20, "gain": 0.0, "x": [0.1]}
    out.write_text(json.dumps(row) + "\n" + json.dumps(row) + "\n")
    assert _cells_in(out) == [Cell(who="ours", kind="text", body_ms=20, gain=0.0)] * 2


def test_three_hundred_runs_of_identical_programs_from_a_millisecond_to_two_seconds_are_planned() -> None:
    sizes = {cell.body_ms for cell in PLANS["aa"]}
    assert sum(PLANS["aa"].values()) == 300
    assert (min(sizes), max(sizes)) == (1, 2000)
    assert {cell.gain for cell in PLANS["aa"]} == {0.0}
