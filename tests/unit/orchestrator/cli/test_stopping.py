import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.cli import clean_run
from orchestrator.cli.standing import State, as_lines, look
from orchestrator.cli.stopping import stopped
from orchestrator.errors import SessionLocked, TargetError, UsageError
from orchestrator.ledger.layout import Layout
from orchestrator.workspace.lock import SessionLock

PROJECT = Path(__file__).parents[4]
HOLD = """
import signal, sys, time
from pathlib import Path
from orchestrator.workspace.lock import SessionLock
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with SessionLock(Path(sys.argv[1]), session="theirs", started="2026-01-02T03:04:05Z"):
    print("held", flush=True)
    time.sleep(60)
"""


def holding(layout: Layout, how: str) -> Iterator[subprocess.Popen[str]]:
    argv = (sys.executable, "-c", HOLD, str(layout.lock), how)
    env = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.fixture
def layout(repository: Path) -> Layout:
    layout = Layout(root=repository)
    layout.create()
    return layout


@pytest.fixture
def running(layout: Layout) -> Iterator[subprocess.Popen[str]]:
    yield from holding(layout, "listens")


@pytest.fixture
def deaf(layout: Layout) -> Iterator[subprocess.Popen[str]]:
    yield from holding(layout, "deaf")


def test_who_holds_the_repository_is_asked_to_end_and_waited_for(
    layout: Layout, running: subprocess.Popen[str]
) -> None:
    assert stopped(layout.root, 20.0) == f"session theirs (pid {running.pid}) has ended"
    assert stopped(layout.root, 20.0) == f"no session runs in {layout.root}"


def test_one_that_does_not_end_in_time_is_said_with_what_is_left_to_do(
    layout: Layout, deaf: subprocess.Popen[str]
) -> None:
    with pytest.raises(TargetError, match=f"pid {deaf.pid} was asked to end") as raised:
        stopped(layout.root, 0.3)
    assert f"kill -KILL {deaf.pid}" in raised.value.hint


@pytest.mark.parametrize(
    ("noted", "told"),
    [
        ({"host": "elsewhere", "pid": 2}, "runs on elsewhere"),
        ({"host": socket.gethostname(), "pid": 1}, "is not the one that holds it"),
        ({"host": socket.gethostname(), "pid": -1}, "is not the one that holds it"),
    ],
)
def test_no_process_is_signalled_on_the_word_of_the_file_alone(
    layout: Layout, running: subprocess.Popen[str], noted: dict[str, object], told: str
) -> None:
    words = dict.fromkeys(("user", "started", "session", "process_started"), "x")
    layout.lock.write_text(json.dumps({**words, **noted}))
    with pytest.raises(UsageError, match=told):
        stopped(layout.root, 1.0)
    assert running.poll() is None


def test_while_a_session_runs_nothing_is_cleaned(layout: Layout, running: subprocess.Popen[str]) -> None:
    (layout.cache / "facts").write_text("x")
    with pytest.raises(SessionLocked, match="session theirs"):
        clean_run.cleaned(str(layout.root), everything=True, dry_run=False, as_json=False)
    assert (layout.cache / "facts").exists()


def test_cleaning_says_what_it_frees_and_a_dry_run_only_that(layout: Layout) -> None:
    (layout.cache / "facts").write_text("x" * 2048)
    dry = clean_run.cleaned(str(layout.root), everything=False, dry_run=True, as_json=False)
    assert dry.splitlines() == ["would remove .codeflash/cache/facts  2.0 KiB", "would free 2.0 KiB"]
    assert (layout.cache / "facts").exists()
    found = json.loads(clean_run.cleaned(str(layout.root), everything=False, dry_run=False, as_json=True))
    assert (found["dry_run"], found["freed_bytes"]) == (False, 2048)
    assert not (layout.cache / "facts").exists()
    again = clean_run.cleaned(str(layout.root), everything=False, dry_run=False, as_json=False)
    assert again == "nothing to clean"


def test_a_session_that_was_killed_keeps_what_it_goes_on_from(layout: Layout) -> None:
    (layout.folder / "session.db").write_text("")
    (layout.bench / "draft.json").write_text("{}")
    said = clean_run.cleaned(str(layout.root), everything=False, dry_run=False, as_json=False)
    assert "can be gone on with" in said
    assert (layout.bench / "draft.json").exists()
    clean_run.cleaned(str(layout.root), everything=True, dry_run=False, as_json=False)
    assert not layout.folder.exists()


def test_a_command_that_holds_the_lock_is_no_session(layout: Layout) -> None:
    with SessionLock(layout.lock, session="optimize compare", started="2026-01-02T03:04:05Z"):
        standing = look(layout.root)
        assert standing.state is State.NONE
        with (
            pytest.raises(SessionLocked, match="optimize compare works in this repository"),
            SessionLock(layout.lock, session="s", started=""),
        ):
            pass
    assert as_lines(look(layout.root))[0].startswith("no session yet")
