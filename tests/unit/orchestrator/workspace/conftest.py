"""Real repositories in temporary folders, apart from the machine's own git settings."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.workspace.repository import Repository

Run = Callable[..., str]


@pytest.fixture(autouse=True)
def _own_git_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path_factory.mktemp("settings") / "gitconfig"
    settings.write_text("[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def run() -> Run:
    """Run git in a folder, as a person would."""

    def call(folder: Path, *arguments: str) -> str:
        finished = subprocess.run(("git", *arguments), cwd=folder, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout.rstrip("\n")

    return call


@pytest.fixture
def commit(run: Run) -> Callable[..., str]:
    """Write files, commit them and return the commit; None deletes a file."""

    def make(folder: Path, message: str = "change", **files: str | None) -> str:
        for name, text in files.items():
            path = folder / name.replace("__", "/").replace("_py", ".py")
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        run(folder, "add", "--all", "--", ":!.codeflash")
        run(folder, "commit", "--quiet", "--no-verify", "-m", message)
        return run(folder, "rev-parse", "HEAD")

    return make


@pytest.fixture
def root(tmp_path: Path, run: Run, commit: Callable[..., str]) -> Path:
    """A checkout with one commit: app.py and pkg/core.py."""
    folder = (tmp_path / "project").resolve()
    folder.mkdir()
    run(folder, "init", "--quiet")
    commit(folder, "first", app_py="a = 1\n\n\n\n\nb = 2\n", pkg__core_py="x = 1\n")
    return folder


@pytest.fixture
def repository(root: Path) -> Repository:
    return Repository.open(root)
