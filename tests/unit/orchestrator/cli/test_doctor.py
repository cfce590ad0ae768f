import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.cli import checks, checkup
from orchestrator.cli.checks import Check, Level

Run = Callable[..., subprocess.CompletedProcess[str]]


def _by_name(seen: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in seen}


def test_a_sound_repository_has_nothing_that_fails(repository: Path) -> None:
    seen = _by_name(checkup.all_checks(repository, sys.executable))
    assert [check for check in seen.values() if check.level is Level.FAIL] == []
    assert seen["workload"].detail == "python bench.py"
    assert seen["repository"].level is Level.OK
    assert seen["source"].detail == "pkg"
    assert {"git", "processors", "waiting times", "load", "records", "disk", "interpreter", "tests"} <= set(seen)


def test_everything_that_is_not_ok_says_what_to_do(repository: Path) -> None:
    (repository / "bench.py").write_text("x = 1\n")
    seen = checkup.all_checks(repository, sys.executable)
    assert [check for check in seen if check.level is not Level.OK and not check.fix] == []
    assert _by_name(seen)["repository"].detail.endswith("not committed: bench.py")


def test_outside_a_repository_the_check_fails_with_its_fix(tmp_path: Path) -> None:
    check = checks.repository(tmp_path)
    assert check.level is Level.FAIL
    assert "git init" in check.fix


def test_a_folder_without_python_fails_as_a_project(tmp_path: Path) -> None:
    (only,) = checkup.project(tmp_path, sys.executable)
    assert (only.name, only.level) == ("project", Level.FAIL)
    assert "tool.optimize" in only.fix


def test_an_interpreter_that_does_not_run_fails_with_its_name(repository: Path) -> None:
    (only,) = checkup.project(repository, "/no/such/python")
    assert only.level is Level.FAIL
    assert "/no/such/python" in only.detail


def test_a_declared_command_that_needs_a_shell_fails(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[tool.optimize]\nworkload = 'python bench.py | cat'\n")
    (only,) = checkup.project(repository, sys.executable)
    assert only.level is Level.FAIL
    assert "needs a shell" in only.detail


def test_without_a_workload_there_is_no_session(repository: Path) -> None:
    (repository / "bench.py").unlink()
    seen = _by_name(checkup.project(repository, sys.executable))
    assert seen["workload"].level is Level.FAIL
    assert "--workload" in seen["workload"].fix


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_not_be_written_fails(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert checks.writable(tmp_path).level is Level.FAIL
    tmp_path.chmod(0o700)


def test_a_linked_records_folder_fails(tmp_path: Path) -> None:
    (tmp_path / ".codeflash").symlink_to(tmp_path)
    assert checks.writable(tmp_path).level is Level.FAIL


def test_a_machine_without_git_is_said(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("git") is None
    check = checks.git(repository)
    assert check.level is Level.FAIL
    assert check.fix


def test_the_command_ends_with_3_when_a_session_is_prevented(optimize: Run, repository: Path, tmp_path: Path) -> None:
    good = optimize("doctor", "--quick", "--python", sys.executable, cwd=repository)
    assert (good.returncode, good.stderr) == (0, "")
    assert "workload       python bench.py" in good.stdout
    bad = optimize("doctor", "--no-measure", "--json", cwd=tmp_path)
    assert (bad.returncode, bad.stderr) == (3, "")
    assert {"fail"} <= {check["level"] for check in json.loads(bad.stdout)}


def test_the_load_of_others_is_told_in_words_and_figures() -> None:
    check = checks.load()
    assert check.level in {Level.OK, Level.WARN}
    assert check.figures["cores"] >= 1
    assert "processor" in check.detail


@pytest.mark.slow
def test_the_command_measures_at_the_end_and_says_what_can_be_told(optimize: Run, repository: Path) -> None:
    done = optimize("doctor", "--json", "--python", sys.executable, cwd=repository)
    assert (done.returncode, done.stderr) == (0, "")
    last = json.loads(done.stdout)[-1]
    assert last["name"] == "noise"
    assert last["level"] in {"ok", "warn"}
    assert "identical programs" in last["detail"]
