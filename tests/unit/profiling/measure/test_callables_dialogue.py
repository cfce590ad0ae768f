import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from profiling.measure.dialogue import ASKS, REPLIES, Babble, Dialogue, Ended, Late
from profiling.measure.processes import Launch, Processes, Stopped

OPENED = f"""
import os, sys, time
asks, replies = open({ASKS!r}, "rb"), open({REPLIES!r}, "wb", buffering=0)
"""
ECHO = OPENED + "replies.write(b'hello\\n')\nfor line in asks:\n    replies.write(line.upper())\n"


@contextmanager
def talking(text: str, folder: Path, processes: Processes) -> Iterator[Dialogue]:
    launch = Launch(argv=(sys.executable, "-c", text), cwd=folder, env={"LC_ALL": "C"}, timeout_s=60)
    dialogue = Dialogue(processes, launch, folder)
    try:
        dialogue.start()
        yield dialogue
    finally:
        dialogue.close()


def test_lines_are_answered_with_lines(tmp_path: Path, processes: Processes) -> None:
    with talking(ECHO, tmp_path, processes) as dialogue:
        assert dialogue.listen(30) == b"hello"
        assert [dialogue.ask(word, 30) for word in (b"one", b"", b"x" * 200_000)] == [b"ONE", b"", b"X" * 200_000]


def test_a_process_that_ended_is_told_with_how(tmp_path: Path, processes: Processes) -> None:
    with talking("import sys; sys.stderr.write('gone'); sys.exit(7)", tmp_path, processes) as dialogue:
        with pytest.raises(Ended) as caught:
            dialogue.listen(30)

        assert (caught.value.finished.usage.exit_code, caught.value.finished.stderr) == (7, "gone")
        assert dialogue.wait().usage.exit_code == 7


def test_what_was_said_before_the_end_is_heard(tmp_path: Path, processes: Processes) -> None:
    with talking(OPENED + "replies.write(b'last\\n')", tmp_path, processes) as dialogue:
        assert dialogue.wait().usage.exit_code == 0
        assert dialogue.listen(5) == b"last"
        with pytest.raises(Ended):
            dialogue.ask(b"more", 5)


def test_silence_is_late_and_ends_the_process(tmp_path: Path, processes: Processes) -> None:
    with talking(OPENED + "time.sleep(60)", tmp_path, processes) as dialogue:
        began = time.monotonic()
        with pytest.raises(Late, match=r"within 0\.5s"):
            dialogue.listen(0.5)

        assert dialogue.wait().usage.exit_code == -9
        assert time.monotonic() - began < 30


def test_endless_talk_is_cut_off(tmp_path: Path, processes: Processes) -> None:
    text = OPENED + "while True:\n    replies.write(b'x' * 65536)\n"
    with talking(text, tmp_path, processes) as dialogue, pytest.raises(Babble, match="4 MiB"):
        dialogue.listen(30)


def test_stopping_ends_a_dialogue_at_once(tmp_path: Path, processes: Processes) -> None:
    with talking(OPENED + "replies.write(b'up\\n')\ntime.sleep(60)", tmp_path, processes) as dialogue:
        dialogue.listen(30)
        threading.Timer(0.1, processes.stop).start()
        with pytest.raises(Stopped):
            dialogue.ask(b"still there?", 30)


def test_a_program_that_can_not_be_started_is_an_os_error(tmp_path: Path, processes: Processes) -> None:
    launch = Launch(argv=(str(tmp_path / "none"),), cwd=tmp_path, env={}, timeout_s=5)
    dialogue = Dialogue(processes, launch, tmp_path)
    dialogue.start()
    with pytest.raises(OSError, match="can't be started"):
        dialogue.listen(30)
    dialogue.close()


def test_ending_one_launch_leaves_the_others_running(
    tmp_path: Path, processes: Processes, script_launch: Callable[..., Launch]
) -> None:
    doomed = script_launch("import time; time.sleep(60)")
    with talking(ECHO, tmp_path, processes) as other:
        other.listen(30)
        threading.Timer(0.3, processes.end, (doomed,)).start()

        assert processes.run(doomed).usage.exit_code == -9
        assert other.ask(b"you", 30) == b"YOU"


def test_time_in_which_two_run_at_once_is_busy_once(tmp_path: Path, processes: Processes) -> None:
    began = time.monotonic()
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    with talking(ECHO, folders[0], processes) as one, talking(ECHO, folders[1], processes) as other:
        one.listen(30)
        other.listen(30)
        time.sleep(0.3)

    assert 0.3 < processes.busy_s <= time.monotonic() - began
