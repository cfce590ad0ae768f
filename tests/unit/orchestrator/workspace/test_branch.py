from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.errors import SettingsError, TargetError, UsageError
from orchestrator.workspace.branch import Committed, Refused, advance, commit_files, ensure, tag
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.worktree import Worktree, create

Run = Callable[..., str]
Commit = Callable[..., str]

BRANCH = "codeflash/optimize"


@pytest.fixture
def worktree(repository: Repository, root: Path) -> Worktree:
    return create(repository, root / ".codeflash/work/lead-work", "HEAD")


def _hook(root: Path, name: str, body: str) -> None:
    path = root / ".git/hooks" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_the_branch_is_made_once_and_then_kept_where_it_is(repository: Repository, root: Path, commit: Commit) -> None:
    start = ensure(repository, BRANCH, "HEAD")
    commit(root, app_py="later\n")

    assert ensure(repository, BRANCH, "HEAD") == start == repository.branch_head(BRANCH)
    assert repository.branch() == "main"


def test_a_name_git_does_not_take_is_refused(repository: Repository) -> None:
    with pytest.raises(SettingsError, match=r"'a\.\.b' can't be the name of a branch"):
        ensure(repository, "a..b", "HEAD")


def test_a_commit_holds_the_named_files_and_nothing_else(worktree: Worktree, repository: Repository, run: Run) -> None:
    (worktree.path / "app.py").write_text("fast\n")
    (worktree.path / "pkg/core.py").unlink()
    (worktree.path / "new.py").write_text("new\n")
    (worktree.path / "junk.py").write_text("not named\n")
    message = "perf: be fast\n\n# not a comment\n\nRatchet-Experiment: 00ff00ff00ff00ff\n"

    done = commit_files(worktree, ("app.py", "pkg/core.py", "new.py"), message)

    assert isinstance(done, Committed)
    assert repository.changed_files("HEAD", done.commit) == ("app.py", "new.py", "pkg/core.py")
    info = repository.commit_info(done.commit)
    assert (info.subject, info.experiment, info.author) == (
        "perf: be fast",
        "00ff00ff00ff00ff",
        "Ada <ada@example.org>",
    )
    assert "# not a comment" in info.message
    assert done.changed_by_hooks == ()
    assert run(worktree.path, "status", "--porcelain") == "?? junk.py"
    assert repository.branch_head("main") == repository.head_commit()


def test_no_named_file_is_no_commit_rather_than_every_file(worktree: Worktree) -> None:
    (worktree.path / "app.py").write_text("fast\n")

    assert commit_files(worktree, (), "perf: x") == Refused(reason="no file was named", output="")


def test_hooks_find_files_by_pattern_as_they_are_used_to(worktree: Worktree, root: Path, tmp_path: Path) -> None:
    _hook(root, "pre-commit", f"git diff --cached --name-only -- '*.py' > {tmp_path}/seen")
    (worktree.path / "app.py").write_text("fast\n")

    assert isinstance(commit_files(worktree, ("app.py",), "perf: x"), Committed)
    assert (tmp_path / "seen").read_text() == "app.py\n"


