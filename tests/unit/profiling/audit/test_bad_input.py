"""Whatever lies in a tree: a clear line for each file that can't be read, and the others all the same."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.audit.graph import build_call_graph
from profiling.audit.model import Tier

Lay = Callable[[Mapping[str, str | bytes]], Path]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"def f(:\n", "syntax error in line 1"),
        (b"x = '\xff\xfe'\n", "utf-8"),
        (b"# -*- coding: no-such-code -*-\n", "unknown encoding"),
        (b"x = 1\0\n", "null byte"),
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


def test_two_files_of_one_name_both_have_nodes(lay: Lay) -> None:
    root = lay({"a/x/__init__.py": "", "b/x/__init__.py": "", "a/x/m.py": "def f(): pass", "b/x/m.py": "def g(): pass"})

    files = {node.file for node in build_call_graph(root).nodes.values()}

    assert {"a/x/m.py", "b/x/m.py"} <= files


@pytest.mark.slow
def test_a_generated_file_of_a_hundred_thousand_lines_is_read(lay: Lay) -> None:
    root = lay({"data.py": "def f(x): return x\n" + "".join(f"v{n} = f({n})\n" for n in range(100_000))})

    assert build_call_graph(root).edges["data"] == {"data.f": Tier.EXACT}
