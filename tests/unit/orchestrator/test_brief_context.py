from types import SimpleNamespace
from typing import Any

from orchestrator.brief_context import avoid, notes
from orchestrator.ledger.conventions import Conventions
from orchestrator.policy.verdict import Status
from profiling.boundary.audit import Boundary, UsedName
from profiling.boundary.uses import Kind, Use
from profiling.model import Dimension
from profiling.target import Evidence, Interaction, InteractionKind
from tests.fakes.experiments import KEY, measured
from tests.unit.orchestrator.test_deciding import target


def kept(number: int, *, status: Status = Status.KEEP) -> Any:
    proposal = SimpleNamespace(summary="ask a set", key=KEY)
    return SimpleNamespace(
        number=number, proposal=proposal, measurement=measured(0.6), calls=None, verdict=SimpleNamespace(status=status)
    )


def told(*records: Any, interactions: tuple[Interaction, ...] = (), **seen: Any) -> str:
    setup: Any = SimpleNamespace(speed_dependencies=("numpy",), tests=SimpleNamespace(text="pytest -q"))
    survey: Any = SimpleNamespace(**{"boundaries": (), "candidates": (), "interactions": interactions, **seen})
    return "\n".join(notes(target(KEY), survey, records, setup))


def test_the_figures_of_every_domain_stand_in_the_context() -> None:
    assert "f as profiled: 40% of CPU (0.4 s), +0.0 MiB, 0 s of collections" in told()
    assert "dependencies that often decide speed: numpy" in told()
    assert "must stay green: pytest -q" in told()


def test_a_mechanism_across_domains_is_told_with_its_evidence_and_root_fix() -> None:
    evidence = (Evidence(dimension=Dimension.GC_S, value=0.8, text="0.8 s of collections start here"),)
    found = Interaction(kind=InteractionKind.ALLOCATION_GC, key=KEY, evidence=evidence, root_fix="fewer allocations")
    text = told(interactions=(found,))
    assert "allocation_gc: 0.8 s of collections start here [gc_s]; its usual root fix: fewer allocations" in text


def test_a_library_may_be_left_once_nothing_that_keeps_it_is_to_be_tried_here() -> None:
    use = Use(name="lark.Parser", file="a.py", line=3, function="f", kind=Kind.CALLED, shape="1")
    name = UsedName(name="lark.Parser", uses=(use,), is_hot=True, is_narrow=True, stand_in="")
    ceiling = Boundary(library="lark", leading=(KEY,), share=0.4, functions=1, names=(name,), indirect=0)
    text = told(boundaries=(ceiling,))
    assert "not optimizable without modifying lark: 1 name of it at 1 place" in text
    assert "used of lark: lark.Parser (called with 1 arguments)" in text
    assert "lark itself for all input that the narrow form does not cover" in text
    recipe = SimpleNamespace(key=KEY, source="recipe:hoist-call")
    assert "lark" not in told(boundaries=(ceiling,), candidates=(recipe,))


def test_what_was_kept_before_is_told_because_older_figures_no_longer_hold() -> None:
    text = told(kept(1), kept(2, status=Status.DISCARD))
    assert "experiment 1 was kept (ask a set, f): CPU: 1s → 0.6s (40% faster)" in text
    assert "all figures here are of a profile made after it" in text
    assert "experiment 2" not in text


def test_what_must_not_be_touched_is_told_with_its_reason() -> None:
    conventions = Conventions(exclusions=("vendor",), untouchable=(Dimension.PEAK_MIB,))
    assignment: Any = {"avoid": ["b.py: the memory specialist works in it (g), and both are merged"]}
    assert avoid(conventions, assignment) == (
        "vendor: the maintainers exclude it",
        "peak_mib may not get worse, whatever is gained",
        "b.py: the memory specialist works in it (g), and both are merged",
    )
    assert avoid(Conventions(), None) == ()
