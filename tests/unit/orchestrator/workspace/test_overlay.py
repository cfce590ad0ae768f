import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.errors import NotWritable
from orchestrator.workspace.overlay import Limits, Overlay, apply, capture
from orchestrator.workspace.repository import Repository

Run = Callable[..., str]
Commit = Callable[..., str]


@pytest.fixture
def store(root: Path) -> Path:
    return root / ".codeflash" / "work" / "overlay"


def _write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{name}\n")


def _names(overlay: Overlay) -> list[str]:
    return [file.path for file in overlay.files]


def _reasons(overlay: Overlay) -> dict[str, str]:
    return {left.path: left.reason for left in overlay.left_out}


def test_untracked_and_ignored_files_are_carried_over(repository: Repository, root: Path, store: Path) -> None:
    (root / ".gitignore").write_text("*.so\n_version.py\n")
    _write(root, "bench.py", "pkg/_speed.so", "pkg/_version.py", "data/in.csv", "pkg.egg-info/PKG-INFO")

    overlay = capture(repository, "HEAD", store)

    wanted = [".gitignore", "bench.py", "data/in.csv", "pkg.egg-info/PKG-INFO", "pkg/_speed.so", "pkg/_version.py"]
    assert _names(overlay) == wanted
    assert overlay.total_bytes == sum((root / name).stat().st_size for name in wanted)
    assert overlay.left_out == ()


def test_changed_tracked_files_are_not(repository: Repository, root: Path, store: Path, run: Run) -> None:
    (root / "app.py").write_text("changed\n")
    _write(root, "staged.py")
    run(root, "add", "staged.py")

    assert _names(capture(repository, "HEAD", store)) == ["staged.py"]


def test_files_of_another_commit_are_not_taken_for_untracked_ones(
    repository: Repository, root: Path, store: Path, run: Run, commit: Commit
) -> None:
    commit(root, later_py="added later\n")

    assert _names(capture(repository, "HEAD~1", store)) == []


def test_environments_caches_and_products_stay_behind(repository: Repository, root: Path, store: Path) -> None:
    _write(root, "env/pyvenv.cfg", "env/lib/a.py", "conda/conda-meta/history", "web/node_modules/x.js", ".tox/py/x")
    _write(root, "build/lib/app.py", "dist/app.whl", "pkg/__pycache__/core.pyc", ".pytest_cache/x", "pkg/old.pyc")
    _write(root, ".codeflash/results.tsv")

    overlay = capture(repository, "HEAD", store)

    assert _names(overlay) == []
    assert _reasons(overlay) == {
        ".tox/": "environment",
        "build/": "build product",
        "conda/": "virtual environment",
        "dist/": "build product",
        "env/": "virtual environment",
        "web/node_modules/": "environment",
    }


def test_a_tracked_package_called_build_is_source(
    repository: Repository, root: Path, store: Path, commit: Commit
) -> None:
    commit(root, pkg__build__core_py="y = 1\n")
    _write(root, "pkg/build/_ext.so")

    assert _names(capture(repository, "HEAD", store)) == ["pkg/build/_ext.so"]


def test_other_repositories_stay_behind_and_submodules_come_along(
    repository: Repository, root: Path, store: Path, tmp_path: Path, run: Run
) -> None:
    run(root, "clone", "--quiet", str(root), "vendored")
    run(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(root), "sub")
    run(root, "commit", "--quiet", "-m", "submodule")

    overlay = capture(repository, "HEAD", store)

    assert _names(overlay) == ["sub/app.py", "sub/pkg/core.py"]
    assert _reasons(overlay) == {"vendored/": "another repository"}


def test_the_limits_hold_and_what_is_over_them_is_named(repository: Repository, root: Path, store: Path) -> None:
    for name, size in (("a", 10), ("b", 200), ("c", 60), ("d", 60), ("e", 5), ("f", 1)):
        (root / name).write_bytes(b"x" * size)

    overlay = capture(repository, "HEAD", store, limits=Limits(file_bytes=100, total_bytes=100, files=3))

    assert _names(overlay) == ["a", "c", "e"]
    assert set(_reasons(overlay)) == {"b", "d", "f"}
    assert "over the limit" in _reasons(overlay)["b"]


