from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.errors import NotWritable
from orchestrator.workspace.overlay import capture
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.worktree import Worktree, create, remove, remove_leftovers, reset

Run = Callable[..., str]
Commit = Callable[..., str]


@pytest.fixture
def work(root: Path) -> Path:
    return root / ".codeflash" / "work"


@pytest.fixture
def worktree(repository: Repository, work: Path) -> Worktree:
    return create(repository, work / "lead-work", "HEAD")


def _listing(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")} - {".git"}


def test_a_worktree_stands_on_its_commit_and_on_no_branch(worktree: Worktree, repository: Repository, run: Run) -> None:
    assert worktree.head_commit() == repository.head_commit()
    assert Repository(root=worktree.path).branch() is None
    assert (worktree.path / "pkg/core.py").read_text() == "x = 1\n"
    assert run(worktree.path, "status", "--porcelain") == ""


def test_the_users_uncommitted_work_does_not_reach_it_and_is_untouched(
    repository: Repository, root: Path, work: Path, run: Run
) -> None:
    (root / "app.py").write_text("my work\n")
    run(root, "add", "app.py")
    (root / "app.py").write_text("more of it\n")

    tree = create(repository, work / "lead-base", "HEAD")

    assert (tree.path / "app.py").read_text() == "a = 1\n\n\n\n\nb = 2\n"
    assert (root / "app.py").read_text() == "more of it\n"
    assert run(root, "show", ":app.py") == "my work"


def test_the_projects_hooks_do_not_run_when_it_is_made(repository: Repository, root: Path, work: Path) -> None:
    hook = root / ".git/hooks/post-checkout"
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)

    assert "ran" not in _listing(create(repository, work / "lead-base", "HEAD").path)


def test_it_is_made_again_over_whatever_a_killed_session_left(repository: Repository, work: Path, root: Path) -> None:
    path = work / "lead-work"
    first = create(repository, path, "HEAD")
    (first.path / ".git").unlink()
    (first.path / "junk").mkdir()
    assert create(repository, path, "HEAD").head_commit() == repository.head_commit()

    for name in _listing(path):
        if (path / name).is_file():
            (path / name).unlink()
    (root / ".git/worktrees/lead-work/locked").write_text("initializing")
    (root / ".git/worktrees/lead-work/index.lock").touch()
    again = create(repository, path, "HEAD")

    assert _listing(again.path) == {"app.py", "pkg", "pkg/core.py"}
    assert sorted(path.name for path in (root / ".git/worktrees").iterdir()) == ["lead-work"]


def test_a_reset_undoes_everything_a_run_did(worktree: Worktree, repository: Repository, run: Run) -> None:
    path = worktree.path
    (path / "app.py").write_text("changed\n")
    (path / "pkg/core.py").unlink()
    (path / "pkg/__pycache__").mkdir()
    (path / "pkg/__pycache__/core.cpython-311.pyc").touch()
    (path / "out/deep").mkdir(parents=True)
    (path / "link").symlink_to("/")
    (path / "new.py").touch()
    run(path, "add", "new.py")
    run(path, "init", "--quiet", "nested")
    (path / "nested/file").touch()

    reset(worktree, repository.head_commit())

    assert _listing(path) == {"app.py", "pkg", "pkg/core.py"}
    assert run(path, "status", "--porcelain", "--ignored") == ""


def test_a_branch_that_a_run_checked_out_is_not_moved(
    worktree: Worktree, repository: Repository, root: Path, run: Run, commit: Commit
) -> None:
    run(root, "branch", "precious")
    old = repository.head_commit()
    new = commit(root, app_py="new\n")
    run(worktree.path, "checkout", "--quiet", "precious")

    reset(worktree, new)

    assert repository.branch_head("precious") == old
    assert worktree.head_commit() == new


def test_a_folder_replaced_by_a_link_is_not_followed(
    worktree: Worktree, repository: Repository, tmp_path: Path, root: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "core.py").write_text("mine\n")
    (worktree.path / "pkg/core.py").unlink()
    (worktree.path / "pkg").rmdir()
    (worktree.path / "pkg").symlink_to(outside)

    reset(worktree, repository.head_commit())

    assert (outside / "core.py").read_text() == "mine\n"
    assert not (worktree.path / "pkg").is_symlink()
    assert (worktree.path / "pkg/core.py").read_text() == "x = 1\n"


