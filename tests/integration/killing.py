"""Sessions of a team in processes of their own, killed where they are said to be; and what must not be left then."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.integration.conftest import ROOT, environment, git

Seen = dict[str, object]


def start(root: Path, *arguments: str, group: int | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.team_player", str(root), *arguments],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
        process_group=group,
    )


def kill_when(root: Path, reached: Callable[[Seen], bool], *arguments: str) -> bool:
    """Run the session and kill -9 it where it is said to be; say whether it was."""
    process = start(root, *arguments)
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if line.startswith("{") and reached(json.loads(line)):
                process.send_signal(signal.SIGKILL)
                break
    return process.wait(timeout=300) == -signal.SIGKILL


def interrupt_when(root: Path, reached: Callable[[Seen], bool], *arguments: str) -> int:
    """Run the session, press Ctrl-C where it is said to be, and return its exit code."""
    process = start(root, *arguments, group=0)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{") and reached(json.loads(line)):
            break
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=120)
    return process.returncode


def check_nothing_is_left(root: Path) -> None:
    assert git(root, "worktree", "list", "--porcelain").count("worktree ") == 1
    assert git(root, "branch", "--format=%(refname:short)").splitlines() == ["codeflash/optimize", "main"]
    assert not list((root / ".codeflash" / "work").iterdir())
    assert not list((root / ".codeflash" / "bench").glob("draft*"))
    running = subprocess.run(["ps", "-ewwo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    assert str(root) not in running
