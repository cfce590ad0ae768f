"""Each construct of the language that calls can go through, with the edges it must give: exactly these."""

import json
from pathlib import Path

import pytest

from profiling.audit.graph import as_benchmark_json, build_call_graph

SNIPPETS = Path(__file__).parent / "snippets"
CASES = sorted(path.parent.relative_to(SNIPPETS).as_posix() for path in SNIPPETS.rglob("edges.json"))


@pytest.mark.parametrize("case", CASES)
def test_a_construct_gives_exactly_these_edges(case: str) -> None:
    expected = json.loads((SNIPPETS / case / "edges.json").read_text())

    graph = build_call_graph(SNIPPETS / case)

    found = {caller: callees for caller, callees in as_benchmark_json(graph).items() if callees}
    assert found == {caller: sorted(callees) for caller, callees in expected.items()}
    assert graph.problems == ()


def test_what_the_library_gives_leaves_no_call_open() -> None:
    graph = build_call_graph(SNIPPETS / "outside" / "library_results")

    assert [each.text for each in graph.unresolved()] == []
