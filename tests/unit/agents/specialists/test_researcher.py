from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.model import Brief
from agents.specialists.researcher import static_research
from profiling.audit.model import CostClass, ExpensiveOp, Redundancy
from profiling.audit.target_facts import AuditFacts
from profiling.model import Domain, FunctionKey, Tree
from profiling.target import Target

HERE = FunctionKey(file="a.py", first_line=1, qualname="slow")
CALLER = FunctionKey(file="b.py", first_line=9, qualname="caller")
SOURCE = """def slow(words, known):
    found = []
    for word in words:
        if word in [name.lower() for name in known]:
            found.append(word)
    return found
"""


def target(key: FunctionKey, **changes: Any) -> Target:
    plain = Target(
        key=key,
        cpu_share=0.4,
        cpu_s=0.4,
        memory_mib=0.0,
        gc_s=0.0,
        loop_s=0.0,
        import_s=0.0,
        calls=None,
        domains=(Domain.CPU,),
        interactions=(),
        actionable=True,
        uncertain=False,
    )
    return replace(plain, **changes)


def facts(**changes: Any) -> AuditFacts:
    plain = AuditFacts(
        function="a.slow",
        calls_through_loops=0.0,
        expensive=(),
        operations=(),
        load=1.0,
        redundancy=(),
        callers=(),
        callees=(),
        unresolved=0,
    )
    return replace(plain, **changes)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "a.py").write_text(SOURCE)
    return Tree(root=tmp_path, import_roots=(".",), packages=("a",), source_paths=("a.py",))


def brief(tree: Tree, found: AuditFacts | None = None, *, gc_s: float = 0.0, **changes: Any) -> Brief:
    profile: Any = SimpleNamespace(gc=SimpleNamespace(pause_s=gc_s), cpu_sampled_s=1.0)
    seen: Any = None
    mine = changes.pop("target", target(HERE))
    return Brief(
        target=mine, tree=tree, profile=profile, facts=seen, paths={HERE: found} if found is not None else {}, **changes
    )


def test_what_the_source_does_badly_is_said_with_its_place(tree: Tree) -> None:
    op = ExpensiveOp(callee="json.loads", cost_class=CostClass.JSON_IO, size=None, line=3, weight=9.0)
    insight = static_research(brief(tree, facts(expensive=(op,))))
    assert insight is not None
    assert "json.loads at a.py:3 costs as json io" in insight.antipattern
    assert (insight.key, insight.evidence) == (HERE, "a.py:1")


def test_who_calls_it_and_how_often_is_said(tree: Tree) -> None:
    op = ExpensiveOp(callee="json.loads", cost_class=CostClass.JSON_IO, size=None, line=3, weight=9.0)
    insight = static_research(brief(tree, facts(expensive=(op,), callers=(CALLER,), calls_through_loops=500.0)))
    assert insight is not None
    assert insight.callers == "caller (b.py:9); at least 500 calls a run"


def test_allocations_beside_many_collections_are_an_interaction_that_was_missed(tree: Tree) -> None:
    insight = static_research(brief(tree, gc_s=0.2, target=target(HERE, memory_mib=120.0)))
    assert insight is not None
    assert "120 MiB are allocated here while collections take 20% of the CPU" in insight.interaction


def test_a_neighbour_that_crosses_domains_and_a_repeated_call_are_said(tree: Tree) -> None:
    beside = target(CALLER, domains=(Domain.CPU, Domain.MEMORY), memory_mib=50.0)
    again = Redundancy(callee="load", source="config.json", places=("a.py:3", "b.py:4"))
    insight = static_research(brief(tree, facts(callers=(CALLER,), redundancy=(again,)), table=(beside,)))
    assert insight is not None
    assert "load(config.json) is reached from 2 places" in insight.interaction
    assert "caller (b.py:9) next to it has cpu+memory" in insight.interaction


def test_where_there_is_nothing_to_say_nothing_is_said_and_nothing_is_changed(tree: Tree) -> None:
    (tree.root / "a.py").write_text("def slow():\n    return 1\n")
    assert static_research(brief(tree, facts(callers=(CALLER,)))) is None
    assert [path.name for path in tree.root.iterdir()] == ["a.py"]
