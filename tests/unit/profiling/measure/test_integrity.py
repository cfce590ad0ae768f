import os
from pathlib import Path

from profiling.measure.integrity import Change, ChangeKind, changes, snapshot


def frozen(path: str) -> bool:
    return path.startswith("tests/")


def tree(root: Path) -> Path:
    (root / "tests").mkdir(parents=True)
    (root / "tests" / "test_a.py").write_text("assert 1\n")
    (root / "a.py").write_text("x = 1\n")
    return root


def test_an_untouched_tree_has_no_changes(tmp_path: Path) -> None:
    root = tree(tmp_path / "r")
    first = snapshot(root, frozen)
    assert changes(first, snapshot(root, frozen, earlier=first)) == ()


def test_every_kind_of_change_is_found(tmp_path: Path) -> None:
    root = tree(tmp_path / "r")
    (root / "gone.py").write_text("")
    first = snapshot(root, frozen)
    (root / "gone.py").unlink()
    (root / "tests" / "test_a.py").write_text("assert 2\n")
    (root / "new.pkl").write_text("")
    (root / "out").symlink_to(tmp_path)
    assert changes(first, snapshot(root, frozen, earlier=first)) == (
        Change(path="gone.py", kind=ChangeKind.REMOVED),
        Change(path="new.pkl", kind=ChangeKind.ADDED),
        Change(path="out", kind=ChangeKind.LINKED_OUT),
        Change(path="tests/test_a.py", kind=ChangeKind.CHANGED),
    )


def test_a_frozen_file_changed_with_its_size_and_time_kept_is_found(tmp_path: Path) -> None:
    root = tree(tmp_path / "r")
    file = root / "tests" / "test_a.py"
    first, times = snapshot(root, frozen), file.stat()
    file.write_text("assert 0\n")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    found = changes(first, snapshot(root, frozen, earlier=first))
    assert found == (Change(path="tests/test_a.py", kind=ChangeKind.CHANGED),)


def test_a_frozen_file_written_with_the_same_content_is_unchanged(tmp_path: Path) -> None:
    root = tree(tmp_path / "r")
    first = snapshot(root, frozen)
    (root / "tests" / "test_a.py").write_text("assert 1\n")
    assert changes(first, snapshot(root, frozen, earlier=first)) == ()


def test_two_checkouts_of_one_commit_are_equal_and_a_swapped_judge_is_not(tmp_path: Path) -> None:
    one, two = tree(tmp_path / "1"), tree(tmp_path / "2")
    assert changes(snapshot(one, frozen), snapshot(two, frozen)) == ()
    (two / "tests" / "test_a.py").unlink()
    (two / "tests" / "test_a.py").symlink_to(one / "tests" / "test_a.py")
    found = changes(snapshot(one, frozen), snapshot(two, frozen))
    assert found == (Change(path="tests/test_a.py", kind=ChangeKind.LINKED_OUT),)


def test_only_what_was_touched_is_read_again(tmp_path: Path) -> None:
    root = tree(tmp_path / "r")
    first = snapshot(root, frozen)
    again = snapshot(root, frozen, earlier=first)
    assert again.files["tests/test_a.py"] is first.files["tests/test_a.py"]


def test_a_folder_that_is_missing_has_no_files(tmp_path: Path) -> None:
    assert snapshot(tmp_path / "none", frozen).files == {}
