import os
import stat
from pathlib import Path

import pytest

from orchestrator.errors import NotARepository, NotWritable
from orchestrator.workspace.commands import Git, GitCommandFailed


def _hook(root: Path, name: str, body: str) -> None:
    path = root / ".git" / "hooks" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_a_command_that_fails_says_what_git_said(root: Path) -> None:
    with pytest.raises(GitCommandFailed, match=r"git cat-file blob HEAD:nothing failed in .* \(exit 128\).*nothing"):
        Git(folder=root).run("cat-file", "blob", "HEAD:nothing")


def test_a_command_that_hangs_is_killed_with_its_children(root: Path, tmp_path: Path) -> None:
    git = Git(folder=root)
    marker = tmp_path / "pid"

    with pytest.raises(GitCommandFailed, match=r"did not end within 0\.5 s"):
        git.run("-c", f"alias.hang=!echo $$ > {marker}; sleep 60", "hang", timeout_s=0.5)

    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


def test_a_daemon_left_by_a_hook_does_not_hold_the_commit_up(root: Path) -> None:
    _hook(root, "pre-commit", "sleep 3 &")
    (root / "app.py").write_text("a = 3\n")
    git = Git(folder=root)
    git.run("add", "app.py")

    assert git.run_with_hooks("commit", "-m", "x").exit_code == 0


def test_hooks_run_only_where_they_are_asked_for(root: Path, tmp_path: Path) -> None:
    _hook(root, "pre-commit", f"touch {tmp_path}/ran")
    git = Git(folder=root)

    git.run("commit", "--quiet", "--allow-empty", "-m", "without")
    assert not (tmp_path / "ran").exists()
    git.run_with_hooks("commit", "--quiet", "--allow-empty", "-m", "with")
    assert (tmp_path / "ran").exists()


def test_variables_of_a_surrounding_git_command_are_not_followed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))

    assert Git(folder=root).run("ls-files").text.split() == ["app.py", "pkg/core.py"]


def test_secrets_do_not_reach_hooks_and_settings_do(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "do-not-tell")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Grace")
    _hook(root, "pre-commit", f"env > {tmp_path}/seen")

    Git(folder=root).run_with_hooks("commit", "--allow-empty", "-m", "x")

    assert "do-not-tell" not in (tmp_path / "seen").read_text()
    assert Git(folder=root).run("log", "-1", "--format=%an").text == "Grace"


def test_a_lock_file_left_by_a_killed_git_is_named(root: Path) -> None:
    (root / ".git" / "index.lock").touch()

    with pytest.raises(NotWritable, match=r"index\.lock") as caught:
        Git(folder=root).run("rm", "app.py")

    assert "delete that .lock file" in caught.value.hint


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="is not a folder"):
        Git(folder=tmp_path / "gone").run("status")


def test_without_git_the_hint_is_to_install_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(GitCommandFailed, match="git can't be run") as caught:
        Git(folder=root).run("status")

    assert "install git" in caught.value.hint


def test_a_file_called_like_a_pattern_is_that_file(root: Path) -> None:
    (root / "*.py").write_text("only this one\n")

    Git(folder=root).run("add", "--", "*.py")

    assert Git(folder=root).run("diff", "--cached", "--name-only").text == "*.py"
