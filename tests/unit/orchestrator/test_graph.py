import asyncio
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

from orchestrator import routes
from orchestrator.dispatching import worker_state
from orchestrator.graph import lead_graph
from orchestrator.nodes.gate import gate
from orchestrator.nodes.take import take
from orchestrator.policy.steering import Course
from orchestrator.state import SessionState
from orchestrator.steering import Steering

START, EDIT = "__start__", "experiment:gate"
ROOT = Path(__file__).resolve().parents[3]


def edges(*, without: frozenset[str] = frozenset()) -> dict[str, set[str]]:
    graph = lead_graph().compile().get_graph(xray=True)
    found: dict[str, set[str]] = {}
    for edge in graph.edges:
        if not {edge.source, edge.target} & without:
            found.setdefault(edge.source, set()).add(edge.target)
    return found


def reachable(start: str, arrows: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        new = arrows.get(node, set()) - seen
        seen |= new
        waiting.extend(new)
    return seen


def test_the_edit_is_reachable_at_all() -> None:
    assert EDIT in reachable(START, edges())


@pytest.mark.parametrize("node", ["setup", "preflight", "baseline", "targets", "choose", "experiment:propose"])
def test_no_path_leads_to_an_edit_around(node: str) -> None:
    assert EDIT not in reachable(START, edges(without=frozenset({node})))


@pytest.mark.parametrize("node", ["strategy", "choose"])
def test_no_path_leads_from_a_kept_edit_to_the_next_one_around(node: str) -> None:
    assert EDIT in reachable("experiment:record", edges())
    assert EDIT not in reachable("experiment:record", edges(without=frozenset({node})))


def test_every_node_can_be_reached_and_leads_to_the_end() -> None:
    arrows = edges()
    nodes = {name for name in lead_graph().compile().get_graph(xray=True).nodes if name != START}
    assert reachable(START, arrows) == nodes
    assert all("__end__" in reachable(node, arrows) for node in nodes - {"__end__"})


@pytest.mark.parametrize("node", ["dispatch", "worker:take"])
def test_no_worker_edits_around(node: str) -> None:
    assert "worker:attempt:gate" in reachable(START, edges())
    assert "worker:attempt:gate" not in reachable(START, edges(without=frozenset({node})))


def test_what_workers_kept_is_merged_and_profiled_before_the_lead_edits_again() -> None:
    for node in ("merge", "strategy", "choose"):
        assert EDIT not in reachable("worker:attempt:record", edges(without=frozenset({node})))


trees = st.sampled_from(["", "a" * 40, "b" * 40])
states = st.fixed_dictionaries(
    {},
    optional={
        "head_tree": trees,
        "profiled_tree": trees,
        "finish_reason": st.sampled_from(["", "enough"]),
        "chosen": st.sampled_from([None, {"source": "recipe:x"}]),
        "assignments": st.sampled_from([[], [{"worker": "cpu-1"}, {"worker": "cpu-2"}]]),
    },
)


@given(states)
def test_an_experiment_is_only_entered_with_a_profile_of_the_very_base(state: SessionState) -> None:
    if routes.after_choose(state) in {"experiment", "dispatch"}:
        assert state["profiled_tree"] == state["head_tree"] != ""
        assert state["chosen"] is not None
        assert not state.get("finish_reason")


@given(st.lists(st.booleans(), min_size=1, max_size=4))
def test_every_experiment_of_a_worker_begins_on_the_profiled_base_of_its_dispatch(kept: list[bool]) -> None:
    steering = Steering(course=Course(session="s"))
    services = SimpleNamespace(
        spent_s=0.0, settings=SimpleNamespace(time_limit_s=60.0), spent_budget=str, steering=steering
    )
    runtime: Any = SimpleNamespace(context=SimpleNamespace(of=lambda _: services))
    own: Any = {
        "worker": "cpu-1",
        "targets": [{"place_digest": str(place), "file": "a.py", "qualname": "f"} for place in range(len(kept))],
    }
    lead: SessionState = {
        **dict.fromkeys(("session_id", "base_commit", "setup", "first_number", "dispatches"), ""),
        "head_commit": "c" * 40,
        "head_tree": "a" * 40,
        "profiled_tree": "a" * 40,
        "output_repeatable": True,
    }
    state = worker_state(lead, own)
    for place, is_kept in enumerate(kept):
        state = {**state, **asyncio.run(take(state, runtime))}
        assert routes.after_take(state) == "attempt"
        assert state["chosen"] == own["targets"][place]
        assert routes.is_profiled(state)
        if is_kept:
            state = {**state, "head_commit": "d" * 40, "head_tree": "b" * 40}
    assert routes.after_take({**state, **asyncio.run(take(state, runtime))}) == "__end__"


def test_the_node_that_edits_refuses_a_base_without_a_profile() -> None:
    runtime = SimpleNamespace(context=None)
    state: SessionState = {"head_tree": "b" * 40, "profiled_tree": "a" * 40, "setup": {}}
    with pytest.raises(RuntimeError, match="no unified profile"):
        asyncio.run(gate(state, runtime))


def test_the_drawing_in_the_docs_is_the_graph() -> None:
    drawing = lead_graph().compile().get_graph(xray=True).draw_mermaid(with_styles=False)
    assert drawing.strip() in (ROOT / "docs" / "architecture.md").read_text()
