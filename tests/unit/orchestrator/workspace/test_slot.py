import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from orchestrator.workspace.slot import MeasuringSlot, slot_path

ROOT = Path(__file__).resolve().parents[4]
HOLDS = """
import sys, time
from pathlib import Path
from orchestrator.workspace.slot import MeasuringSlot
with MeasuringSlot(Path(sys.argv[1])).held(say=print, still_wanted=lambda: None):
    print("held", flush=True)
    time.sleep(60)
"""


class GivenUp(Exception):
    pass


def give_up() -> None:
    raise GivenUp


def go_on() -> None:
    """Want it still."""


def test_two_threads_never_hold_it_together(tmp_path: Path) -> None:
    slot, inside, seen = MeasuringSlot(tmp_path / "slot"), [0], []

    def measure() -> None:
        for _ in range(3):
            with slot.held(say=lambda _: None, still_wanted=go_on):
                inside[0] += 1
                seen.append(inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=measure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 12


def test_a_wait_says_which_process_holds_it_and_ends_with_that_process(tmp_path: Path) -> None:
    path, said = tmp_path / "slot", []
    other = subprocess.Popen([sys.executable, "-c", HOLDS, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    with other.stdout:
        assert other.stdout.readline() == "held\n"

        def kill_the_holder() -> None:
            other.send_signal(signal.SIGKILL)

        with MeasuringSlot(path).held(say=said.append, still_wanted=kill_the_holder):
            assert path.read_text() == str(os.getpid())
    other.wait()
    assert said == [f"waiting for the measuring slot held by pid {other.pid}"]


def test_a_wait_that_is_not_wanted_any_more_ends_and_leaves_the_slot_alone(tmp_path: Path) -> None:
    slot, said = MeasuringSlot(tmp_path / "slot"), []
    with slot.held(say=said.append, still_wanted=go_on):
        with pytest.raises(GivenUp), slot.held(say=said.append, still_wanted=give_up):
            pass
        assert said == ["waiting for the measuring slot held by another worker"]
    with slot.held(say=said.append, still_wanted=give_up):
        assert len(said) == 1


def test_no_child_inherits_it(tmp_path: Path) -> None:
    path = tmp_path / "slot"
    with MeasuringSlot(path).held(say=str, still_wanted=go_on):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    try:
        with MeasuringSlot(path).held(say=str, still_wanted=give_up):
            assert child.poll() is None
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
def test_where_files_can_not_be_locked_the_slot_is_this_process_s_alone(tmp_path: Path, number: int) -> None:
    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(number, "no locks here")

    slot = MeasuringSlot(tmp_path / "slot", flock=flock)
    with (
        slot.held(say=str, still_wanted=give_up),
        pytest.raises(GivenUp),
        slot.held(say=str, still_wanted=give_up),
    ):
        pass


def test_the_slot_is_in_a_folder_of_the_person_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own, runtime = tmp_path / f"ratchet-{os.getuid()}", tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    assert slot_path({"XDG_RUNTIME_DIR": str(runtime)}) == runtime / "ratchet-measuring.lock"
    runtime.chmod(0o777)
    assert slot_path({"XDG_RUNTIME_DIR": str(runtime)}) == own / "ratchet-measuring.lock"
    own.rmdir()
    own.symlink_to(runtime)
    assert slot_path({}) is None
    with MeasuringSlot(slot_path({})).held(say=str, still_wanted=give_up):
        assert not list(runtime.iterdir())
