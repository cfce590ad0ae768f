"""Drive a long-lived process line by line over two named pipes, while `Processes` watches over it."""

import os
import selectors
import threading
import time
from pathlib import Path

from profiling.measure.processes import Finished, Launch, Processes

ASKS, REPLIES = "asks", "replies"
"""Names of the pipes in the dialogue's folder: what we ask, and what the process replies."""

_LINE_BYTES = 4 * 2**20
_CHUNK_BYTES = 256 * 1024
_ENDING_S = 30.0


class Ended(RuntimeError):
    """The process ended before it replied; `finished` says how."""

    def __init__(self, finished: Finished) -> None:
        super().__init__(f"the process ended with exit code {finished.usage.exit_code} and gave no reply")
        self.finished = finished


class Late(RuntimeError):
    """No reply came in time."""


class Babble(RuntimeError):
    """The process sent more than a reply can be."""


class Dialogue:
    """One process that answers lines with lines. What it sends is untrusted: bounded here, understood elsewhere.

    Our side holds both ends of the pipes, so that neither opening nor writing can hang on what the process does; its
    death is told by the thread that waits for it.
    """

    def __init__(self, processes: Processes, launch: Launch, folder: Path) -> None:
        self._processes = processes
        self._launch = launch
        self._finished: Finished | None = None
        self._error: BaseException | None = None
        self._unread = bytearray()
        self._asks, self._replies = (_pipe(folder / name) for name in (ASKS, REPLIES))
        self._over, self._tell_over = os.pipe()
        self._thread = threading.Thread(target=self._wait_for_end, name="dialogue", daemon=True)

    def start(self) -> None:
        """Start the process; its first line may be read then."""
        self._thread.start()

    def ask(self, line: bytes, timeout_s: float) -> bytes:
        """Send a line and return the reply, both without their ends.

        Raises:
            Ended: the process is gone.
            Late: nothing came within the wall seconds given; the process was killed.
            Babble: it sends without end; it was killed.
            Stopped: the session is being stopped.
            OSError: the process couldn't be started.
        """
        self.send(line, timeout_s)
        return self.listen(timeout_s)

    def send(self, line: bytes, timeout_s: float) -> None:
        """Send a line; what keeps it from being read shows when the reply is listened for."""
        data, until = line + b"\n", time.monotonic() + timeout_s
        while data:
            try:
                data = data[os.write(self._asks, data) :]
            except BlockingIOError:
                if time.monotonic() > until or not self._thread.is_alive():
                    return
                time.sleep(0.001)

    def listen(self, timeout_s: float) -> bytes:
        """Return the next line; raises as `ask` does."""
        until = time.monotonic() + timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            selector.register(self._over, selectors.EVENT_READ)
            while b"\n" not in self._unread:
                self._refuse_babble()
                ready = {key.fd for key, _ in selector.select(max(0.0, until - time.monotonic()))}
                if self._replies in ready:
                    self._unread += os.read(self._replies, _CHUNK_BYTES)
                elif self._over in ready:
                    raise self._ending()
                elif not ready:
                    raise self._late(timeout_s)
        line, _, rest = bytes(self._unread).partition(b"\n")
        self._unread[:] = rest
        return line

    def wait(self) -> Finished:
        """Wait for a process that was told to end, kill it when it does not, and return how it ended.

        Raises:
            Stopped: the session is being stopped.
            OSError: the process couldn't be started.
        """
        self._thread.join(_ENDING_S)
        self._processes.end(self._launch)
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._finished is not None
        return self._finished

    def close(self) -> None:
        """Kill the process if it still runs, wait for its end and close the pipes."""
        if self._thread.ident is not None:
            while self._thread.is_alive():  # a process that is just being started can't be killed yet
                self._processes.end(self._launch)
                self._thread.join(0.1)
        for descriptor in (self._asks, self._replies, self._over, self._tell_over):
            os.close(descriptor)

    def _wait_for_end(self) -> None:
        try:
            self._finished = self._processes.run(self._launch)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asks
            self._error = error
        finally:
            os.write(self._tell_over, b"!")

    def _ending(self) -> BaseException:
        self._thread.join()
        if self._error is not None:
            return self._error
        assert self._finished is not None
        return Ended(self._finished)

    def _late(self, timeout_s: float) -> Late:
        self._processes.end(self._launch)
        return Late(f"no reply came within {timeout_s:g}s")

    def _refuse_babble(self) -> None:
        if len(self._unread) > _LINE_BYTES:
            self._processes.end(self._launch)
            raise Babble(f"it sent more than {_LINE_BYTES // 2**20} MiB without an end of line")


def _pipe(path: Path) -> int:
    os.mkfifo(path, 0o600)
    return os.open(path, os.O_RDWR | os.O_NONBLOCK)