def test_links_are_copied_as_links_and_only_while_they_stay_inside(
    repository: Repository, root: Path, store: Path, tmp_path: Path
) -> None:
    _write(root, "data/in.csv")
    (root / "inside").symlink_to("data/in.csv")
    (root / "folder").symlink_to("data")
    (root / "up").symlink_to("../outside")
    (root / "absolute").symlink_to(root / "data")
    (root / "chain").symlink_to("up")
    (root / "internals").symlink_to(".git/config")

    overlay = capture(repository, "HEAD", store)

    assert _names(overlay) == ["data/in.csv", "folder", "inside"]
    assert {file.path: file.link for file in overlay.files}["inside"] == "data/in.csv"
    assert set(_reasons(overlay)) == {"up", "absolute", "chain", "internals"}


def test_sockets_and_pipes_stay_behind(repository: Repository, root: Path, store: Path) -> None:
    os.mkfifo(root / "pipe")

    assert _reasons(capture(repository, "HEAD", store)) == {"pipe": "neither file nor link"}


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems refuse names that are not UTF-8")
def test_names_that_are_not_text_are_carried_over(repository: Repository, root: Path, store: Path) -> None:
    name = os.fsdecode(b"odd \xff\n.dat")
    (root / name).write_text("odd\n")

    assert _names(capture(repository, "HEAD", store)) == [name]


def test_tracked_files_are_never_overwritten(repository: Repository, root: Path, store: Path, tmp_path: Path) -> None:
    _write(root, "bench.py")
    overlay = capture(repository, "HEAD", store)
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "bench.py").write_text("committed by now\n")

    assert apply(overlay, tree, frozenset({"bench.py"})) == ()
    assert (tree / "bench.py").read_text() == "committed by now\n"


def test_nothing_is_written_through_a_link(repository: Repository, root: Path, store: Path, tmp_path: Path) -> None:
    _write(root, "data/in.csv")
    overlay = capture(repository, "HEAD", store)
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    tree.mkdir()
    outside.mkdir()
    (tree / "data").symlink_to(outside)

    assert apply(overlay, tree, frozenset()) == ()
    assert list(outside.iterdir()) == []


def test_only_what_changed_is_put_again(repository: Repository, root: Path, store: Path, tmp_path: Path) -> None:
    _write(root, "one", "two", "three")
    (root / "link").symlink_to("one")
    overlay = capture(repository, "HEAD", store)
    tree = tmp_path / "tree"
    tree.mkdir()

    assert apply(overlay, tree, frozenset()) == ("link", "one", "three", "two")
    (tree / "two").write_text("spoilt\n")
    (tree / "link").unlink()
    (tree / "link").mkdir()
    assert apply(overlay, tree, frozenset()) == ("link", "two")
    assert (tree / "link").read_text() == "one\n"


def test_a_capture_replaces_the_one_before(repository: Repository, root: Path, store: Path) -> None:
    _write(root, "one")
    capture(repository, "HEAD", store)
    (root / "one").unlink()

    assert _names(capture(repository, "HEAD", store)) == []
    assert list(store.iterdir()) == []


def test_a_store_that_can_not_be_written_is_said(repository: Repository, root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotWritable, match="untracked files can't be copied to"):
        capture(repository, "HEAD", tmp_path / "file" / "store")


def test_what_can_not_be_read_stays_behind(repository: Repository, root: Path, store: Path) -> None:
    _write(root, "closed/file", "secret")
    (root / "closed").chmod(0)
    (root / "secret").chmod(0)
    if os.access(root / "secret", os.R_OK):
        pytest.skip("this user may read everything")

    overlay = capture(repository, "HEAD", store)
    (root / "closed").chmod(0o700)

    assert _names(overlay) == []
    assert _reasons(overlay) == {"closed/": "unreadable: Permission denied", "secret": "unreadable: Permission denied"}


def test_a_store_left_as_a_link_is_not_followed(
    repository: Repository, root: Path, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/keep").touch()
    store.parent.mkdir(parents=True)
    store.symlink_to(tmp_path / "outside")
    _write(root, "one")

    assert _names(capture(repository, "HEAD", store)) == ["one"]
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["keep"]
