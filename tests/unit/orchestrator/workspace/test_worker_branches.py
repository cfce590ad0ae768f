from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.workspace import worker_branches
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import EXPERIMENT_TRAILER, Repository

Run = Callable[..., str]


@pytest.fixture
def kept(repository: Repository, root: Path, run: Run) -> str:
    """Return a commit like one of a worker, on no branch."""
    run(root, "commit", "-q", "--allow-empty", "-m", f"perf: x\n\n{EXPERIMENT_TRAILER}: 0123456789abcdef")
    commit = repository.head_commit()
    run(root, "reset", "-q", "--hard", "HEAD^")
    return commit


def test_what_a_worker_keeps_has_a_branch_until_it_is_merged(repository: Repository, kept: str) -> None:
    worker_branches.point(repository, "cpu", 7, kept)
    worker_branches.point(repository, "cpu", 7, kept)
    assert repository.branch_head("codeflash/cpu-7") == kept
    worker_branches.remove(repository, "cpu", 7)
    worker_branches.remove(repository, "cpu", 7)
    assert repository.branch_head("codeflash/cpu-7") is None


def test_a_branch_of_the_person_that_has_such_a_name_is_neither_moved_nor_removed(
    repository: Repository, root: Path, kept: str, run: Run
) -> None:
    run(root, "branch", "codeflash/cpu-7")
    with pytest.raises(UsageError, match="codeflash/cpu-7 is there already"):
        worker_branches.point(repository, "cpu", 7, kept)
    worker_branches.point(repository, "memory", 8, kept)
    run(root, "branch", "codeflash/mine", kept)
    assert worker_branches.remove_all(repository) == ("codeflash/memory-8",)
    assert repository.branch_head("codeflash/cpu-7") == repository.head_commit()
    assert repository.branch_head("codeflash/mine") == kept


def test_a_worker_s_worktrees_have_the_same_untracked_files_and_go_without_the_lead_s(
    repository: Repository, root: Path, run: Run
) -> None:
    (root / "made.txt").write_text("here\n")
    lead = PairedCheckouts(repository=repository, folder=root / ".codeflash" / "work")
    head = repository.head_commit()
    worker = lead.of("cpu-1")
    paths = [worker.base_at(head), worker.work_at(head), lead.base_at(head), lead.work_at(head)]
    assert [path.name for path in paths] == ["cpu-1-base", "cpu-1-work", "lead-base", "lead-work"]
    assert len({len(str(path)) for path in paths[:2]}) == 1
    assert [(path / "made.txt").read_text() for path in paths] == ["here\n"] * 4
    worker.remove()
    assert [path.exists() for path in paths] == [False, False, True, True]
    lead.remove()
    assert run(root, "worktree", "list", "--porcelain").count("worktree ") == 1
