import subprocess
from pathlib import Path

import pytest

from orchestrator.errors import NotWritable
from orchestrator.ledger.layout import IGNORED, Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(root=tmp_path / "project")


def test_every_path_but_the_shared_conventions_is_in_the_folder(layout: Layout) -> None:
    names = [name for name, value in vars(Layout).items() if isinstance(value, property)]
    outside = {name for name in names if not getattr(layout, name).is_relative_to(layout.folder)}

    assert outside == {"parent_conventions"}
    assert len({getattr(layout, name) for name in names}) == len(names) > 15


def test_making_it_twice_changes_nothing(layout: Layout) -> None:
    layout.root.mkdir()
    layout.create()
    before = sorted(layout.folder.rglob("*")), layout.gitignore.read_text()
    layout.create()

    assert (sorted(layout.folder.rglob("*")), layout.gitignore.read_text()) == before
    assert layout.experiments.is_dir()


def test_lines_of_the_user_in_the_gitignore_stay(layout: Layout) -> None:
    layout.folder.mkdir(parents=True)
    layout.gitignore.write_text("mine\nwork/")
    layout.create()

    lines = layout.gitignore.read_text().splitlines()
    assert lines[:2] == ["mine", "work/"]
    assert sorted(lines[1:]) == sorted(IGNORED)


def test_git_ignores_the_bulky_records_and_sees_the_readable_ones(layout: Layout) -> None:
    layout.root.mkdir()
    subprocess.run(("git", "init", "--quiet"), cwd=layout.root, check=True)
    layout.create()
    bulky = (layout.session_db, Path(f"{layout.session_db}-wal"), layout.lock, layout.worktree("lead-base") / "a.py")
    readable = (layout.results, layout.handoff, layout.learnings, layout.experiments / "001.json", layout.setup)
    for path in (*bulky, *readable, layout.profiles / "p", layout.bench / "b", layout.cache / "c", layout.events):
        path.parent.mkdir(exist_ok=True)
        path.touch()

    command = ("git", "ls-files", "--others", "--exclude-standard")
    seen = subprocess.run(command, cwd=layout.root, check=True, capture_output=True, text=True).stdout.split()

    assert set(seen) == {path.relative_to(layout.root).as_posix() for path in (*readable, layout.gitignore)}


def test_a_folder_that_is_a_link_is_refused(layout: Layout, tmp_path: Path) -> None:
    layout.root.mkdir()
    (tmp_path / "outside").mkdir()
    layout.folder.symlink_to(tmp_path / "outside")

    with pytest.raises(NotWritable, match="is a symbolic link"):
        layout.create()
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_file_in_place_of_the_folder_is_said(layout: Layout) -> None:
    layout.root.mkdir()
    layout.folder.touch()

    with pytest.raises(NotWritable, match="can't be made"):
        layout.create()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/a", "overlay"])
def test_a_worktree_can_not_be_called_out_of_its_folder(layout: Layout, name: str) -> None:
    with pytest.raises(ValueError, match="can't name a worktree"):
        layout.worktree(name)
