import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from profiling.measure.identity import boot, process_started
from profiling.measure.notes import Notes, end_leftovers
from profiling.measure.processes import Launch, Processes

ROOT = Path(__file__).resolve().parents[4]
SLEEPS = "import time; time.sleep(60)"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", SLEEPS], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def note(path: Path, **changes: object) -> Path:
    path.write_text(json.dumps([{"pid": 1, "started": "", "boot": boot(), **changes}]))
    return path


def ends(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_a_process_is_told_by_when_it_began_and_one_that_ended_has_no_begin() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    time.sleep(0.5)
    assert process_started(process.pid) == "", "it ended, though nobody has waited for it"
    process.wait()
    assert process_started(os.getpid()) == process_started(os.getpid()) != ""


def test_what_a_killed_session_left_running_is_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    path = tmp_path / "running.json"
    Notes(path).began(sleeper.pid)
    assert [one.pid for one in end_leftovers(path)] == [sleeper.pid]
    assert ends(sleeper)
    assert not path.exists()


@pytest.mark.parametrize("changes", [{"started": "17"}, {"boot": "another"}], ids=["a later process", "another boot"])
def test_a_process_that_only_has_the_number_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes], changes: dict[str, str]
) -> None:
    noted = {"pid": sleeper.pid, "started": process_started(sleeper.pid), **changes}
    assert end_leftovers(note(tmp_path / "running.json", **noted)) == ()
    assert sleeper.poll() is None


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '[{"pid": "x"}]', "null", '[{"pid": -1, "started": "1", "boot": ""}]']
)
def test_a_file_that_is_no_note_names_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "running.json"
    path.write_text(text)
    assert end_leftovers(path) == ()


def test_our_own_group_is_never_ended(tmp_path: Path) -> None:
    path = note(tmp_path / "running.json", pid=os.getpid(), started=process_started(os.getpid()))
    assert end_leftovers(path) == ()


def test_what_runs_is_noted_and_what_ended_is_not(tmp_path: Path) -> None:
    path = tmp_path / "running.json"
    processes = Processes(notes=Notes(path))
    launch = Launch(argv=(sys.executable, "-c", SLEEPS), cwd=tmp_path, env={}, timeout_s=60)
    thread = threading.Thread(target=processes.run, args=(launch,))
    thread.start()
    until = time.monotonic() + 20
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert len(json.loads(path.read_text())) == 1
    processes.end(launch)
    thread.join()
    assert not path.exists()


def test_the_command_of_a_killed_session_ends_with_its_launcher(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from profiling.measure.notes import Notes\n"
        "from profiling.measure.processes import Launch, Processes\n"
        f"launch = Launch(argv=(sys.executable, '-c', {SLEEPS!r} + '  # ' + sys.argv[1]), cwd=Path('/'), env={{}},"
        " timeout_s=60)\n"
        "Processes(notes=Notes(Path(sys.argv[1]))).run(launch)\n"
    )
    path = tmp_path / "running.json"
    session = subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT)
    until = time.monotonic() + 20
    while not _with(str(path), besides=session.pid) and time.monotonic() < until:
        time.sleep(0.02)
    session.send_signal(signal.SIGKILL)
    session.wait()
    assert _with(str(path), besides=session.pid), "it outlives the session"
    assert len(end_leftovers(path)) == 1
    assert not _with(str(path), besides=session.pid)


def _with(word: str, *, besides: int) -> list[str]:
    listed = subprocess.run(["ps", "-ewwo", "pid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    lines = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [pid for pid, state, args in lines if word in args and "Z" not in state and int(pid) != besides]
