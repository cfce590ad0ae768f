"""The event log on disk: append-only JSON lines; what every view that comes later reads. It drops nothing."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from orchestrator.errors import NotWritable
from orchestrator.ledger.damaged import damaged
from orchestrator.live.bus import Numbering
from orchestrator.live.events import Event
from orchestrator.live.json_lines import NotAnEvent, parse, render


class EventLog:
    """Appends events to a file, one write an event. The file is opened with the first one.

    One process writes to it at a time: whoever holds the session's lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def numbering(self) -> Numbering:
        """Return where the numbers of an earlier session ended.

        Raises:
            orchestrator.errors.RecordsDamaged: the log can't be read.
        """
        last, streams = 0, dict[str, int]()
        for event in read(self.path):
            last = max(last, event.number)
            streams[event.stream] = max(streams.get(event.stream, 0), event.stream_number)
        return Numbering(last=last, by_stream=streams)

    def append(self, event: Event) -> None:
        """Write one event: the whole line or, when that fails, nothing.

        Raises:
            NotWritable: the file can't be opened or written.
        """
        line = f"{render(event)}\n".encode("ascii")
        try:
            if self._descriptor is None:
                self._descriptor = _open(self.path)
            _write(self._descriptor, line)
        except OSError as error:
            raise NotWritable(
                f"the event log {self.path} can't be written: {error.strerror or error}",
                hint="make room or make the folder writable, then go on with `optimize`",
            ) from error

    def close(self) -> None:
        """Close the file; the next event opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read(path: Path) -> Iterator[Event]:
    """Yield the events of a log in the order written. A torn last line (the writer was killed) is left out.

    Raises:
        orchestrator.errors.RecordsDamaged: the file can't be read, or a line before the last is no event.
    """
    if not path.exists():
        return
    if not path.is_file():
        raise damaged(path, "is not an ordinary file")
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.endswith(b"\n"):
                    yield _event(path, number, line)
    except OSError as error:
        raise damaged(path, f"can't be read: {error.strerror or error}") from error


def _event(path: Path, number: int, line: bytes) -> Event:
    try:
        return parse(line.decode("ascii"))
    except (NotAnEvent, UnicodeDecodeError) as error:
        raise damaged(path, f"line {number} is no event of this version: {error}") from error


def _open(path: Path) -> int:
    """A repository may bring a link along, to have us write wherever it points: neither folder nor file may be one."""
    if path.parent.is_symlink():
        raise OSError(errno.ELOOP, f"{path.parent} is a symbolic link")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    os.ftruncate(descriptor, _whole_lines_end(descriptor))
    return descriptor


def _whole_lines_end(descriptor: int) -> int:
    """Return the size without a torn last line."""
    end = os.fstat(descriptor).st_size
    while end:
        start = max(0, end - 65536)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _write(descriptor: int, line: bytes) -> None:
    before = os.fstat(descriptor).st_size
    written = 0
    try:
        written = os.write(descriptor, line)
    finally:
        if written != len(line):
            with suppress(OSError):
                os.ftruncate(descriptor, before)
    if written != len(line):
        raise OSError(errno.ENOSPC, f"only {written} of {len(line)} bytes were written")