def test_a_worktree_that_a_run_took_apart_is_whole_after_a_reset(worktree: Worktree, repository: Repository) -> None:
    (worktree.path / ".git").write_text("gitdir: /somewhere/else\n")
    (worktree.git_dir / "index.lock").touch()
    (worktree.path / "pkg/core.py").unlink()
    (worktree.path / "pkg/junk/deep").mkdir(parents=True)
    (worktree.path / "pkg/junk/deep/file").touch()
    (worktree.path / "pkg/junk").chmod(0)
    (worktree.path / "pkg").chmod(0o500)

    reset(worktree, repository.head_commit())
    assert worktree.head_commit() == repository.head_commit()
    assert _listing(worktree.path) == {"app.py", "pkg", "pkg/core.py"}

    worktree.path.rename(worktree.path.with_name("moved"))
    worktree.path.symlink_to("moved")
    reset(worktree, repository.head_commit())
    assert not worktree.path.is_symlink()
    assert _listing(worktree.path) == {"app.py", "pkg", "pkg/core.py"}


def test_the_overlay_survives_a_reset_as_it_was_captured(
    repository: Repository, worktree: Worktree, root: Path, work: Path, run: Run
) -> None:
    (root / "bench.py").write_text("import app\n")
    (root / "data/set").mkdir(parents=True)
    (root / "data/set/one.bin").write_bytes(b"1")
    overlay = capture(repository, "HEAD", work / "overlay")
    reset(worktree, repository.head_commit(), overlay=overlay)
    before = (worktree.path / "bench.py").lstat().st_mtime_ns

    (worktree.path / "data/set/one.bin").write_bytes(b"spoilt by a run")
    (worktree.path / "data/set/junk").touch()
    (root / "bench.py").write_text("edited meanwhile\n")
    reset(worktree, repository.head_commit(), overlay=overlay)

    assert (worktree.path / "bench.py").read_text() == "import app\n"
    assert (worktree.path / "bench.py").lstat().st_mtime_ns == before
    assert (worktree.path / "data/set/one.bin").read_bytes() == b"1"
    assert not (worktree.path / "data/set/junk").exists()


def test_leftovers_are_removed_and_the_users_own_worktrees_are_not(
    repository: Repository, root: Path, work: Path, tmp_path: Path, run: Run
) -> None:
    run(root, "worktree", "add", "--quiet", "--detach", str(tmp_path / "mine"))
    (tmp_path / "mine").rename(tmp_path / "not-mounted-now")
    create(repository, work / "lead-base", "HEAD")
    (work / "half-made").mkdir()

    removed = remove_leftovers(repository, work)

    assert [path.name for path in removed] == ["half-made", "lead-base"]
    assert list(work.iterdir()) == []
    assert str(tmp_path / "mine") in run(root, "worktree", "list", "--porcelain")
    assert remove_leftovers(repository, work) == ()


def test_nothing_outside_the_repository_is_ever_removed(repository: Repository, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "work").mkdir(parents=True)
    (outside / "work" / "keep").touch()
    (root / ".codeflash").symlink_to(outside)

    with pytest.raises(NotWritable, match="is a symbolic link"):
        create(repository, root / ".codeflash/work/keep", "HEAD")
    with pytest.raises(NotWritable, match="is a symbolic link"):
        remove_leftovers(repository, root / ".codeflash/work")
    with pytest.raises(NotWritable, match="is not inside"):
        remove(repository, outside / "work")

    assert (outside / "work" / "keep").exists()


def test_a_submodules_checkout_can_have_worktrees(root: Path, tmp_path: Path, run: Run) -> None:
    run(tmp_path, "init", "--quiet", "outer")
    run(tmp_path / "outer", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(root), "inner")
    inner = Repository.open(tmp_path / "outer/inner")

    tree = create(inner, inner.root / ".codeflash/work/lead-base", "HEAD")
    reset(tree, inner.head_commit())

    assert tree.head_commit() == inner.head_commit()
    assert Repository.open(inner.root).uncommitted() == ()
