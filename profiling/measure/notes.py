"""A note of every process group that runs, on disk, so that those of a killed session are found and ended."""

import json
import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from profiling.measure.identity import boot, process_started

_PATIENCE_S = 3.0
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A process that leads its group.

    Attributes:
        pid: its number, which is its group's too.
        started: when it began, in the system's own words.
        boot: of the machine.
    """

    pid: int
    started: str
    boot: str

    @property
    def is_alive(self) -> bool:
        """Say whether this very process runs: its number alone may be another's by now."""
        return bool(self.started) and self.boot == boot() and process_started(self.pid) == self.started


class Notes:
    """The file of what runs. Any thread may note; a file that can't be written costs the clean-up, not the run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._running: dict[int, Noted] = {}

    def began(self, pid: int) -> None:
        """Note a process that leads its group, before it is told what to run."""
        with self._lock:
            self._running[pid] = Noted(pid=pid, started=process_started(pid), boot=boot())
            self._write()

    def ended(self, pid: int) -> None:
        """Forget a process that was waited for."""
        with self._lock:
            if self._running.pop(pid, None) is not None:
                self._write()

    def _write(self) -> None:
        part = self._path.with_name(f"{self._path.name}.part")
        with suppress(OSError):
            if self._running:
                part.write_text(json.dumps([asdict(one) for one in self._running.values()]), encoding="utf-8")
                part.replace(self._path)
            else:
                self._path.unlink(missing_ok=True)


def end_leftovers(path: Path) -> tuple[Noted, ...]:
    """End what a killed session left running, and return it; the file is removed.

    Only processes that are the very ones noted are ended. They are asked first: a launcher passes it on to its command.

    Args:
        path: the file that `Notes` kept. What is no such file names nothing.
    """
    found = tuple(one for one in _read(path) if one.is_alive)
    for one in found:
        with suppress(OSError):
            os.kill(one.pid, signal.SIGTERM)
    until = time.monotonic() + _PATIENCE_S
    while any(one.is_alive for one in found) and time.monotonic() < until:
        time.sleep(0.02)
    for one in found:
        if one.is_alive:
            with suppress(OSError):
                os.killpg(one.pid, signal.SIGKILL)
    with suppress(OSError):
        path.unlink(missing_ok=True)
    return found


def _read(path: Path) -> tuple[Noted, ...]:
    try:
        if path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            return ()
        listed = json.loads(path.read_text(encoding="utf-8"))
        noted = [Noted(pid=int(one["pid"]), started=str(one["started"]), boot=str(one["boot"])) for one in listed]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    # 0 and negative numbers mean whole groups to the system, and the process 1 is nobody's child.
    return tuple(one for one in noted if one.pid > 1 and one.pid != os.getpid())
