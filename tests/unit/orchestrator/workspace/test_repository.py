import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.errors import NotARepository, UsageError
from orchestrator.workspace.repository import Repository

Run = Callable[..., str]
Commit = Callable[..., str]


def test_a_folder_inside_the_checkout_opens_its_root(root: Path) -> None:
    assert Repository.open(root / "pkg").root == root


def test_a_folder_without_a_repository_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="there is no git repository at") as caught:
        Repository.open(tmp_path)
    assert "git init" in caught.value.hint


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="nowhere"):
        Repository.open(tmp_path / "nowhere")


def test_a_bare_repository_is_refused(tmp_path: Path, run: Run) -> None:
    run(tmp_path, "init", "--quiet", "--bare", "bare.git")

    with pytest.raises(NotARepository, match="is a bare repository"):
        Repository.open(tmp_path / "bare.git")


def test_a_repository_without_a_commit_is_refused(tmp_path: Path, run: Run) -> None:
    run(tmp_path, "init", "--quiet")

    with pytest.raises(NotARepository, match="has no commit yet"):
        Repository.open(tmp_path)


def test_a_git_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")

    with pytest.raises(NotARepository):
        Repository.open(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else_is_refused_with_gits_advice(root: Path) -> None:
    os.chown(root, 12345, 12345)
    os.chown(root / ".git", 12345, 12345)

    with pytest.raises(NotARepository, match="dubious ownership") as caught:
        Repository.open(root)
    assert "safe.directory" in caught.value.hint


def test_a_worktree_of_a_session_is_not_a_checkout_to_work_on(root: Path, run: Run) -> None:
    run(root, "worktree", "add", "--detach", ".codeflash/work/lead-base")

    with pytest.raises(NotARepository, match="is a worktree of a session"):
        Repository.open(root / ".codeflash/work/lead-base")


def test_a_detached_head_has_no_branch(repository: Repository, root: Path, run: Run) -> None:
    assert repository.branch() == "main"
    run(root, "checkout", "--quiet", "--detach")

    assert repository.branch() is None
    assert repository.head_commit() == run(root, "rev-parse", "main")


def test_a_linked_worktree_is_a_checkout_like_any_other(root: Path, tmp_path: Path, run: Run) -> None:
    run(root, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))

    opened = Repository.open(tmp_path / "side")

    assert (opened.root, opened.branch()) == ((tmp_path / "side").resolve(), "side")


def test_a_linked_worktree_of_a_bare_repository_opens(root: Path, tmp_path: Path, run: Run) -> None:
    run(tmp_path, "clone", "--quiet", "--bare", str(root), "bare.git")
    run(tmp_path / "bare.git", "worktree", "add", "--quiet", str(tmp_path / "tree"), "main")

    assert Repository.open(tmp_path / "tree").branch() == "main"


def test_a_submodule_opens_as_itself(root: Path, tmp_path: Path, run: Run) -> None:
    outer = tmp_path / "outer"
    run(tmp_path, "init", "--quiet", "outer")
    run(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(root), "inner")

    assert Repository.open(outer / "inner" / "pkg").root == (outer / "inner").resolve()


def test_uncommitted_work_is_named_and_our_records_are_not(repository: Repository, root: Path) -> None:
    (root / "app.py").write_text("changed\n")
    (root / "new file\n.txt").touch()
    (root / ".codeflash").mkdir()
    (root / ".codeflash" / "results.tsv").touch()

    assert repository.uncommitted() == ("app.py", "new file\n.txt")


def test_a_revision_that_names_nothing_is_the_users_error(repository: Repository) -> None:
    for revision in ("nothing", "--all", "-1", "HEAD~99"):
        with pytest.raises(UsageError, match="names no commit"):
            repository.resolve(revision)


def test_a_file_called_head_does_not_confuse(repository: Repository, root: Path, commit: Commit) -> None:
    commit(root, HEAD="text\n", main="text\n")

    assert repository.resolve("main") == repository.head_commit()
    assert repository.log("HEAD~1", "HEAD")[0].subject == "change"


def test_a_log_is_read_oldest_first_with_its_experiments(repository: Repository, root: Path, commit: Commit) -> None:
    base = repository.head_commit()
    one = commit(root, "perf: one\n\nWhy it is faster.\n\nRatchet-Experiment: 0123456789abcdef", app_py="one\n")
    two = commit(root, "by hand", app_py="two\n")

    first, second = repository.log(base, "HEAD")

    assert (first.commit, first.subject, first.experiment) == (one, "perf: one", "0123456789abcdef")
    assert (first.parents, first.author) == ((base,), "Ada <ada@example.org>")
    assert "Why it is faster." in first.message
    assert (second.commit, second.experiment, second.parents) == (two, "", (one,))
    assert repository.commit_info(two) == second
    assert repository.log("HEAD", "HEAD") == ()


def test_a_tree_is_the_same_when_the_content_is(repository: Repository, root: Path, commit: Commit) -> None:
    before = repository.tree_id("HEAD")
    commit(root, app_py="other\n")
    assert repository.tree_id("HEAD") != before
    commit(root, app_py="a = 1\n\n\n\n\nb = 2\n")
    assert repository.tree_id("HEAD") == before


def test_a_branch_that_does_not_exist_has_no_head(repository: Repository) -> None:
    assert repository.branch_head("main") == repository.head_commit()
    assert repository.branch_head("codeflash/optimize") is None
    assert repository.branch_head("-x") is None


def test_differences_are_plain_whatever_the_user_configured(
    repository: Repository, root: Path, run: Run, commit: Commit
) -> None:
    for name, value in (("diff.noprefix", "true"), ("color.ui", "always"), ("diff.external", "false")):
        run(root, "config", name, value)
    commit(root, app_py="other\n", pkg__new_py="y = 1\n")

    assert repository.changed_files("HEAD~1", "HEAD") == ("app.py", "pkg/new.py")
    assert repository.diff("HEAD~1", "HEAD").startswith("diff --git a/app.py b/app.py\n")


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems refuse names that are not UTF-8")
def test_files_of_a_commit_are_read_as_bytes(repository: Repository, root: Path, run: Run) -> None:
    (root / "data").write_bytes(b"\xff\x00\r\n")
    name = os.fsdecode(b"caf\xc3\xa9 \xff.py")
    (root / name).write_bytes(b"odd\n")
    run(root, "add", "--all")
    run(root, "commit", "--quiet", "-m", "data")

    assert repository.file_at("HEAD", "data") == b"\xff\x00\r\n"
    assert repository.file_at("HEAD", name) == b"odd\n"
    assert repository.file_at("HEAD~1", "data") is None
    assert repository.file_at("HEAD", "pkg") is None
    assert name in repository.changed_files("HEAD~1", "HEAD")


def test_ancestry_is_answered(repository: Repository, root: Path, commit: Commit) -> None:
    commit(root, app_py="other\n")

    assert repository.is_ancestor("HEAD~1", "HEAD")
    assert repository.is_ancestor("HEAD", "HEAD")
    assert not repository.is_ancestor("HEAD", "HEAD~1")
