import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import NotWritable, SessionLocked
from orchestrator.workspace.lock import SessionLock, holder

_HOLD = """
import sys, time
from pathlib import Path
from orchestrator.workspace.lock import SessionLock
with SessionLock(Path(sys.argv[1]), session="theirs", started="2026-01-02T03:04:05Z"):
    print("held", flush=True)
    time.sleep(60)
"""
PROJECT = Path(__file__).parents[4]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.lock"


@pytest.fixture
def other(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    env = os.environ | {"PYTHONPATH": str(PROJECT)}
    process = subprocess.Popen((sys.executable, "-c", _HOLD, str(path)), stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def _lock(path: Path, session: str = "ours") -> SessionLock:
    return SessionLock(path, session=session, started="2026-02-03T04:05:06Z")


def _without_flock(_descriptor: int, _operation: int) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_a_second_session_is_told_who_holds_the_lock(path: Path, other: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(SessionLocked, match=f"session theirs .*pid {other.pid} .*since 2026-01-02") as caught,
        _lock(path),
    ):
        pass

    assert "optimize stop" in caught.value.hint
    found = holder(path)
    assert found is not None
    assert (found.pid, found.session) == (other.pid, "theirs")


def test_the_lock_of_a_killed_session_is_taken_over(path: Path, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()

    assert path.stat().st_size > 0
    assert holder(path) is None
    with _lock(path):
        assert json.loads(path.read_text())["session"] == "ours"


def test_the_lock_is_free_after_the_session(path: Path) -> None:
    with _lock(path, "one"):
        assert holder(path) is not None
    assert holder(path) is None
    with _lock(path, "two") as lock:
        assert lock is not None


def test_asking_who_holds_it_does_not_turn_a_session_away(path: Path) -> None:
    with _lock(path, "one"):
        pass
    asking = os.open(path, os.O_RDONLY)
    import fcntl
    import threading

    fcntl.flock(asking, fcntl.LOCK_SH)
    timer = threading.Timer(0.1, os.close, (asking,))
    timer.start()

    with _lock(path, "two"):
        assert json.loads(path.read_text())["session"] == "two"
    timer.join()


def test_a_torn_or_foreign_text_in_the_file_does_no_harm(path: Path) -> None:
    for text in ("", "{", "[]", '{"pid": "x"}', "\0\xff"):
        path.write_text(text)
        assert holder(path) is None
        with _lock(path):
            assert json.loads(path.read_text())["pid"] == os.getpid()


def test_a_file_that_is_not_there_is_held_by_nobody(path: Path) -> None:
    assert holder(path) is None


def test_a_link_in_place_of_the_file_is_not_followed(path: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep")
    path.symlink_to(tmp_path / "precious")

    with pytest.raises(NotWritable, match="can't be opened"), _lock(path):
        pass
    assert (tmp_path / "precious").read_text() == "keep"


def test_without_kernel_locks_a_living_holder_still_counts(path: Path, other: subprocess.Popen[str]) -> None:
    ours = SessionLock(path, session="ours", started="now", flock=_without_flock)

    with pytest.raises(SessionLocked, match=f"pid {other.pid}"), ours:
        pass
    assert holder(path, flock=_without_flock) is not None

    other.kill()
    other.wait()
    assert holder(path, flock=_without_flock) is None
    with ours:
        assert json.loads(path.read_text())["session"] == "ours"


def test_without_kernel_locks_a_reused_pid_is_not_taken_for_the_holder(
    path: Path, other: subprocess.Popen[str]
) -> None:
    found = holder(path)
    assert found is not None
    noted = replace(found, process_started="long ago")
    path.write_text(json.dumps({name: getattr(noted, name) for name in noted.__slots__}))

    with SessionLock(path, session="ours", started="now", flock=_without_flock):
        assert json.loads(path.read_text())["session"] == "ours"


def test_without_kernel_locks_a_holder_on_another_host_is_believed(path: Path) -> None:
    noted = {"pid": 1, "host": "elsewhere", "user": "u", "started": "s", "session": "x", "process_started": "p"}
    path.write_text(json.dumps(noted))

    with (
        pytest.raises(SessionLocked) as caught,
        SessionLock(path, session="ours", started="now", flock=_without_flock),
    ):
        pass
    assert f"if it no longer runs on elsewhere: rm {path}" in caught.value.hint
