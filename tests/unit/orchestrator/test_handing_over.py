from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.specialists.setup import Setup
from orchestrator.handing_over import HandoffKeeper
from orchestrator.ledger import handoff
from orchestrator.ledger.handoff import DiscardedEntry, SessionStatus
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.trials import Mark
from orchestrator.live.events import Event, EventKind, JsonValue
from orchestrator.policy.verdict import Reason, Status
from profiling.model import Command, Dimension, Domain, Interpreter, Tree


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


def test_what_was_tried_elsewhere_stays_in_the_file_and_is_counted(keeper: HandoffKeeper, tmp_path: Path) -> None:
    mark = Mark(
        number=3,
        session="there",
        key="0123456789abcdef",
        status=Status.CRASH,
        reason=Reason.TIMEOUT,
        base_commit="a" * 40,
        source="recipe:x",
        file="a.py",
        line=1,
        qualname="f",
        place_digest="p",
        dimension=Dimension.CPU_S,
        domain=Domain.CPU,
        workload="python bench.py",
    )
    elsewhere = DiscardedEntry(summary="s (a.py:1)", reason="timeout", lesson="it never ended", trial=mark)
    other = replace(keeper, session_id="there")
    begin = {"base_commit": "a" * 40, "head_commit": "a" * 40}
    other.begin(setup_in(tmp_path, "/opt/python"), begin, ())  # type: ignore[arg-type]
    written = handoff.load(keeper.layout.handoff)
    assert written is not None
    handoff.save(replace(written, discarded=(elsewhere,)), keeper.layout.handoff)

    keeper.begin(setup_in(tmp_path, "/opt/python"), begin, ())  # type: ignore[arg-type]
    keeper.experiment((), "b" * 40)

    found = handoff.load(keeper.layout.handoff)
    assert found is not None
    assert found.discarded == (elsewhere,)
    assert (found.session, found.experiments, found.crashes, found.keeps) == ("20260102-abc", 1, 1, 0)
    assert found.ceilings == ()


def test_functions_under_a_librarys_ceiling_are_marked_for_the_next_session(
    keeper: HandoffKeeper, tmp_path: Path
) -> None:
    begin = {"base_commit": "a" * 40, "head_commit": "a" * 40}
    keeper.begin(setup_in(tmp_path, "/opt/python"), begin, ())  # type: ignore[arg-type]
    keeper.hear(says_targets({"file": "a.py", "qualname": "f", "evidence": "json takes 40%"}, "no mapping"))
    keeper.experiment((), "b" * 40)

    replace(keeper, session_id="next", ceilings=()).begin(setup_in(tmp_path, "/opt/python"), begin, ())  # type: ignore[arg-type]

    found = handoff.load(keeper.layout.handoff)
    assert found is not None
    assert found.ceilings == (handoff.Ceiling(file="a.py", qualname="f", evidence="json takes 40%"),)
    assert "## Not optimizable without modifying a library\n\n- f (a.py): json" in keeper.layout.handoff.read_text()


def says_targets(*ceilings: JsonValue) -> Event:
    return Event(kind=EventKind.UNIFIED_TARGETS, text="", data={"ceilings": list(ceilings)})
