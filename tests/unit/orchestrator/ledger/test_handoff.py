from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.claude.account import Spent
from orchestrator.errors import RecordsDamaged
from orchestrator.ledger.handoff import (
    DiscardedEntry,
    Handoff,
    KeptEntry,
    SessionStatus,
    load,
    parse,
    render,
    save,
)

SPENT = st.builds(Spent, calls=st.integers(0), unknown_calls=st.integers(0), usd=st.floats(0, 1e6))
HANDOFFS = st.builds(
    lambda handoff, costs: replace(handoff, costs=costs, version=1),
    st.from_type(Handoff),
    st.dictionaries(st.text(), SPENT, max_size=3),
)

EXAMPLE = Handoff(
    session="20260102-abc",
    status=SessionStatus.BOUND,
    branch="codeflash/optimize",
    base_commit="a" * 40,
    head_commit="b" * 40,
    workload="python bench.py",
    tests="python -m pytest -q",
    goal="make start-up fast",
    updated_at="2026-01-02T03:04:05Z",
    experiments=3,
    keeps=1,
    discards=2,
    crashes=0,
    headline="1.42x (30% less cpu_s) [0.68, 0.72], 9 pairs",
    environment=("CPython 3.12.1",),
    baseline=("cpu_s 2.00 [1.97, 2.03]",),
    targets="| Function | CPU % |\n| f | 45% |",
    strategy=("compounding after the first keep",),
    kept=(KeptEntry(commit="c" * 40, summary="compile once", mechanism="was compiled per call", effect="1.42x"),),
    discarded=(DiscardedEntry(summary="use slots", reason="immaterial", lesson="few instances"),),
    reviews=("approve",),
    next_steps=("look at serialize",),
    reproduce=("optimize compare aaaa bbbb",),
)


@settings(max_examples=60, deadline=None)
@given(handoff=HANDOFFS)
def test_a_handoff_is_read_as_it_was_written(handoff: Handoff) -> None:
    assert parse(render(handoff)) == handoff


def test_a_person_reads_everything_below_the_front_matter() -> None:
    prose = render(EXAMPLE).partition("\n---\n")[2]

    assert prose == (
        "\n# Optimization session 20260102-abc\n\n"
        "**1.42x (30% less cpu_s) [0.68, 0.72], 9 pairs**\n\n"
        "- Status: bound (2026-01-02T03:04:05Z), 3 experiments: 1 kept, 2 discarded, 0 crashed\n"
        "- Branch: `codeflash/optimize`, from aaaaaaaaaaaa to bbbbbbbbbbbb\n"
        "- Workload: `python bench.py`\n"
        "- Tests: `python -m pytest -q`\n"
        "- Goal: make start-up fast\n\n"
        "## Environment\n\n- CPython 3.12.1\n\n"
        "## Baseline\n\n- cpu_s 2.00 [1.97, 2.03]\n\n"
        "## Targets\n\n    | Function | CPU % |\n    | f | 45% |\n\n"
        "## Strategy\n\n- compounding after the first keep\n\n"
        "## Kept\n\n- cccccccccccc compile once: 1.42x. was compiled per call\n\n"
        "## Discarded\n\n- use slots: immaterial. few instances\n\n"
        "## Reviews\n\n- approve\n\n"
        "## Next steps\n\n- look at serialize\n\n"
        "## How to reproduce\n\n    optimize compare aaaa bbbb\n"
    )


def test_a_fresh_handoff_has_no_empty_sections() -> None:
    empty = {field.name: () for field in fields(Handoff) if isinstance(getattr(EXAMPLE, field.name), tuple)}

    assert "##" not in render(replace(EXAMPLE, headline="", targets="", **empty))


def test_a_file_is_saved_over_itself_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "HANDOFF.md"
    assert load(path) is None

    save(EXAMPLE, path)
    save(replace(EXAMPLE, status=SessionStatus.DONE), path)

    assert load(path) == replace(EXAMPLE, status=SessionStatus.DONE)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("---\n", "", "line 1: expected ---"),
        ("version: 1", "version: 2", "is of version 2, this program reads version 1"),
        ("version: 1\n", "", "is of version None"),
        ("status: bound", "status: fine", "status: Input should be 'running'.*found 'fine'"),
        ("keeps: 1", "keeps: many", "keeps: Input should be a valid integer"),
        ("branch: codeflash/optimize\n", "", "branch: Field required"),
        ("commit: " + "c" * 40, "x: y", r"kept\.0\.commit: Field required"),
    ],
)
def test_a_damaged_handoff_is_named_and_never_overwritten(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "HANDOFF.md"
    spoilt = render(EXAMPLE).replace(old, new, 1)
    path.write_text(spoilt)

    with pytest.raises(RecordsDamaged, match=message) as caught:
        load(path)
    with pytest.raises(RecordsDamaged, match=message):
        save(EXAMPLE, path)

    assert path.read_text() == spoilt
    assert f"mv {path} {path}.bad" in caught.value.hint


def test_what_is_saved_names_no_folder_of_the_machine(tmp_path: Path) -> None:
    root = tmp_path / "a b é"
    failed = f"{root}/.codeflash/work/base/mod.py failed: no {root}/data.json, see {root}.\n"
    value = replace(EXAMPLE, discarded=(DiscardedEntry(summary="use slots", reason="crash", lesson=failed * 5),))
    (root / ".codeflash").mkdir(parents=True)

    save(value, root / ".codeflash" / "HANDOFF.md")

    found = load(root / ".codeflash" / "HANDOFF.md")
    assert found is not None
    assert found.discarded[0].lesson == failed.replace(f"{root}/", "") * 5
    assert replace(found, discarded=()) == replace(EXAMPLE, discarded=())
