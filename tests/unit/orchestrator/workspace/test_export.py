import subprocess
from pathlib import Path, PurePosixPath

import pytest

from orchestrator.errors import UsageError
from orchestrator.workspace.export import export
from orchestrator.workspace.repository import Repository


def git(root: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, input=stdin)
    return done.stdout.decode().strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg" / "a.py").write_bytes(b"# first\r\n")
    (root / "notes.txt").write_text("no source")
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Someone")
    git(root, "config", "user.email", "someone@localhost")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def is_source(path: PurePosixPath) -> bool:
    return path.suffix == ".py"


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_wanted_files_of_a_commit_are_written_as_they_were_committed(root: Path, tmp_path: Path) -> None:
    (root / "pkg" / "a.py").write_text("# second\n")
    (root / "pkg" / "ünicode b.py").write_text("x = 1\n")
    (root / "empty.py").touch()
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "second")
    first, second = tmp_path / "first", tmp_path / "second"

    assert export(Repository.open(root), "HEAD~1", first, is_source) == 1
    assert export(Repository.open(root), "main", second, is_source) == 3
    assert files(first) == {"pkg/a.py": b"# first\r\n"}
    assert files(second) == {"pkg/a.py": b"# second\n", "pkg/ünicode b.py": b"x = 1\n", "empty.py": b""}


def test_links_attributes_and_filters_of_the_repository_have_no_effect(root: Path, tmp_path: Path) -> None:
    (root / "link.py").symlink_to("/etc/hostname")
    (root / ".gitattributes").write_text("*.py export-ignore filter=bad eol=crlf\n")
    git(root, "config", "filter.bad.smudge", f"touch {tmp_path}/smudged")
    git(root, "add", "link.py", ".gitattributes")
    git(root, "commit", "-q", "-m", "third")

    export(Repository.open(root), "HEAD", tmp_path / "out", is_source)

    assert files(tmp_path / "out") == {"pkg/a.py": b"# first\r\n"}
    assert not (tmp_path / "smudged").exists()


def test_a_tree_that_names_files_outside_of_it_is_not_followed(root: Path, tmp_path: Path) -> None:
    blob = git(root, "hash-object", "-w", "--stdin", stdin=b"evil = 1\n")
    inner = git(root, "mktree", stdin=f"100644 blob {blob}\tevil.py\n".encode())
    tree = git(root, "mktree", stdin=f"040000 tree {inner}\t..\n100644 blob {blob}\tgood.py\n".encode())
    commit = git(root, "commit-tree", tree, "-m", "hostile")

    assert export(Repository.open(root), commit, tmp_path / "deep" / "out", is_source) == 1
    assert files(tmp_path / "deep") == {"out/good.py": b"evil = 1\n"}


def test_a_commit_without_source_gives_nothing(root: Path, tmp_path: Path) -> None:
    assert export(Repository.open(root), "HEAD", tmp_path / "out", lambda _: False) == 0


def test_an_unknown_revision_is_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no commit"):
        export(Repository.open(root), "nowhere", tmp_path / "out", is_source)
