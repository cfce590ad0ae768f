"""A large tree is kept as bytes: that must show in the memory alone."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.audit import tree
from profiling.audit.graph import CallGraph, ReadOptions, build_call_graph
from profiling.audit.linking.engine import Links
from profiling.audit.linking.reasons import Reason
from profiling.audit.reading.facts import BodyFacts, read_facts
from profiling.audit.reading.packed import PackedBodies
from profiling.audit.reading.source import Unreadable

Lay = Callable[[Mapping[str, str | bytes]], Path]

SOURCE = (
    "import json\nCACHE = []\n\n\ndef outer(rows, *rest, key='a'):\n    for row in [1, 2]:\n        CACHE.append(row)\n"
    "    def inner(x=len):\n        return x(rows) + json.dumps(rest)\n    return inner() if key else unknown.call()\n"
)
FILES = {"pkg/__init__.py": "", "pkg/a.py": SOURCE, "pkg/b.py": "from pkg.a import outer\n\n\nouter([])()\n"}


def _everything(graph: CallGraph) -> object:
    return graph.edges, {name: graph.nodes[name] for name in graph.nodes}, graph.problems


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_tree_that_is_packed_gives_the_same_graph(
    lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    root = lay(FILES)
    live = build_call_graph(root)
    monkeypatch.setattr(tree, "_LARGE_BYTES", 0)

    packed = build_call_graph(root, options=ReadOptions(cache=tmp_path / "cache" if is_kept else None))

    assert live.edges["pkg.b"]
    assert _everything(packed) == _everything(live)


def test_bodies_come_back_as_they_were() -> None:
    bodies = read_facts(SOURCE.encode()).bodies

    packed = PackedBodies(bodies)

    assert [packed.body(index) for index in range(len(packed))] == bodies


def test_bodies_nested_beyond_what_can_be_packed_are_unreadable() -> None:
    term: object = "name"
    for _ in range(5_000):
        term = (term,)

    with pytest.raises(Unreadable, match="nested too deeply"):
        PackedBodies([BodyFacts([term], [], [], [])])


def test_links_come_back_as_they_were_with_reasons_as_text() -> None:
    links = Links({0: {"a.f": 1}}, {(3, "with"): {"a.C.__enter__": 1}}, {1: Reason.MANY})

    again = Links.unpacked(links.packed())

    assert again == Links(links.calls, links.implicit, {1: "too many values"})
