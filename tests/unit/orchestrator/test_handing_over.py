from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.specialists.setup import Setup
from orchestrator.handing_over import HandoffKeeper
from orchestrator.ledger import handoff
from orchestrator.ledger.layout import Layout
from profiling.model import Command, Interpreter, Tree


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("executable", "told"), [("{root}/.venv/bin/python", ".venv/bin/python"), ("/opt/some/bin/python3.9", "python3.9")]
)
def test_the_interpreter_is_told_without_the_folders_of_the_machine(tmp_path: Path, executable: str, told: str) -> None:
    setup = Setup(
        tree=Tree(root=tmp_path, import_roots=(".",), packages=(), source_paths=(".",)),
        interpreter=Interpreter(
            executable=executable.format(root=tmp_path),
            version=(3, 9, 1),
            implementation="cpython",
            free_threaded=False,
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
    layout = Layout(root=tmp_path)
    layout.folder.mkdir()
    keeper = HandoffKeeper(layout=layout, clock=StoppedClock(), session_id="20260102-abc", goal="")

    keeper.begin(setup, {"base_commit": "a" * 40, "head_commit": "a" * 40}, ())

    written = handoff.load(layout.handoff)
    assert written is not None
    assert f"executable: {told}" in written.environment
    assert str(tmp_path) not in layout.handoff.read_text()
