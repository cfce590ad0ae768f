"""Watch running commands: drain their output, wait for their reports, and let nothing of theirs hang us."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from profiling.measure.digest import Digest
from profiling.model import RunUsage

TAIL_BYTES = 64 * 1024
DRAIN_S = 2.0
"""Seconds to wait, after a command's end, for what its grandchildren still print."""

_LAUNCHER = Path(__file__).with_name("launcher.py")
_GRACE_S = 10.0
_CHUNK_BYTES = 256 * 1024


class Output:
    """One output stream: its last bytes, its length and a digest of all of it."""

    def __init__(self, descriptor: int, places: Mapping[bytes, bytes]) -> None:
        self.descriptor = descriptor
        self.count = 0
        self.digest = Digest(places)
        self._tail = bytearray()

    def read(self) -> bool:
        """Take what is there; say whether more may come."""
        try:
            data = os.read(self.descriptor, _CHUNK_BYTES)
        except OSError:  # EIO and the like: the other end is gone
            return False
        self.count += len(data)
        self.digest.update(data)
        self._tail += data
        if len(self._tail) > 8 * TAIL_BYTES:  # seldom, so that many small writes cost no copy each
            del self._tail[:-TAIL_BYTES]
        return bool(data)

    def text(self) -> str:
        """Return the last 64 KiB, decoded with replacement."""
        return self._tail[-TAIL_BYTES:].decode("utf-8", "replace")


class Child:
    """One command behind its launcher, whose number is `pid`. Safe to terminate from another thread.

    Args:
        timeout_s: wall seconds after which the launcher kills it.
        places: of its own, which have neutral names in the digest of what it prints.
    """

    def __init__(self, timeout_s: float, places: Mapping[bytes, bytes]) -> None:
        self.report_for_child = -1
        self.pid = 0
        self._timeout_s = timeout_s
        self._places = places
        self._report = b""
        self._report_fd = -1
        self._launcher: subprocess.Popen[bytes] | None = None
        self._spawned = time.monotonic()
        self._drain_until: float | None = None
        self._killed_late = False

    def spawn(self) -> None:
        """Start the launcher; it waits for its request.

        Raises:
            OSError: it can't be started.
        """
        self._report_fd, self.report_for_child = os.pipe()
        try:
            self._launcher = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_LAUNCHER)],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},
                pass_fds=(self.report_for_child,),
                start_new_session=True,
            )
        except BaseException:
            os.close(self._report_fd)
            os.close(self.report_for_child)
            raise
        os.close(self.report_for_child)
        self.pid = self._launcher.pid
        assert self._launcher.stdout is not None
        assert self._launcher.stderr is not None
        self.stdout = Output(self._launcher.stdout.fileno(), self._places)
        self.stderr = Output(self._launcher.stderr.fileno(), self._places)

    def request(self, request: bytes) -> None:
        """Hand the launcher its request."""
        assert self._launcher is not None
        assert self._launcher.stdin is not None
        with self._launcher.stdin as stdin:
            stdin.write(request)

    def terminate(self) -> None:
        """Ask the launcher to kill the command's process group."""
        launcher = self._launcher
        if launcher is not None:
            with contextlib.suppress(ProcessLookupError):
                launcher.send_signal(signal.SIGTERM)

    def register(self, selector: selectors.BaseSelector) -> None:
        """Have the selector call back for every stream."""
        for descriptor, read in (
            (self._report_fd, self._read_report),
            (self.stdout.descriptor, self.stdout.read),
            (self.stderr.descriptor, self.stderr.read),
        ):
            selector.register(descriptor, selectors.EVENT_READ, read)

    def deadline(self) -> float:
        """Return the monotonic second at which waiting for this command ends, whatever happens."""
        if self._drain_until is not None:
            return self._drain_until
        return self._spawned + self._timeout_s + _GRACE_S

    def descriptors(self) -> tuple[int, int, int]:
        """Return the descriptors that are watched."""
        return self._report_fd, self.stdout.descriptor, self.stderr.descriptor

    def give_up(self) -> None:
        """Kill what is left: grandchildren after the drain time, or a launcher that does not answer."""
        self._killed_late = True
        self._kill_group()

    def close(self) -> None:
        """Kill what still runs, reap the launcher and close the streams."""
        launcher, self._launcher = self._launcher, None
        if launcher is None:
            return
        self._kill_group()
        with contextlib.suppress(ProcessLookupError):
            launcher.kill()
        launcher.wait()
        for stream in (launcher.stdin, launcher.stdout, launcher.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        os.close(self._report_fd)

    def start_error(self) -> OSError | None:
        """Return what kept the command from starting, if anything did; the message names program or folder."""
        fields = self._line(b"error")
        if fields is None:
            return None
        number, _, blamed = fields.decode("utf-8", "replace").partition(" ")
        return OSError(int(number), f"can't be started: {os.strerror(int(number))}", blamed)

    def timed_out(self) -> bool:
        """Say whether it was killed at its time limit."""
        fields = self._line(b"done")
        return self._killed_late if fields is None else fields.endswith(b" 1")

    def left_behind(self) -> bool:
        """Say whether processes of the command's group outlived it."""
        return self._line(b"left") is not None

    def usage(self) -> RunUsage:
        """Return what the command cost; without a report (the launcher was killed) only its wall time is known."""
        fields = self._line(b"done")
        if fields is None:
            wall_s = time.monotonic() - self._spawned
            return RunUsage(wall_s=wall_s, cpu_s=0.0, max_rss_mib=0.0, exit_code=-signal.SIGKILL)
        wall_s_text, cpu_s, max_rss, status, _ = fields.decode().split(" ")
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
        return RunUsage(
            wall_s=float(wall_s_text),
            cpu_s=float(cpu_s),
            max_rss_mib=int(max_rss) / unit,
            exit_code=os.waitstatus_to_exitcode(int(status)),
        )

    def _read_report(self) -> bool:
        try:
            data = os.read(self._report_fd, 4096)
        except OSError:
            data = b""
        self._report += data
        if not data:  # the launcher is done: only grandchildren can still hold the output
            self._drain_until = time.monotonic() + DRAIN_S
        return bool(data)

    def _line(self, word: bytes) -> bytes | None:
        for line in self._report.splitlines():
            if line.startswith(word + b" "):
                return line[len(word) + 1 :]
        return None

    def _kill_group(self) -> None:
        pid = self._line(b"pid")
        if pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(int(pid), signal.SIGKILL)


def supervise(children: list[Child]) -> None:
    """Drain every child's output until all have ended, one can't be started, or time (and some grace) is over."""
    with selectors.DefaultSelector() as selector:
        for child in children:
            child.register(selector)
        waiting = list(children)
        while waiting and not any(child.start_error() for child in children):
            nearest = min(child.deadline() for child in waiting)
            for key, _ in selector.select(max(0.0, nearest - time.monotonic())):
                if not key.data():
                    selector.unregister(key.fd)
            waiting = [child for child in waiting if _still_waited_for(child, selector)]


def _still_waited_for(child: Child, selector: selectors.BaseSelector) -> bool:
    watched = [descriptor for descriptor in child.descriptors() if descriptor in selector.get_map()]
    if watched and time.monotonic() >= child.deadline():
        child.give_up()
        for descriptor in watched:
            selector.unregister(descriptor)
        return False
    return bool(watched)
