from functools import partial
from pathlib import Path

import pytest

from agents.recipes import project as project_module
from agents.recipes.project import fingerprint, load
from profiling.context.python_files import python_files
from profiling.model import Tree


def tree_at(root: Path, **files: bytes) -> Tree:
    for name, content in files.items():
        path = root / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Tree(root=root, import_roots=("src",), packages=("pkg",), source_paths=("src/pkg",))


def test_only_modules_under_the_source_paths_may_be_edited(tmp_path: Path) -> None:
    tree = tree_at(
        tmp_path,
        src__pkg__core_py=b"x = 1\n",
        src__pkg__tests__test_core_py=b"x = 2\n",
        src__pkg___vendor__six_py=b"x = 3\n",
        docs__conf_py=b"x = 4\n",
    )
    (tmp_path / "src/pkg/_vendor").mkdir(exist_ok=True)
    (tmp_path / "src/pkg/_vendor/six.py").write_bytes(b"x = 3\n")

    project = load(tree)

    assert list(project.modules) == ["src/pkg/core.py"]
    assert {"docs/conf.py", "src/pkg/_vendor/six.py", "src/pkg/tests/test_core.py"} <= set(project.readers)


def test_a_module_is_named_as_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "src/pkg/sub").mkdir(parents=True)
    (tmp_path / "src/pkg/sub/__init__.py").write_text("")
    (tmp_path / "src/pkg/sub/deep.py").write_text("")

    project = load(tree_at(tmp_path))

    assert project.modules["src/pkg/sub/__init__.py"].name == "pkg.sub"
    assert project.modules["src/pkg/sub/__init__.py"].package == "pkg.sub"
    assert project.modules["src/pkg/sub/deep.py"].package == "pkg.sub"


def test_a_file_is_decoded_as_it_declares_and_keeps_its_line_endings(tmp_path: Path) -> None:
    latin = "# -*- coding: latin-1 -*-\r\nname = 'Zoë'\r\n".encode("latin-1")

    project = load(tree_at(tmp_path, src__pkg__latin_py=latin, src__pkg__bom_py=b"\xef\xbb\xbfx = 1\n"))

    assert project.modules["src/pkg/latin.py"].text == latin.decode("latin-1")
    assert project.modules["src/pkg/bom.py"].text == "x = 1\n"


def test_what_cannot_be_read_is_listed_with_the_reason(tmp_path: Path) -> None:
    tree = tree_at(
        tmp_path, src__pkg__bad_py=b"def (\n", src__pkg__nul_py=b"x = '\0'\n", src__pkg__wrong_py=b"x = '\xff\xfe'\n"
    )

    project = load(tree)

    assert not project.modules
    assert [file for file, _ in project.unreadable] == ["src/pkg/bad.py", "src/pkg/nul.py", "src/pkg/wrong.py"]
    assert all(reason for _, reason in project.unreadable)


def test_links_are_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text("token = 1\n")
    inside = tmp_path / "inside"
    tree = tree_at(inside, src__pkg__core_py=b"x = 1\n")
    (inside / "src/pkg/linked").symlink_to(outside)
    (inside / "src/pkg/secret.py").symlink_to(outside / "secret.py")

    project = load(tree)

    assert [module.file for module in project.everything] == ["src/pkg/core.py"]


def test_of_a_tree_that_is_not_walked_whole_nothing_may_be_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tree_at(tmp_path, src__pkg__one_py=b"x = 1\n", src__pkg__two_py=b"x = 2\n")
    monkeypatch.setattr(project_module, "python_files", partial(python_files, most_files=1))

    project = load(tree)

    assert (list(project.modules), list(project.readers)) == ([], ["src/pkg/one.py"])
    told = [(".", "there are more than 1 Python files: the others are not looked at, and nothing is changed")]
    assert list(project.unreadable) == told


def test_unchanged_files_are_taken_from_the_previous_state(tmp_path: Path) -> None:
    tree = tree_at(tmp_path, src__pkg__one_py=b"x = 1\n", src__pkg__two_py=b"x = 2\n")
    first = load(tree)
    (tmp_path / "src/pkg/two.py").write_bytes(b"x = 3\n")

    second = load(tree, first)

    assert second.modules["src/pkg/one.py"] is first.modules["src/pkg/one.py"]
    assert second.modules["src/pkg/two.py"].text == "x = 3\n"


def test_the_fingerprint_follows_content_and_not_place(tmp_path: Path) -> None:
    one, two = (
        tree_at(tmp_path / "one", src__pkg__a_py=b"x = 1\n"),
        tree_at(tmp_path / "two", src__pkg__a_py=b"x = 1\n"),
    )
    before = fingerprint(one)

    assert before == fingerprint(two)
    (tmp_path / "one/src/pkg/a.py").write_bytes(b"x = 2\n")
    assert fingerprint(one) != before
