"""After an edit the graph is the one that reading everything anew gives, whatever was kept."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
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

PROTOCOL_FILES = {
    "pkg/__init__.py": "",
    "pkg/rules.py": "from typing import Protocol\n\n\nclass Rule(Protocol):\n    label: str\n\n"
    "    def hold(self, x): ...\n",
    "pkg/one.py": "class One:\n    label = 'one'\n\n    def hold(self, x):\n        return x\n",
    "pkg/two.py": "class Two:\n    def hold(self, x):\n        return x\n",
    "pkg/three.py": "from pkg.one import One\n\n\nclass Three(One):\n    def other(self):\n        return 1\n",
    "pkg/use.py": "from pkg.rules import Rule\n\n\ndef go(rule: Rule):\n    return rule.hold(1)\n",
}
PROTOCOL_EDITS = {
    "an implementer more": ("pkg/four.py", PROTOCOL_FILES["pkg/one.py"].replace("One", "Four")),
    "a member that was missing": (
        "pkg/two.py",
        PROTOCOL_FILES["pkg/two.py"].replace(":\n", ":\n    label = 'two'\n", 1),
    ),
    "a member less": ("pkg/one.py", PROTOCOL_FILES["pkg/one.py"].replace("label", "title")),
    "a parameter less": ("pkg/one.py", PROTOCOL_FILES["pkg/one.py"].replace("self, x", "self").replace("return x", "")),
    "a method of an heir": ("pkg/three.py", PROTOCOL_FILES["pkg/three.py"].replace("other(self", "hold(self, x")),
    "the protocol asks for less": ("pkg/rules.py", PROTOCOL_FILES["pkg/rules.py"].replace("    label: str\n\n", "")),
    "the protocol asks for more": (
        "pkg/rules.py",
        PROTOCOL_FILES["pkg/rules.py"].replace("label", "title: str\n    label"),
    ),
    "no protocol any more": ("pkg/rules.py", PROTOCOL_FILES["pkg/rules.py"].replace("(Protocol)", "")),
}


def _everything(graph: CallGraph) -> object:
    return as_benchmark_json(graph), {name: graph.nodes[name] for name in graph.nodes}, graph.problems


@pytest.mark.parametrize("edit", EDITS)
def test_after_an_edit_and_back_the_graph_is_as_if_nothing_had_been_kept(lay: Lay, tmp_path: Path, edit: str) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    name, text = EDITS[edit]

    _edit_and_undo(root, options, name, (text, FILES.get(name)))


@pytest.mark.parametrize("edit", PROTOCOL_EDITS)
def test_who_implements_a_protocol_is_told_anew_after_an_edit(lay: Lay, tmp_path: Path, edit: str) -> None:
    root, options = lay(PROTOCOL_FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    name, text = PROTOCOL_EDITS[edit]

    _edit_and_undo(root, options, name, (text, PROTOCOL_FILES.get(name)))


def _edit_and_undo(root: Path, options: ReadOptions, name: str, contents: Sequence[str | None]) -> None:
    """Write a file's contents one after another (None removes it); each time the graph must be that of a fresh read."""
    for content in contents:
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
