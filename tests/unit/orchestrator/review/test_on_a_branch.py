"""Who wrote a line, what stands, and undoing: on a real repository."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.model import Finding
from orchestrator.ledger.layout import Layout
from orchestrator.numbers import Numbers
from orchestrator.recorder import RepositoryRecorder
from orchestrator.trial_book import TrialBook
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository whose session branch has two keeps: of line 2, and of the line that the first one wrote."""
    root = tmp_path / "shop"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Someone")
    git(root, "config", "user.email", "someone@localhost")
    for message, text in (
        ("base", "a\nb\nc\nd\n"),
        ("one", "a\nB one\nc\nd\n"),
        ("two", "a\nB two\nc\nd\n"),
        ("three", "a\nB two\nc\nD\n"),
    ):
        (root / "m.py").write_text(text)
        git(root, "add", "-A")
        git(root, "commit", "-qm", message)
        if message == "base":
            git(root, "switch", "-qc", "codeflash/optimize")
    git(root, "switch", "-q", "main")
    Layout(root=root).create()
    return root


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def recorder(root: Path, said: list[str]) -> RepositoryRecorder:
    repository, layout = Repository.open(root), Layout(root=root)
    nobody: Any = None
    return RepositoryRecorder(
        repository=repository,
        layout=layout,
        checkouts=PairedCheckouts(repository=repository, folder=layout.work),
        handoff=nobody,
        session_id="s",
        seed=1,
        warn=said.append,
        numbers=Numbers(layout=layout),
        book=TrialBook(repository=repository, layout=layout),
    )


def commit(root: Path, subject: str) -> str:
    return git(root, "log", "--format=%H", f"--grep=^{subject}$", "codeflash/optimize")


def finding(first: int, last: int) -> Finding:
    return Finding(
        severity="high", file="m.py", lines=(first, last), confidence=0.9, claim="c", recommendation="r", check="order"
    )


def test_the_authors_of_lines_are_the_commits_that_wrote_them(root: Path, recorder: RepositoryRecorder) -> None:
    head = git(root, "rev-parse", "codeflash/optimize")
    assert recorder.authors(head, finding(2, 2)) == (commit(root, "two"),)
    assert set(recorder.authors(head, finding(2, 4))) == {commit(root, one) for one in ("base", "two", "three")}


def test_lines_and_files_that_are_not_there_have_no_author(root: Path, recorder: RepositoryRecorder) -> None:
    head = git(root, "rev-parse", "codeflash/optimize")
    assert recorder.authors(head, finding(90, 91)) == ()
    assert recorder.authors(head, replace(finding(1, 1), file="gone.py")) == ()


def test_a_commit_stands_until_it_is_undone_and_undoing_twice_is_undoing_once(
    root: Path, recorder: RepositoryRecorder
) -> None:
    three = commit(root, "three")
    assert recorder.stands(three)
    head = recorder.revert(three, "because")
    assert not recorder.stands(three)
    assert recorder.revert(three, "because") == head == git(root, "rev-parse", "codeflash/optimize")
    assert git(root, "show", "codeflash/optimize:m.py") == "a\nB two\nc\nd"


def test_a_commit_that_others_build_on_is_not_undone_alone_and_the_branch_stays_as_it_was(
    root: Path, recorder: RepositoryRecorder, said: list[str]
) -> None:
    before = git(root, "rev-parse", "codeflash/optimize")
    assert recorder.revert(commit(root, "one"), "because") == before
    assert recorder.stands(commit(root, "one"))
    assert git(root, "rev-parse", "codeflash/optimize") == before
    assert "later commits build on it" in said[0]
    recorder.revert(commit(root, "two"), "because")
    recorder.revert(commit(root, "one"), "because")
    assert git(root, "show", "codeflash/optimize:m.py") == "a\nb\nc\nD"


def test_a_commit_of_another_branch_does_not_stand(root: Path, recorder: RepositoryRecorder) -> None:
    git(root, "switch", "-qc", "other")
    git(root, "commit", "-q", "--allow-empty", "-m", "elsewhere")
    assert not recorder.stands(git(root, "rev-parse", "other"))
