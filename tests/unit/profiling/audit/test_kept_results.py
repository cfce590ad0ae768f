"""After an edit the graph is the one that reading everything anew gives, whatever was kept."""

import contextlib
import dataclasses
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from profiling.audit.graph import CallGraph, ReadOptions, as_benchmark_json, build_call_graph
from profiling.audit.store import FileRow, checksum
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
def test_a_damaged_cache_counts_as_none_and_that_is_said(lay: Lay, tmp_path: Path, damage: bytes) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    (tmp_path / "cache" / "callgraph.sqlite3").write_bytes(damage)

    graph = build_call_graph(root, options=options)

    assert _everything(graph) == _everything(build_call_graph(root))
    (note,) = graph.notes
    assert note.startswith("what was kept of earlier audits is damaged, all was read anew: ")


def test_what_an_earlier_version_kept_is_no_damage(lay: Lay, tmp_path: Path) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    _change(tmp_path / "cache", "UPDATE state SET text = 'of another' WHERE name = 'version'")

    graph = build_call_graph(root, options=options)

    assert graph.notes == []
    assert _everything(graph) == _everything(build_call_graph(root))


def test_a_row_that_is_gone_is_noticed(lay: Lay, tmp_path: Path) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    _change(tmp_path / "cache", "DELETE FROM file WHERE path = 'pkg/use.py'")

    assert [note.rpartition(": ")[2] for note in build_call_graph(root, options=options).notes] == [
        "it holds 3 files of 4"
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), turned=st.integers(1, 255), is_cut=st.booleans())
@example(place=0.0, turned=1, is_cut=False)
@example(place=0.999, turned=1, is_cut=True)
def test_a_turned_byte_or_a_lost_end_never_changes_the_graph(
    kept_tree: "KeptTree", place: float, turned: int, is_cut: bool
) -> None:
    at = int(place * len(kept_tree.data))
    whole = kept_tree.data
    damaged = whole[:at] if is_cut else whole[:at] + bytes([whole[at] ^ turned]) + whole[at + 1 :]
    (kept_tree.cache / "callgraph.sqlite3").write_bytes(damaged)

    graph = build_call_graph(kept_tree.root, options=ReadOptions(cache=kept_tree.cache))

    assert _everything(graph) == kept_tree.expected


@pytest.mark.parametrize("column", ["declarations", "edges", "bodies", "links", "writes"])
@pytest.mark.parametrize(
    "text", ["[", "[1]", "{}", "[" * 90_000, "null", '{"pkg.use.go":{"a":99}}', "[[[1,2,3]]]", '"' + "x" * 50 + '"']
)
def test_kept_text_that_somebody_else_wrote_does_no_harm(lay: Lay, tmp_path: Path, column: str, text: str) -> None:
    root, options = lay(FILES), ReadOptions(cache=tmp_path / "cache")
    build_call_graph(root, options=options)
    _forge(tmp_path / "cache", column, text)

    for _ in range(2):
        graph = build_call_graph(root, options=options)
        assert "pkg.use.go" in {node.name for node in graph.nodes.values()}
        (root / "pkg/tools.py").write_text("# comment\n" + FILES["pkg/tools.py"])


def _change(cache: Path, statement: str, *values: object) -> None:
    with contextlib.closing(sqlite3.connect(cache / "callgraph.sqlite3")) as database, database:
        database.execute(statement, values)


def _forge(cache: Path, column: str, text: str) -> None:
    """Write a text into all rows as somebody would who knows the checksums."""
    names = [each.name for each in dataclasses.fields(FileRow)]
    with contextlib.closing(sqlite3.connect(cache / "callgraph.sqlite3")) as database, database:
        database.execute(f"UPDATE file SET {column} = ?", (text,))
        for row in database.execute(f"SELECT {', '.join(names)} FROM file").fetchall():
            database.execute("UPDATE file SET checksum = ? WHERE path = ?", (checksum(row), row[0]))


@dataclasses.dataclass(frozen=True)
class KeptTree:
    """A tree with what is kept of it, as it was written."""

    root: Path
    cache: Path
    data: bytes
    expected: object


@pytest.fixture
def kept_tree(lay: Lay, tmp_path: Path) -> KeptTree:
    root, cache = lay(FILES), tmp_path / "cache"
    expected = _everything(build_call_graph(root, options=ReadOptions(cache=cache)))
    return KeptTree(root, cache, (cache / "callgraph.sqlite3").read_bytes(), expected)


def test_a_cache_that_cannot_be_written_costs_only_time(lay: Lay, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")

    graph = build_call_graph(lay(FILES), options=ReadOptions(cache=tmp_path / "cache"))

    assert graph.callers("pkg.tools.helper")
