import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.cli import standard_input as module
from orchestrator.cli.standard_input import EMPTY_NOTE, StandardInput, standard_input
from orchestrator.errors import UsageError


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def test_a_file_is_used_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_bytes(b"one")
    with path.open("rb") as file:
        assert standard_input(None, tmp_path, file.fileno()) == StandardInput(path=path)
        assert standard_input("-", tmp_path, file.fileno()) == StandardInput(path=path)
    assert standard_input(str(path), tmp_path) == StandardInput(path=path)


def test_a_file_without_a_name_or_already_begun_is_copied_from_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_bytes(b"one two")
    with path.open("rb") as file:
        os.read(file.fileno(), 4)
        begun = standard_input(None, tmp_path, file.fileno()).path
        path.unlink()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        nameless = standard_input(None, tmp_path, file.fileno()).path

    assert begun is not None
    assert nameless is not None
    assert (begun.read_bytes(), nameless.read_bytes()) == (b"two", b"one two")


def test_what_comes_through_a_pipe_is_read_to_its_end(tmp_path: Path, pipe: tuple[int, int]) -> None:
    def write() -> None:
        for _ in range(3):
            os.write(pipe[1], b"x" * 50_000)
            time.sleep(0.02)
        os.close(pipe[1])

    writer = threading.Thread(target=write)
    writer.start()
    found = standard_input(None, tmp_path, pipe[0])
    writer.join()

    assert found.path is not None
    assert found.path.read_bytes() == b"x" * 150_000
    assert found.note == ""


def test_a_pipe_that_ends_at_once_is_empty_input_without_a_note(tmp_path: Path, pipe: tuple[int, int]) -> None:
    os.close(pipe[1])

    found = standard_input(None, tmp_path, pipe[0])

    assert found.note == ""
    assert found.path is not None
    assert found.path.read_bytes() == b""


def test_an_open_silent_pipe_does_not_hang_us(tmp_path: Path, pipe: tuple[int, int]) -> None:
    assert standard_input(None, tmp_path, pipe[0]) == StandardInput(note=EMPTY_NOTE)


def test_a_silent_socket_and_a_terminal_are_empty_input_with_a_note(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert standard_input(None, tmp_path, ours.fileno()).note == EMPTY_NOTE
    leader, follower = os.openpty()
    assert standard_input(None, tmp_path, follower).note == EMPTY_NOTE
    os.close(leader)
    os.close(follower)


def test_the_null_device_is_empty_input_on_purpose(tmp_path: Path) -> None:
    with Path(os.devnull).open("rb") as file:
        assert standard_input(None, tmp_path, file.fileno()) == StandardInput()


def test_a_closed_input_is_empty(tmp_path: Path, pipe: tuple[int, int]) -> None:
    os.close(pipe[0])

    assert standard_input(None, tmp_path, pipe[0]) == StandardInput()


def test_a_pipe_that_falls_silent_before_its_end_is_an_error(
    tmp_path: Path, pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_GOES_ON_WITHIN_S", 0.05)
    os.write(pipe[1], b"half")

    with pytest.raises(UsageError, match=r"nothing came for 0\.05 s after 4 bytes"):
        standard_input(None, tmp_path, pipe[0])


def test_more_than_the_limit_is_an_error_that_names_it(
    tmp_path: Path, pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT_BYTES", 2**20)
    endless = subprocess.Popen(["yes"], stdout=pipe[1])
    try:
        with pytest.raises(UsageError, match="more than 1 MiB"):
            standard_input("-", tmp_path, pipe[0])
    finally:
        endless.kill()
        endless.wait()


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"--stdin .*{name}"):
        standard_input(str(tmp_path / name), tmp_path)


def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(b"through",))
    writer.start()
    found = standard_input(str(fifo), tmp_path)
    writer.join()

    assert found.path is not None
    assert found.path.read_bytes() == b"through"
