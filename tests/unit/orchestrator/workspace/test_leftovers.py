from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.errors import NotWritable
from orchestrator.ledger.layout import Layout
from orchestrator.workspace import worktree
from orchestrator.workspace.leftovers import Leftover, Leftovers
from orchestrator.workspace.repository import Repository

Run = Callable[..., str]


@pytest.fixture
def layout(root: Path) -> Layout:
    layout = Layout(root=root)
    layout.create()
    return layout


def leftovers(repository: Repository, layout: Layout, *, keeps_state: bool = False) -> Leftovers:
    return Leftovers(repository=repository, layout=layout, keeps_state=keeps_state)


def names(found: tuple[Leftover, ...]) -> list[str]:
    return [one.name.partition(" (")[0] for one in found]


def test_worktrees_worker_branches_caches_and_drafts_go_and_git_knows(
    repository: Repository, layout: Layout, run: Run
) -> None:
    worktree.create(repository, layout.work / "cpu-1", "HEAD")
    run(layout.root, "branch", "codeflash/cpu-1")
    (layout.cache / "audit").mkdir()
    (layout.cache / "audit" / "facts.json").write_text("x" * 5000)
    (layout.bench / "draft.json").write_text("{}")
    (layout.folder / "session.db").write_text("")
    sweeper = leftovers(repository, layout)
    found = sweeper.found()
    assert names(found) == [
        "worktree .codeflash/work/cpu-1",
        "branch codeflash/cpu-1",
        ".codeflash/bench/draft.json",
        ".codeflash/cache/audit",
        ".codeflash/session.db",
    ]
    assert sum(one.size_bytes for one in found) >= 5000
    for one in found:
        one.remove()
    sweeper.sweep()
    assert sweeper.found() == ()
    assert run(layout.root, "worktree", "list").count("\n") == 0
    assert run(layout.root, "branch", "--list", "codeflash/*") == ""
    assert layout.gitignore.is_file()


def test_branches_of_people_and_of_the_session_stay(repository: Repository, layout: Layout, run: Run) -> None:
    for name in ("codeflash/optimize", "codeflash/fix-12", "codeflash/cpu-1-mine", "cpu-1", "codeflash/optimize-pr12"):
        run(layout.root, "branch", name)
    assert leftovers(repository, layout).found() == ()


def test_a_worker_branch_that_a_person_has_checked_out_stays(
    repository: Repository, layout: Layout, run: Run, tmp_path: Path
) -> None:
    run(layout.root, "worktree", "add", "-q", "-b", "codeflash/memory-2", str(tmp_path / "mine"))
    assert leftovers(repository, layout).found() == ()


def test_what_a_session_goes_on_from_stays_and_that_is_said(repository: Repository, layout: Layout) -> None:
    (layout.bench / "draft.json").write_text("{}")
    (layout.folder / "session.db").write_text("")
    sweeper = leftovers(repository, layout, keeps_state=True)
    assert sweeper.found() == ()
    assert any("gone on with" in note for note in sweeper.kept())


def test_records_go_only_as_asked_and_never_what_git_tracks(repository: Repository, layout: Layout, run: Run) -> None:
    layout.conventions.write_text("ours\n")
    run(layout.root, "add", "-f", ".codeflash/conventions.md")
    run(layout.root, "commit", "-qm", "conventions")
    layout.handoff.write_text("x")
    run(layout.root, "branch", "codeflash/optimize")
    run(layout.root, "tag", "codeflash/optimize-v1")
    sweeper = leftovers(repository, layout)
    assert layout.handoff.name not in " ".join(names(sweeper.found()))
    found = sweeper.records()
    assert {".codeflash/HANDOFF.md", "branch codeflash/optimize", "tag codeflash/optimize-v1"} <= set(names(found))
    for one in found:
        one.remove()
    sweeper.sweep()
    assert [path.name for path in layout.folder.iterdir()] == ["conventions.md"]
    assert run(layout.root, "status", "--porcelain") == ""


def test_the_session_branch_stays_while_it_is_checked_out(repository: Repository, layout: Layout, run: Run) -> None:
    run(layout.root, "checkout", "-q", "-b", "codeflash/optimize")
    assert "branch codeflash/optimize" not in names(leftovers(repository, layout).records())


def test_uncommitted_work_that_was_put_aside_stays_and_is_named(
    repository: Repository, layout: Layout, run: Run
) -> None:
    run(layout.root, "update-ref", "refs/codeflash/set-aside/s1", "HEAD")
    sweeper = leftovers(repository, layout)
    assert (sweeper.found(), len(sweeper.kept())) == ((), 1)
    assert "refs/codeflash/set-aside/s1" in sweeper.kept()[0]


def test_a_linked_records_folder_is_not_followed(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "cache" / "mine").mkdir(parents=True)
    (repository.root / ".codeflash").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWritable, match="symbolic link"):
        leftovers(repository, Layout(root=repository.root)).found()
