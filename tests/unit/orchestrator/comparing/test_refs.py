import subprocess
from pathlib import Path

import pytest

from orchestrator.comparing import refs
from orchestrator.errors import UsageError
from orchestrator.workspace.repository import Repository


def git(root: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *settings, "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for number in range(2):
        (folder / "a.py").write_text(f"x = {number}\n")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", f"commit {number}")
    git(folder, "tag", "v1", "HEAD~1")
    return folder


def test_refs_keep_the_name_they_were_given_beside_the_commit(root: Path) -> None:
    base, head = refs.resolve_pair(Repository.open(root), "v1", "main")
    assert (base.commit, head.commit) == (git(root, "rev-parse", "v1"), git(root, "rev-parse", "main"))
    assert base.text == f"v1 ({base.commit[:10]})"
    assert refs.resolve(Repository.open(root), base.commit[:8]).text == base.commit[:10]


@pytest.mark.parametrize("name", ["nope", "", "-x", "main:a.py", "a b", "HEAD~9"])
def test_what_names_no_commit_is_refused_with_what_to_do(root: Path, name: str) -> None:
    with pytest.raises(UsageError) as raised:
        refs.resolve_pair(Repository.open(root), name, "HEAD")
    assert repr(name) in str(raised.value)
    assert "git fetch" in raised.value.hint


def test_a_misspelt_name_is_answered_with_the_one_that_is_there(root: Path) -> None:
    with pytest.raises(UsageError) as raised:
        refs.resolve(Repository.open(root), "mian")
    assert "did you mean main?" in raised.value.hint


def test_two_names_of_one_commit_are_nothing_to_compare(root: Path) -> None:
    with pytest.raises(UsageError, match="main and HEAD are the same commit"):
        refs.resolve_pair(Repository.open(root), "main", "HEAD")


def test_a_shallow_clone_is_said_to_be_one(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", root.as_uri(), "shallow")
    with pytest.raises(UsageError) as raised:
        refs.resolve_pair(Repository.open(tmp_path / "shallow"), "HEAD~1", "HEAD")
    assert "git fetch --unshallow" in raised.value.hint
