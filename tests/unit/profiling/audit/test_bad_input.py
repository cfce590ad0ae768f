"""Whatever lies in a tree: a clear line for each file that can't be read, and the others all the same."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.audit.graph import ReadOptions, build_call_graph
from profiling.audit.model import Tier
from profiling.context import python_files

Lay = Callable[[Mapping[str, str | bytes]], Path]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"def f(:\n", "syntax error in line 1"),
        (b"x = '\xff\xfe'\n", "utf-8"),
        (b"# -*- coding: no-such-code -*-\n", "unknown encoding"),
        (b"x = 1\n\0\n", "null byte in line 2"),
        ("x = 1\n".encode("utf-16"), "utf-16"),
        ("x = 1\n".encode("utf-16-le"), "null byte in line 1"),
        (b"# coding: utf-16\nx = 1\n", "utf-16"),
        (b"# coding: rot13\nk = 1\n", "not a text encoding"),
        (b"# coding: undefined\nx = 1\n", "undefined encoding"),
        (b"# coding: utf-7\nx = '+2AA-'\n", "surrogates not allowed"),
        (b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", "encoding problem"),
        (b"x = " + b"9" * 5000, "4300 digits"),
        (b"x = " + b"(" * 5000 + b")" * 5000, "nested"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_and_no_more(lay: Lay, data: bytes, problem: str) -> None:
    root = lay({"bad.py": data, "good.py": "def f(): pass\nf()\n"})

    graph = build_call_graph(root)

    (found,) = graph.problems
    assert found.file == "bad.py"
    assert problem in found.problem.lower()
    assert graph.edges["good"] == {"good.f": Tier.EXACT}


def test_a_file_says_its_own_encoding(lay: Lay) -> None:
    root = lay({"a.py": "# -*- coding: latin-1 -*-\ndef größe(): pass\ngröße()\n".encode("latin-1")})

    assert build_call_graph(root).edges["a"] == {"a.größe": Tier.EXACT}


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbfdef f(): pass\nf()\n", b"def f(): pass\rf()\r", b"\x0cdef f(): pass\nf()\n"]
)
def test_marks_and_line_ends_of_other_systems_are_read(lay: Lay, data: bytes) -> None:
    assert build_call_graph(lay({"a.py": data})).edges["a"] == {"a.f": Tier.EXACT}


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "+".join(["f()"] * 900),
        "x = " + "not " * 500 + "y",
        "x" + ".a" * 900 + "()",
        "if a: pass\n" + "elif b: f()\n" * 800,
        "x = " + "[" * 150 + "]" * 150,
        "".join("    " * depth + f"def f{depth}():\n" for depth in range(90)) + "    " * 90 + "pass",
    ],
)
def test_deep_nesting_never_stops_the_audit(lay: Lay, text: str) -> None:
    root = lay({"deep.py": text, "good.py": "def f(): pass\nf()\n"})

    graph = build_call_graph(root)

    assert graph.edges["good"] == {"good.f": Tier.EXACT}


def test_calls_in_what_is_too_deep_are_listed_as_unknown(lay: Lay) -> None:
    root = lay({"deep.py": "x = " + "+".join(["f()"] * 400)})

    assert len(list(build_call_graph(root).unresolved())) == 400


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_links_that_go_round_are_not_followed(lay: Lay) -> None:
    root = lay({"pkg/a.py": "def f(): pass\n"})
    (root / "pkg" / "again").symlink_to(root, target_is_directory=True)
    (root / "gone.py").symlink_to(root / "nowhere.py")

    graph = build_call_graph(root)

    assert sorted(graph.nodes) == ["pkg.a", "pkg.a.f"]
    assert [each.file for each in graph.problems] == ["gone.py"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_a_link_that_leads_out_of_the_tree_is_not_read(lay: Lay, tmp_path: Path) -> None:
    root = lay({"pkg/a.py": "def f(): pass\n"})
    (tmp_path / "secret.py").write_text("def g(): pass\n")
    (root / "pkg" / "out.py").symlink_to(tmp_path / "secret.py")
    (root / "pkg" / "same.py").symlink_to(root / "pkg" / "a.py")
    (root / "pkg" / "itself.py").symlink_to(root / "pkg" / "itself.py")

    graph = build_call_graph(root)

    assert sorted(graph.nodes) == ["pkg.a", "pkg.a.f", "pkg.same", "pkg.same.f"]
    assert {each.file: each.problem for each in graph.problems} == {
        "pkg/out.py": "it is a link to a file outside the tree",
        "pkg/itself.py": "it is no regular file, or a link to one that is missing",
    }


def test_a_folder_that_can_not_be_read_is_named_and_the_rest_is_read(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    root = lay({"pkg/a.py": "def f(): pass\n", "pkg/closed/b.py": "def g(): pass\n"})
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("closed/"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(python_files.os, "scandir", refusing)
    graph = build_call_graph(root)

    assert sorted(graph.nodes) == ["pkg.a", "pkg.a.f"]
    assert [(each.file, each.problem) for each in graph.problems] == [
        ("pkg/closed", "it can't be read: Permission denied")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_whose_name_is_no_text_is_named_and_left_out(lay: Lay, tmp_path: Path) -> None:
    root = lay({"a.py": "def f(): pass\n"})
    Path(os.fsdecode(os.fsencode(root) + b"/bad\xff.py")).write_text("def f(): pass\n")

    graph = build_call_graph(root, options=ReadOptions(cache=tmp_path / "cache"))

    assert [each.file for each in graph.problems] == ["bad\\xff.py"]
    assert sorted(graph.nodes) == ["a", "a.f"]


def test_two_files_of_one_name_both_have_nodes(lay: Lay) -> None:
    root = lay({"a/x/__init__.py": "", "b/x/__init__.py": "", "a/x/m.py": "def f(): pass", "b/x/m.py": "def g(): pass"})

    files = {node.file for node in build_call_graph(root).nodes.values()}

    assert {"a/x/m.py", "b/x/m.py"} <= files


@pytest.mark.slow
def test_a_generated_file_of_a_hundred_thousand_lines_is_read(lay: Lay) -> None:
    root = lay({"data.py": "def f(x): return x\n" + "".join(f"v{n} = f({n})\n" for n in range(100_000))})

    assert build_call_graph(root).edges["data"] == {"data.f": Tier.EXACT}
