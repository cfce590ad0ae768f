"""After an edit the graph is the one that reading everything anew gives, whatever was kept."""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.audit.graph import CallGraph, ReadOptions, as_benchmark_json, build_call_graph
from profiling.audit.tree import Tree

Lay = Callable[[Mapping[str, str | bytes]], Path]

FILES = {
    "pkg/__init__.py": "from pkg.tools import helper\n",
    "pkg/tools.py": "def helper(f):\n    return f()\n\n\ndef other():\n    return [helper]\n",
    "pkg/model.py": "class Base:\n    def run(self):\n        return self.step()\n"
    "    def step(self):\n        return 1\n",
    "pkg/use.py": "from pkg.model import Base\nfrom pkg import helper\n\n\nclass Child(Base):\n    def step(self):\n"
    "        return 2\n\n\ndef cb():\n    return 1\n\n\ndef go(b: Base):\n    helper(cb)\n    b.run()\n",
}
EDITS = {
    "a comment": ("pkg/tools.py", "# comment\n" + FILES["pkg/tools.py"]),
    "a function more": ("pkg/tools.py", FILES["pkg/tools.py"] + "\n\ndef more():\n    return other()\n"),
    "a call more": ("pkg/use.py", FILES["pkg/use.py"] + "\n\ndef late():\n    helper(go)\n"),
    "a call less": ("pkg/use.py", FILES["pkg/use.py"].replace("    helper(cb)\n", "")),
    "a callback replaced": ("pkg/use.py", FILES["pkg/use.py"].replace("helper(cb)", "helper(len)")),
    "a method more": ("pkg/use.py", FILES["pkg/use.py"].replace("def step", "def run(self): pass\n\n    def step")),
    "a method renamed": ("pkg/model.py", FILES["pkg/model.py"].replace("def step", "def stop")),
    "a base less": ("pkg/use.py", FILES["pkg/use.py"].replace("Child(Base)", "Child")),
    "a function renamed": ("pkg/tools.py", FILES["pkg/tools.py"].replace("helper", "aider")),
    "a new file": ("pkg/extra.py", "from pkg.use import go\n\n\ndef extra():\n    go(None)\n"),
    "a syntax error": ("pkg/use.py", "def ("),
    "a re-export": ("pkg/__init__.py", "from pkg.use import cb as helper\n"),
}


def _everything(graph: CallGraph) -> object:
    return as_benchmark_json(graph), {name: graph.nodes[name] for name in graph.nodes}, graph.problems


@pytest.mark.parametrize("edit", EDITS)
def test_after_an_edit_and_back_the_graph_is_as_if_nothing_had_been_kept(lay: Lay, tmp_path: Path, edit: str) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    name, text = EDITS[edit]

    for content in (text, FILES.get(name)):
        if content is None:
            (root / name).unlink()
        else:
            (root / name).write_text(content)
        kept = build_call_graph(root, options=options)
        assert _everything(kept) == _everything(build_call_graph(root))


def test_files_that_did_not_change_are_not_parsed_again(
    lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    (root / "pkg/tools.py").write_text("# comment\n" + FILES["pkg/tools.py"])
    parsed: list[bytes] = []
    import profiling.audit.tree as module

    real = module.read_facts
    monkeypatch.setattr(module, "read_facts", lambda data: (parsed.append(data), real(data))[1])

    build_call_graph(root, options=options)

    assert [data[:9] for data in parsed] == [b"# comment"]


def test_an_edit_that_others_do_not_notice_links_one_file_again(
    lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    (root / "pkg/tools.py").write_text("# comment\n" + FILES["pkg/tools.py"])
    anew: list[object] = []
    monkeypatch.setattr(Tree, "_link_all", anew.append)

    build_call_graph(root, options=options)

    assert not anew


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"x" * 200])
def test_a_damaged_cache_counts_as_none(lay: Lay, tmp_path: Path, damage: bytes) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    (tmp_path / "cache" / "callgraph.sqlite3").write_bytes(damage)

    assert _everything(build_call_graph(root, options=options)) == _everything(build_call_graph(root))


@pytest.mark.parametrize("column", ["declarations", "edges"])
@pytest.mark.parametrize("text", ["[", "[1]", "{}", "[" * 90_000, "null"])
def test_kept_text_that_somebody_else_wrote_does_no_harm(lay: Lay, tmp_path: Path, column: str, text: str) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    with sqlite3.connect(tmp_path / "cache" / "callgraph.sqlite3") as database:
        database.execute(f"UPDATE file SET {column} = ?", (text,))
    database.close()

    graph = build_call_graph(root, options=options)

    assert "pkg.use.go" in graph.nodes


def test_a_cache_that_cannot_be_written_costs_only_time(lay: Lay, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")

    graph = build_call_graph(lay(FILES), options=ReadOptions(cache=tmp_path / "cache"))

    assert graph.callers("pkg.tools.helper")
