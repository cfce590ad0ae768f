import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Make = Callable[[Mapping[str, str]], Path]


@pytest.fixture(autouse=True)
def few_tools(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have git on PATH and nothing else: asking whatever this machine has would be most of what these tests do."""
    git = shutil.which("git")
    assert git is not None
    folder = tmp_path_factory.mktemp("bin")
    (folder / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(folder))


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write files and return their folder, which is no git checkout."""

    def made(files: Mapping[str, str]) -> Path:
        root = tmp_path / "repo"
        root.mkdir(exist_ok=True)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return root

    return made


@pytest.fixture
def commit() -> Callable[[Path], Path]:
    """Make a git checkout of a folder, with everything in it committed."""

    def committed(root: Path) -> Path:
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(root)]
        for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "first", "--allow-empty"]):
            subprocess.run([*git, *command], check=True, capture_output=True)
        return root

    return committed
