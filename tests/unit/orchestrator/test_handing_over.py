from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.specialists.setup import Setup
from orchestrator.handing_over import HandoffKeeper
from orchestrator.ledger import handoff
from orchestrator.ledger.handoff import SessionStatus
from orchestrator.ledger.layout import Layout
from profiling.model import Command, Interpreter, Tree


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
def keeper(tmp_path: Path) -> HandoffKeeper:
    layout = Layout(root=tmp_path)
    layout.folder.mkdir()
    return HandoffKeeper(layout=layout, clock=StoppedClock(), session_id="20260102-abc", goal="")


def setup_in(root: Path, executable: str) -> Setup:
    return Setup(
        tree=Tree(root=root, import_roots=(".",), packages=(), source_paths=(".",)),
        interpreter=Interpreter(
            executable=executable, version=(3, 9, 1), implementation="cpython", free_threaded=False
        ),
        package_manager="pip",
        tests=None,
        workload=Command(argv=("python", "bench.py")),
        workload_candidates=(),
        documents=(),
        speed_dependencies=(),
        tools=(),
        problems=(),
        fingerprint="",
    )


@pytest.mark.parametrize(
    ("executable", "told"), [("{root}/.venv/bin/python", ".venv/bin/python"), ("/opt/some/bin/python3.9", "python3.9")]
)
def test_the_interpreter_is_told_without_the_folders_of_the_machine(
    keeper: HandoffKeeper, tmp_path: Path, executable: str, told: str
) -> None:
    setup = setup_in(tmp_path, executable.format(root=tmp_path))

    keeper.begin(setup, {"base_commit": "a" * 40, "head_commit": "a" * 40}, ())

    written = handoff.load(keeper.layout.handoff)
    assert written is not None
    assert f"executable: {told}" in written.environment
    assert str(tmp_path) not in keeper.layout.handoff.read_text()


@pytest.mark.parametrize(("head", "commands"), [("a" * 40, 0), ("b" * 40, 3)])
def test_only_what_was_kept_is_said_to_be_reproducible(
    keeper: HandoffKeeper, tmp_path: Path, head: str, commands: int
) -> None:
    keeper.begin(setup_in(tmp_path, "/opt/python"), {"base_commit": "a" * 40, "head_commit": "a" * 40}, ())

    state = {"base_commit": "a" * 40, "head_commit": head}
    keeper.closed((), state, headline="", next_steps=(), status=SessionStatus.DONE)  # type: ignore[arg-type]

    written = handoff.load(keeper.layout.handoff)
    assert written is not None
    assert len(written.reproduce) == commands
    assert all("a" * 12 in line and "b" * 12 in line for line in written.reproduce[:2])
