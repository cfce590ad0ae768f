"""`optimize profile --attach` on processes that run already: seen from outside, and left as they were."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import pytest

from tests.integration.conftest import command, environment

BESIDE = Path(sys.executable).parent / "py-spy"
pytestmark = pytest.mark.skipif(not (BESIDE.is_file() or shutil.which("py-spy")), reason="py-spy is not installed")

SERVER = """
    import threading

    def burn():
        total = 0
        for number in range(100_000):
            total += number * number
        return total

    def serve():
        while True:
            burn()

    if __name__ == "__main__":
        threading.Thread(target=serve, name="worker", daemon=True).start()
        print("up", flush=True)
        serve()
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "server.py").write_text(dedent(SERVER))
    return tmp_path


@pytest.fixture
def server(repository: Path) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "server.py"]
    with subprocess.Popen(argv, cwd=repository, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield process
        process.kill()


def attach(repository: Path, pid: int, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [*command(), "profile", "-C", str(repository), "--attach", str(pid), *options]
    done = subprocess.run(argv, env=environment(), capture_output=True, text=True, timeout=100, check=False)
    skip_refused(done.stderr)
    return done


def skip_refused(said: str) -> None:
    """Skip where the system keeps processes from looking into each other."""
    if "does not let us look" in said or "the system lets nobody look" in said:
        pytest.skip(said)


@contextmanager
def looking_at(repository: Path, pid: int) -> Iterator[subprocess.Popen[str]]:
    """Give a command that looks at a process, when it has looked for two seconds."""
    argv = [*command(), "profile", "-C", str(repository), "--attach", str(pid), "--duration", "60s"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(argv, env=environment(), text=True, **pipes) as looking:
        assert looking.stderr is not None
        first = looking.stderr.readline()
        skip_refused(first)
        assert "looking at process" in first
        yield looking


def test_a_running_process_is_seen_by_function_line_and_thread_and_runs_on(
    repository: Path, server: subprocess.Popen[str]
) -> None:
    out = repository / "server.speedscope.json"

    done = attach(repository, server.pid, "--duration", "2s", "--json", "--out", str(out))

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    busiest = found["functions"][0]
    assert busiest["key"] == {"file": "server.py", "first_line": 4, "qualname": "burn"}
    assert busiest["samples"] > found["samples"] / 2
    assert {line["line"] for line in busiest["lines"]} <= set(range(4, 9))
    assert max(busiest["lines"], key=lambda line: line["samples"])["line"] in {6, 7}
    assert (found["pid"], found["threads"], found["processes"]) == (server.pid, 2, 1)
    assert {stack["thread"] for stack in found["stacks"]} == {"MainThread", "worker"}
    assert server.poll() is None
    assert json.loads(out.read_text())["profiles"]


def test_interrupted_it_leaves_the_process_running_untraced(repository: Path, server: subprocess.Popen[str]) -> None:
    with looking_at(repository, server.pid) as looking:
        looking.send_signal(signal.SIGINT)
        looking.communicate(timeout=30)

    assert looking.returncode == 130
    assert server.poll() is None
    status = Path(f"/proc/{server.pid}/status")
    if status.is_file():
        told = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        assert told["TracerPid"] == "0"
        assert told["State"][0] in "RS"


@pytest.mark.slow
def test_a_process_that_ends_meanwhile_is_told_until_then(repository: Path, server: subprocess.Popen[str]) -> None:
    with looking_at(repository, server.pid) as looking:
        server.kill()
        text, _ = looking.communicate(timeout=30)

    assert looking.returncode == 0
    assert "the process ended after" in text
    assert "burn" in text


def test_what_is_no_python_is_refused_with_what_to_do(repository: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        done = attach(repository, process.pid, "--duration", "1s")
        process.kill()

    assert done.returncode == 3
    assert f"process {process.pid} runs no Python" in done.stderr
    assert "hint: " in done.stderr
