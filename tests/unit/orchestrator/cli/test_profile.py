import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.collect import store

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[4]
ONLY = ("--python", sys.executable, "--memory-budget", "0")


def test_a_command_is_profiled_and_its_output_kept_apart(optimize: Run, repository: Path, tmp_path: Path) -> None:
    out = tmp_path / "profile.json"
    options = ("--show-output", "--out", str(out), "-C", str(repository))
    done = optimize("profile", *ONLY, *options, "--", "python", "bench.py")
    assert done.returncode == 0
    assert done.stdout.startswith("[unified profile]\n  CPU: f ")
    assert "memory pass skipped" in done.stdout
    assert done.stderr.splitlines()[0] == "399998000000"
    assert store.read(out).command.text == "python bench.py"
    assert sorted(path.name for path in repository.iterdir() if path.name != "pkg") == [".git", "bench.py"]


def test_without_a_command_the_benchmark_found_is_profiled_as_json(optimize: Run, repository: Path) -> None:
    done = optimize("profile", *ONLY, "--json", cwd=repository / "pkg")
    assert done.returncode == 0
    profile = json.loads(done.stdout)
    assert profile["command"]["argv"] == ["python", "bench.py"]
    assert "f" in {function["key"]["qualname"] for function in profile["functions"]}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([*ONLY, "--", "python", "-c", "raise SystemExit('broken')"], 3, "broken"),
        ([*ONLY, "--", "python", "-c", "print(1)"], 3, "name a command that runs the project's code"),
        ([*ONLY, "--", "no-such-program"], 3, "no-such-program"),
        ([*ONLY, "--", "python bench.py | cat"], 2, "needs a shell"),
        (["--memory-budget", "much"], 2, "--memory-budget"),
        (["--python", "/no/such/python"], 3, "/no/such/python"),
    ],
)
def test_what_can_not_be_profiled_says_why(
    optimize: Run, repository: Path, arguments: list[str], code: int, told: str
) -> None:
    done = optimize("profile", *arguments, cwd=repository)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "hint: " in done.stderr


def test_outside_a_project_it_says_what_to_name(optimize: Run, tmp_path: Path) -> None:
    done = optimize("profile", "--", "python", "-c", "pass")
    assert done.returncode == 3
    assert "no importable package" in done.stderr


@pytest.mark.slow
def test_an_earlier_profile_is_compared_with_and_looked_into_deeper(
    optimize: Run, repository: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before.json"
    first = optimize("profile", *ONLY, "--out", str(before), "-C", str(repository))
    assert first.returncode == 0, first.stderr
    options = ("--against", str(before), "--deep=census", "--lines", "f", "--flame")
    done = optimize("profile", *ONLY, *options, "--out", str(tmp_path / "flame.html"), cwd=repository)
    assert done.returncode == 0, done.stderr
    assert "\nfunctions:\n" in done.stdout
    assert "\n[compared with the earlier profile]\n" in done.stdout
    assert "\n[deep]\n" in done.stdout
    assert "builtins" in done.stdout or "dict" in done.stdout
    assert "\nlines of f (pkg/" in done.stdout
    assert "after" in (tmp_path / "flame.html").read_text(encoding="utf-8")
    profiles = repository / ".codeflash" / "profiles"
    assert [f"wrote {profiles / name}" for name in ("flame.html", "flame.speedscope.json")] == [
        line for line in done.stderr.splitlines() if line.startswith("wrote ")
    ]
    assert json.loads((profiles / "flame.speedscope.json").read_text())["profiles"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--against", "none.json"], "none.json can't be read"),
        (["--against", "bench.py"], "bench.py is no JSON"),
        (["--lines", "fun", "--", "python", "bench.py"], "no function of the project is called 'fun'"),
        (["--duration", "5s"], "--duration is for --attach"),
        (["--deep=much"], "deep can't be 'much'"),
        (["--deep", "python", "bench.py"], "a COMMAND goes after --"),
        (["--sizes", "1,2,4"], "--scale, which is missing"),
        (["--scale", "bench.py {n}"], "--scale needs --sizes"),
        (["--scale", "bench.py {n}", "--sizes", "1,2,4", "--out", "x.html"], "does not go with --out"),
        (["--scale", "bench.py {n}", "--sizes", "1,2,4", "--", "python", "bench.py"], "does not go with a COMMAND"),
    ],
)
def test_options_that_can_not_be_followed_end_with_2(
    optimize: Run, repository: Path, arguments: list[str], told: str
) -> None:
    done = optimize("profile", *arguments, cwd=repository)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "hint: " in done.stderr


def test_a_profile_that_can_not_be_written_is_an_error(optimize: Run, repository: Path) -> None:
    done = optimize("profile", *ONLY, "--out", "/dev/null/profile.json", cwd=repository)
    assert done.returncode == 3
    assert "can't be written to /dev/null/profile.json" in done.stderr


def _is_running(pid: int) -> bool:
    """Say whether a process runs; one that was killed and not yet collected does not."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()[:1] not in {"", "Z"}


def test_an_interrupted_profile_leaves_no_process_behind(repository: Path) -> None:
    (repository / "bench.py").write_text(
        "import os, time, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestrator.cli.main", "profile", *ONLY],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    pid_file = repository / "pid"
    deadline = time.monotonic() + 30
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    target = int(pid_file.read_text())
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in told
    deadline = time.monotonic() + 10
    while _is_running(target) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_running(target)
