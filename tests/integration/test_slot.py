"""Commands that take times wait for whoever takes times on the machine, and say so."""

import subprocess
from pathlib import Path

from orchestrator.workspace.slot import MeasuringSlot, slot_path
from tests.integration.conftest import command, environment, make_shop, target_python


def go_on() -> None:
    """Want it still."""


def test_a_profile_waits_for_who_measures_says_so_and_then_goes_on(tmp_path: Path) -> None:
    root, runtime = make_shop(tmp_path), tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    environ = {**environment(), "XDG_RUNTIME_DIR": str(runtime)}
    asked = command(
        "profile", "-C", str(root), "--python", target_python(), "--memory-budget", "0", "--", "python", "bench.py"
    )
    with MeasuringSlot(slot_path(environ)).held(say=str, still_wanted=go_on):
        waiting = subprocess.Popen(
            asked, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert waiting.stderr is not None
        line = waiting.stderr.readline()
        while line and "waiting for the measuring slot held by pid" not in line:
            line = waiting.stderr.readline()
        assert line, "it did not wait"
        assert waiting.poll() is None
    out, err = waiting.communicate(timeout=240)
    assert waiting.returncode == 0, err
    assert "[unified profile]" in out
