"""The real command, talked to while it runs: through a terminal of its own, and from other processes."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.conftest import Finished, command, environment, target_python

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
_PATIENCE_S = 240.0


def words(root: Path, *more: str, named: bool = True) -> list[str]:
    """Return the command of a short session; its workload and tests are named, or to be found."""
    fixed = ["--workload", "python bench.py", "--tests", "python -m unittest discover -s tests"] if named else []
    return command("-C", str(root), *fixed, "--python", target_python(), "--max-experiments", "1", *more)


@dataclass(kw_only=True)
class Session:
    """One run of the command without a terminal, its events read as they come."""

    root: Path
    process: subprocess.Popen[str]
    events: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def start(cls, root: Path, *more: str, named: bool = True) -> "Session":
        process = subprocess.Popen(
            words(root, "--json", *more, named=named),
            cwd=root.parent,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        return cls(root=root, process=process)

    def until(self, kind: str, **data: object) -> dict[str, Any]:
        """Return the next event of a kind that has these data."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            found = self.events[-1]
            if found["kind"] == kind and data.items() <= found["data"].items():
                return found
        raise AssertionError(f"no {kind} with {data} came; the last was {self.events[-1]['text']!r}")

    def end(self) -> int:
        """Read what is left and return the exit code."""
        assert self.process.stdout is not None
        with self.process.stdout:
            self.events += [json.loads(line) for line in self.process.stdout]
        return self.process.wait(timeout=120)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.end()


def say(root: Path, *arguments: str) -> Finished:
    """Run another command on the same repository."""
    done = subprocess.run(
        command(*arguments, "-C", str(root)),
        cwd=root.parent,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Finished(code=done.returncode, out=done.stdout, err=done.stderr)


class Terminal:
    """One run of the command in a terminal of its own, as a person sees and types."""

    def __init__(self, root: Path, arguments: list[str], **variables: str) -> None:
        self.master, slave = pty.openpty()
        self.before = termios.tcgetattr(slave)
        self.shown = ""
        self._read = 0
        self._slave = slave
        names = {name: value for name, value in environment().items() if name not in {"CI", "COLUMNS"}}
        self.process = subprocess.Popen(
            arguments,
            cwd=root.parent,
            env={**names, "TERM": "xterm", "COLUMNS": "120", **variables},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  no threads run in tests
        )

    def until(self, text: str) -> str:
        """Wait for a text and return what was shown since the last one."""
        deadline = time.monotonic() + _PATIENCE_S
        while text not in self.shown[self._read :]:
            assert self._more(), f"{text!r} was not shown, but:\n{self.shown[self._read :]}"
            assert time.monotonic() < deadline, f"{text!r} was not shown in time:\n{self.shown[self._read :]}"
        place = self.shown.index(text, self._read) + len(text)
        since, self._read = self.shown[self._read : place], place
        return since

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        """Read to the end, check that the terminal is as it was, and return the exit code."""
        while self.process.poll() is None:
            self._more()
        while self._more(0.1):
            pass
        assert termios.tcgetattr(self._slave) == self.before, "the terminal is not as it was"
        os.close(self._slave)
        os.close(self.master)
        return self.process.returncode

    def _more(self, wait_s: float = 1.0) -> bool:
        """Read what is there; say whether there may be more."""
        ready, _, _ = select.select([self.master], [], [], wait_s)
        if ready:
            self.shown += _ESCAPES.sub("", os.read(self.master, 65536).decode(errors="replace")).replace("\r", "")
            return True
        return self.process.poll() is None
