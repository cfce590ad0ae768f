from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import RecordsDamaged
from orchestrator.ledger.setup_md import SetupFile, load, parse, render, save
from profiling.model import Command, Interpreter

# Without NaN, which is not equal to itself: a time limit is the only number here.
COMMANDS = st.builds(Command, timeout_s=st.floats(allow_nan=False))
SETUPS = st.builds(
    SetupFile,
    test_command=st.none() | COMMANDS,
    workload=st.none() | COMMANDS,
    workload_candidates=st.lists(COMMANDS, max_size=3).map(tuple),
    version=st.just(1),
)

EXAMPLE = SetupFile(
    interpreter=Interpreter(executable="/env/bin/python", version=(3, 12, 1)),
    package_manager="uv",
    runner="uv run",
    test_command=Command(argv=("python", "-m", "pytest", "-k", "not slow")),
    workload=None,
    workload_candidates=(Command(argv=("python", "bench.py"), env=(("N", "3 4"),)),),
    import_roots=("src",),
    packages=("app",),
    source_paths=("src/app",),
    tools=("ruff",),
    fingerprint="0123",
    problems=("no lock file",),
    documents=("CLAUDE.md",),
    speed_dependencies=("numpy 2.1",),
)


@settings(max_examples=60, deadline=None)
@given(setup=SETUPS)
def test_a_setup_is_read_as_it_was_written(setup: SetupFile) -> None:
    assert parse(render(setup)) == setup


def test_a_person_reads_the_commands_as_they_would_type_them() -> None:
    prose = render(EXAMPLE).partition("\n---\n")[2]

    assert "- Interpreter: cpython 3.12.1, `/env/bin/python`" in prose
    assert "- Tests: `python -m pytest -k 'not slow'`" in prose
    assert "- Workload: none" in prose
    assert "## Workload candidates\n\n- `N='3 4' python bench.py`" in prose
    assert "## Problems\n\n- no lock file" in prose


def test_a_file_is_saved_over_itself_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "setup.md"
    assert load(path) is None

    save(EXAMPLE, path)
    save(replace(EXAMPLE, fingerprint="4567"), path)

    assert load(path) == replace(EXAMPLE, fingerprint="4567")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version: 1\n", "version: 7\n", "is of version 7"),
        ("executable: ", "no: ", r"interpreter\.executable: Field required"),
        ("packages:\n- app", "packages: 5", "packages: Input should be a valid"),
    ],
)
def test_a_damaged_setup_is_named_and_never_overwritten(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "setup.md"
    spoilt = render(EXAMPLE).replace(old, new, 1)
    path.write_text(spoilt)

    with pytest.raises(RecordsDamaged, match=message):
        load(path)
    with pytest.raises(RecordsDamaged, match=message):
        save(EXAMPLE, path)

    assert path.read_text() == spoilt
