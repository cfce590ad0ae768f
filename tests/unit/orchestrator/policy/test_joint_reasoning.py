from dataclasses import fields, replace
from typing import Any

import pytest

from agents.model import Answer, Brief, Checklist, Patch, Proposal
from agents.recipes._base import Choice, Site
from agents.recipes.catalogue import ASKED_FOR, CATALOGUE
from agents.recipes.writing import write
from orchestrator.policy.joint_reasoning import unclear
from profiling.facts import Facts
from profiling.model import Dimension, Domain, FunctionKey, Tree
from profiling.target import InteractionKind

KEY = FunctionKey(file="pkg/a.py", first_line=1, qualname="f")
SOUND = Checklist(
    domains=Answer(text="cpu and memory", evidence="profile: 45% CPU, 120 MiB"),
    interaction=Answer(text="allocations start collections: gc falls with them", evidence="gc_s 0.8"),
    root_cause=Answer(text="a list for each row", evidence="pkg/a.py:12"),
    mechanism=Answer(text="one list instead of n", evidence="pkg/a.py:12, 20,000 calls"),
    other_domains=Answer(text="less memory", evidence="120 MiB of the peak"),
    measurement=Answer(text="paired; cpu_s decides, peak_mib must not grow", evidence="expected 0.2"),
    data_size=Answer(text="20,000 rows", evidence="facts_of"),
    exercised=Answer(text="every row passes", evidence="20,000 calls"),
    correctness=Answer(text="order kept, nobody keeps the list", evidence="callers: 2"),
    production=Answer(text="a library function", evidence="search: no thread in the package"),
)


def proposal(**answers: Answer) -> Proposal:
    return Proposal(
        source="claude:cpu",
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        key=KEY,
        summary="make one list",
        mechanism="one list instead of n",
        patch=Patch(edits=()),
        expected={},
        risk="none",
        checklist=replace(SOUND, **answers),
    )


def test_ten_answers_that_point_at_evidence_are_ground_for_an_edit() -> None:
    assert len(fields(Checklist)) == 10
    assert unclear(proposal(), ()) == ""
    assert unclear(proposal(), (InteractionKind.ALLOCATION_GC,)) == ""


@pytest.mark.parametrize("name", [field.name for field in fields(Checklist)])
def test_evidence_that_points_at_nothing_is_told_for_each_of_the_ten(name: str) -> None:
    vague = Answer(text=getattr(SOUND, name).text, evidence="experience")
    assert unclear(proposal(**{name: vague}), ()).startswith(f"checklist.{name}: the evidence 'experience' points at")


@pytest.mark.parametrize("words", ["-", "n/a", "Unknown.", "none", "???", "TBD", "yes"])
def test_an_answer_that_says_nothing_is_none(words: str) -> None:
    said = unclear(proposal(mechanism=Answer(text=words, evidence="pkg/a.py:12")), ())
    assert said == f"checklist.mechanism: {words!r} says nothing"


@pytest.mark.parametrize("words", ["perhaps the list", "it is not clear which call", "maybe GC", "I guess caching"])
def test_an_unclear_hypothesis_goes_to_deeper_profiling_and_not_to_an_edit(words: str) -> None:
    said = unclear(proposal(root_cause=Answer(text=words, evidence="read_file")), ())
    assert "is no clear hypothesis: look deeper before you edit (`line_times`" in said
    assert unclear(proposal(root_cause=Answer(text=words, evidence="line_times: line 12, 81%")), ()) == ""


def test_a_mechanism_that_was_detected_here_has_to_be_spoken_of() -> None:
    silent = Answer(text="nothing of the kind", evidence="profile: 45%")
    said = unclear(proposal(interaction=silent), (InteractionKind.DEEPCOPY,))
    assert said.startswith("checklist.interaction: deepcopy was detected at this function")
    assert unclear(proposal(interaction=silent), ()) == ""
    denied = Answer(text="the deepcopy stays: callers change the result", evidence="callers: 2")
    assert unclear(proposal(interaction=denied), (InteractionKind.DEEPCOPY,)) == ""


def test_the_plan_of_measurement_names_the_dimension_that_decides() -> None:
    said = unclear(proposal(measurement=Answer(text="we will see", evidence="paired, 9 runs")), ())
    assert said == "checklist.measurement: it does not name cpu_s, which decides"


@pytest.mark.parametrize("recipe", [*CATALOGUE, *ASKED_FOR], ids=lambda recipe: recipe.card.id)
def test_what_every_recipe_answers_is_ground_for_an_edit(make: Any, recipe: Any) -> None:
    brief: Any = Brief(
        target=make.target(interactions=(InteractionKind.ALLOCATION_GC,)),
        tree=Tree(root="/nowhere", import_roots=(), packages=(), source_paths=()),  # type: ignore[arg-type]
        profile=type("Profile", (), {"functions": ()})(),
        facts=Facts(functions={}),
    )
    site = Site(recipe=recipe.card.id, key=KEY, module="pkg/a.py", line=3, requests=(), node_path="")
    choice = Choice(expected_share=0.1, evidence="20 calls seen")
    written = write(brief, recipe.card, site, choice, Patch(edits=()), "digest")
    assert unclear(written, ("allocation_gc",)) == ""
