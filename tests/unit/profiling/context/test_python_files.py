import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.context import python_files as walking
from profiling.context.python_files import PythonFiles, python_files

Make = Callable[[Mapping[str, str]], Path]


def names(found: PythonFiles) -> list[str]:
    return [file.relative for file in found.files]


def test_files_of_a_folder_come_before_those_of_the_folders_in_it_each_by_name(make: Make) -> None:
    root = make({"b/z.py": "", "b/a/m.py": "", "b/c.py": "", "a/x.py": "", "m.py": "", "a.py": "", "a/notes.txt": ""})
    assert names(python_files(root)) == ["a.py", "m.py", "a/x.py", "b/c.py", "b/z.py", "b/a/m.py"]


def test_files_that_git_does_not_track_or_is_told_to_ignore_are_among_them(
    make: Make, commit: Callable[[Path], Path]
) -> None:
    root = commit(make({"a.py": "", ".gitignore": "made.py\n"}))
    for name in ("made.py", "new.py"):
        (root / name).touch()
    ignored = subprocess.run(["git", "-C", str(root), "check-ignore", "made.py"], check=True, capture_output=True)
    assert ignored.stdout == b"made.py\n"
    assert names(python_files(root)) == ["a.py", "made.py", "new.py"]


@pytest.mark.parametrize(
    "name", [".venv/a.py", ".tool/x/a.py", "node_modules/a.py", "pkg/__pycache__/a.py", "lib/site-packages/a.py"]
)
def test_hidden_installed_and_cached_code_is_left_out(make: Make, name: str) -> None:
    assert names(python_files(make({name: "", "pkg/.hidden.py": ""}))) == ["pkg/.hidden.py"]


def test_an_environment_is_left_out_whatever_it_is_called_and_a_folder_that_is_called_so_is_not(make: Make) -> None:
    root = make({"mine/pyvenv.cfg": "", "mine/lib/a.py": "", "venv/a.py": "", "build/a.py": "", "vendor/a.py": ""})
    assert names(python_files(root)) == ["build/a.py", "vendor/a.py", "venv/a.py"]
    (root / "pyvenv.cfg").touch()
    assert len(names(python_files(root))) == 3, "what was asked for is entered"


def test_names_and_paths_that_somebody_excludes_are_left_out(make: Make) -> None:
    root = make(
        {"tests/a.py": "", "pkg/tests/b.py": "", "pkg/old/c.py": "", "old/d.py": "", "pkg/e.py": "", "f.py": ""}
    )
    assert names(python_files(root, excluded=("tests", "pkg/old", "pkg/e.py"))) == ["f.py", "old/d.py"]


def test_links_and_pipes_are_told_from_files_and_no_loop_is_followed(make: Make) -> None:
    root = make({"a/m.py": ""})
    (root / "a" / "up").symlink_to(root / "a")
    (root / "a" / "up.py").symlink_to(root)
    (root / "self.py").symlink_to(root / "self.py")
    (root / "to.py").symlink_to(root / "a" / "m.py")
    os.mkfifo(root / "pipe.py")
    found = {file.relative: file.is_plain for file in python_files(root).files}
    assert found == {"a/m.py": True, "pipe.py": False, "self.py": False, "to.py": False}


def test_a_folder_that_can_not_be_read_is_told_and_the_others_are_read(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make({"a.py": "", "closed/b.py": "", "open/c.py": "", "gone/d.py": ""})
    scandir = os.scandir
    errors = {"closed/": PermissionError(13, "Permission denied"), "gone/": FileNotFoundError(2, "No such file")}

    def refusing(path: str) -> object:
        for end, error in errors.items():
            if path.endswith(end):
                raise error
        return scandir(path)

    monkeypatch.setattr(walking.os, "scandir", refusing)
    found = python_files(root)
    assert names(found) == ["a.py", "open/c.py"]
    told = [(one.relative, one.reason) for one in found.refused]
    assert told == [("closed", "it can't be read: Permission denied")]


def test_a_name_that_is_no_utf8_is_found(make: Make) -> None:
    root = make({"a.py": ""})
    name = os.fsdecode(b"caf\xe9\n.py")
    try:
        (root / name).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    assert names(python_files(root)) == ["a.py", name]


def test_files_that_vanish_meanwhile_are_no_error(make: Make) -> None:
    root = make({f"{folder}/{number}.py": "" for folder in "abcd" for number in range(50)})
    stop = threading.Event()

    def vanishing() -> None:
        for path in sorted(root.glob("[b-d]/*.py")):
            path.unlink()
        stop.set()

    thread = threading.Thread(target=vanishing)
    thread.start()
    while not stop.is_set():
        assert len(python_files(root).files) >= 50
    thread.join()
    assert len(python_files(root).files) == 50


def test_too_much_is_cut_off_and_that_is_told(make: Make) -> None:
    root = make({f"{folder}/{number}.py": "" for folder in "ab" for number in range(30)})
    few = python_files(root, most_files=40)
    assert (len(few.files), few.cut_off) == (40, "there are more than 40 Python files: the others are not looked at")
    looked = python_files(root, most_entries=20)
    assert (len(looked.files) < 60, looked.cut_off) == (
        True,
        "there are too many files: the others are not looked at",
    )
    assert python_files(root).cut_off == ""