def test_who_has_no_name_for_commits_gets_ours(
    worktree: Worktree, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    (worktree.path / "app.py").write_text("fast\n")

    done = commit_files(worktree, ("app.py",), "perf: x")

    assert isinstance(done, Committed)
    assert repository.commit_info(done.commit).author == "optimize <optimize@localhost>"


def test_nothing_changed_is_no_commit(worktree: Worktree) -> None:
    refused = commit_files(worktree, ("app.py",), "perf: x")

    assert refused == Refused(reason="none of the named files is changed", output="")


def test_a_hook_that_fails_stops_the_commit_and_is_quoted(
    worktree: Worktree, repository: Repository, root: Path
) -> None:
    _hook(root, "pre-commit", "echo line too long; exit 1")
    (worktree.path / "app.py").write_text("fast\n")

    refused = commit_files(worktree, ("app.py",), "perf: x")

    assert isinstance(refused, Refused)
    assert "line too long" in refused.reason
    assert worktree.head_commit() == repository.head_commit()


def test_a_message_the_project_does_not_take_stops_the_commit(worktree: Worktree, root: Path) -> None:
    _hook(root, "commit-msg", 'grep -q "^ABC-" "$1" || { echo a ticket is missing; exit 1; }')
    (worktree.path / "app.py").write_text("fast\n")

    refused = commit_files(worktree, ("app.py",), "perf: x")

    assert isinstance(refused, Refused)
    assert "a ticket is missing" in refused.output


def test_a_formatter_that_fails_after_rewriting_gets_a_second_go(
    worktree: Worktree, repository: Repository, root: Path
) -> None:
    _hook(root, "pre-commit", "grep -q formatted app.py || { echo '# formatted' >> app.py; exit 1; }")
    (worktree.path / "app.py").write_text("fast\n")

    done = commit_files(worktree, ("app.py",), "perf: x")

    assert isinstance(done, Committed)
    assert done.changed_by_hooks == ("app.py",)
    assert repository.file_at(done.commit, "app.py") == b"fast\n# formatted\n"


def test_a_formatter_that_adds_what_it_wrote_is_noticed(worktree: Worktree, root: Path) -> None:
    _hook(root, "pre-commit", "echo '# formatted' >> app.py; git add app.py")
    (worktree.path / "app.py").write_text("fast\n")

    done = commit_files(worktree, ("app.py",), "perf: x")

    assert isinstance(done, Committed)
    assert done.changed_by_hooks == ("app.py",)


def test_a_hook_that_adds_other_files_does_not_get_them_in(
    worktree: Worktree, repository: Repository, root: Path
) -> None:
    _hook(root, "pre-commit", "echo x >> pkg/core.py; git add -A")
    (worktree.path / "app.py").write_text("fast\n")

    refused = commit_files(worktree, ("app.py",), "perf: x")

    assert isinstance(refused, Refused)
    assert refused.reason == "the project's hooks added files that were not named: pkg/core.py"
    assert worktree.head_commit() == repository.head_commit()


def test_a_branch_checked_out_in_the_worktree_is_never_committed_to(worktree: Worktree, run: Run) -> None:
    run(worktree.path, "checkout", "--quiet", "-b", "somebody")
    (worktree.path / "app.py").write_text("fast\n")

    with pytest.raises(TargetError, match="a branch is checked out in"):
        commit_files(worktree, ("app.py",), "perf: x")


@pytest.fixture
def kept(worktree: Worktree) -> str:
    """A commit that follows HEAD and changes the first line of app.py."""
    (worktree.path / "app.py").write_text("a = 100\n\n\n\n\nb = 2\n")
    done = commit_files(worktree, ("app.py",), "perf: x")
    assert isinstance(done, Committed)
    return done.commit


def test_the_branch_advances_without_the_users_checkout(repository: Repository, root: Path, kept: str) -> None:
    old = ensure(repository, BRANCH, "HEAD")

    assert advance(repository, BRANCH, new=kept, old=old, session="s1") is None

    assert repository.branch_head(BRANCH) == kept
    assert (root / "app.py").read_text() == "a = 1\n\n\n\n\nb = 2\n"
    assert repository.uncommitted() == ()


def test_advancing_twice_is_advancing_once(repository: Repository, kept: str) -> None:
    old = ensure(repository, BRANCH, "HEAD")
    advance(repository, BRANCH, new=kept, old=old, session="s1")

    assert advance(repository, BRANCH, new=kept, old=old, session="s1") is None


def test_a_branch_that_somebody_moved_is_left_alone(
    repository: Repository, root: Path, kept: str, commit: Commit, run: Run
) -> None:
    old = ensure(repository, BRANCH, "HEAD")
    other = commit(root, pkg__core_py="other\n")
    run(root, "branch", "--force", BRANCH, other)

    with pytest.raises(UsageError, match=f"points at {other[:12]}, not at {old[:12]}"):
        advance(repository, BRANCH, new=kept, old=old, session="s1")
    with pytest.raises(UsageError, match="points at"):
        advance(repository, BRANCH, new=kept, old=other, session="s1")
    assert repository.branch_head(BRANCH) == other


def test_a_checkout_on_the_branch_follows_it(repository: Repository, root: Path, kept: str, run: Run) -> None:
    (root / "pkg/core.py").write_text("x = 2  # mine\n")
    run(root, "add", "pkg/core.py")
    (root / "notes").write_text("untracked\n")

    given = advance(repository, "main", new=kept, old=repository.head_commit(), session="s1")

    assert given is None
    assert repository.head_commit() == kept == repository.branch_head("main")
    assert (root / "app.py").read_text().startswith("a = 100\n")
    assert run(root, "status", "--porcelain", "--", ":!.codeflash") == "M  pkg/core.py\n?? notes"


def test_a_submodules_checkout_follows_its_branch(root: Path, tmp_path: Path, run: Run) -> None:
    run(tmp_path, "init", "--quiet", "outer")
    run(tmp_path / "outer", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(root), "inner")
    inner = Repository.open(tmp_path / "outer/inner")
    tree = create(inner, inner.root / ".codeflash/work/lead-work", "HEAD")
    (tree.path / "app.py").write_text("fast\n")
    done = commit_files(tree, ("app.py",), "perf: x")
    assert isinstance(done, Committed)

    advance(inner, "main", new=done.commit, old=inner.head_commit(), session="s1")

    assert (inner.root / "app.py").read_text() == "fast\n"
    assert inner.uncommitted() == ()


def test_another_worktree_of_the_user_on_the_branch_follows_too(
    repository: Repository, tmp_path: Path, kept: str, run: Run
) -> None:
    old = ensure(repository, BRANCH, "HEAD")
    run(repository.root, "worktree", "add", "--quiet", str(tmp_path / "side"), BRANCH)

    advance(repository, BRANCH, new=kept, old=old, session="s1")

    assert (tmp_path / "side/app.py").read_text().startswith("a = 100\n")
    assert run(tmp_path / "side", "status", "--porcelain") == ""


def test_tags_are_made_once_and_never_moved(repository: Repository, kept: str) -> None:
    tag(repository, "codeflash/optimize-v1", kept)
    tag(repository, "codeflash/optimize-v1", kept)

    assert repository.resolve("codeflash/optimize-v1") == kept
    with pytest.raises(UsageError, match="is already on"):
        tag(repository, "codeflash/optimize-v1", "main")
