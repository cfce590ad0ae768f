from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.leading import Action, Board, Choice, Option
from agents.model import Candidate, Insight
from agents.specialists.setup import Setup
from orchestrator.live.events import Event, EventKind
from orchestrator.model_lead import ModelLead
from orchestrator.plain import setup_to_json
from orchestrator.policy.plateau import choose
from orchestrator.policy.situation import Bounds, Dispatch, Experiment, Finish, NextStep, Situation
from orchestrator.state import SessionState
from profiling.facts import Facts
from profiling.model import Dimension, Domain, FunctionKey, Interpreter, Tree
from profiling.target import Target

TREE = Tree(root=Path("/nowhere"), import_roots=(), packages=(), source_paths=())
SETUP = Setup(
    tree=TREE,
    interpreter=Interpreter(executable="python3", version=(3, 12, 1)),
    package_manager="",
    tests=None,
    workload=None,
    workload_candidates=(),
    documents=(),
    speed_dependencies=(),
    tools=(),
    problems=(),
    fingerprint="",
)
STATE: SessionState = {"setup": setup_to_json(SETUP), "head_commit": "c1"}


@dataclass
class FakeBackend:
    """Answers by a script; an answer that breaks a rule is sent back twice, and then there is none, as with a model."""

    script: list[Choice]
    objections: list[str] = field(default_factory=list)
    read: list[tuple[str, ...]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    found: tuple[Insight, ...] = ()
    boards: list[Board] = field(default_factory=list)

    def next_step(self, tree: Tree, board: Board, objection: Callable[[Choice], str]) -> Choice | None:
        self.boards.append(board)
        for _ in range(3):
            if not self.script:
                return None
            choice = self.script.pop(0)
            broken = objection(choice)
            if not broken:
                return choice
            self.objections.append(broken)
        return None

    def read_ahead(self, tree: Tree, board: Board, options: tuple[Option, ...]) -> tuple[Insight, ...]:
        self.read.append(tuple(one.id for one in options))
        new = tuple(
            Insight(key=one.target.key, antipattern="scans again", evidence="a.py:1", callers="none") for one in options
        )
        self.found = (*self.found, *new)
        return new

    def insights(self, tree: Tree) -> tuple[Insight, ...]:
        return self.found

    def advise(self, place_digest: str, strategy: str) -> None:
        self.told[place_digest] = strategy


def key(name: str) -> FunctionKey:
    return FunctionKey(file="a.py", first_line=1, qualname=name)


def situation(*names: str, **changes: Any) -> Situation:
    targets = tuple(
        Target(
            key=key(name),
            cpu_share=0.2,
            cpu_s=1.0,
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
        for name in names
    )
    candidates = tuple(
        Candidate(
            source="claude:cpu",
            key=key(name),
            domain=Domain.CPU,
            dimension=Dimension.CPU_S,
            expected_share=0.2,
            confidence=0.25,
            place_digest=f"place-{name}",
        )
        for name in names
    )
    bounds = changes.pop("bounds", Bounds(experiments=0, most_experiments=9, spent_s=0.0, most_s=60.0))
    return Situation(targets=targets, candidates=candidates, attempts=(), history=(), bounds=bounds, **changes)


@dataclass
class Heard:
    events: list[Event] = field(default_factory=list)

    def publish(self, event: Event) -> Event:
        self.events.append(event)
        return event


def led(at: Situation, *script: Choice) -> tuple[NextStep, FakeBackend, list[str]]:
    backend, heard = FakeBackend(list(script)), Heard()
    lead = ModelLead(backend=backend, base=lambda _setup, _commit: TREE, goal="faster", bus=heard)  # type: ignore[arg-type]
    survey: Any = SimpleNamespace(
        profile=None, facts=Facts(functions={}), interactions=(), targets=at.targets, paths={}
    )
    step = lead.choose(STATE, at, survey, choose(at))
    assert all(event.kind is EventKind.STRATEGY for event in heard.events)
    return step, backend, [event.text for event in heard.events]


def chosen(action: Action, *options: str, strategy: str = "") -> Choice:
    return Choice(action=action, options=options, strategy=strategy, reason="as the figures say")


def test_the_leads_choice_is_taken_said_and_told_to_the_specialist() -> None:
    step, backend, said = led(situation("f", "g"), chosen(Action.EXPERIMENT, "o2", strategy="hoist it"))
    assert isinstance(step, Experiment)
    assert step.candidate.key.qualname == "g"
    assert backend.told == {"place-g": "hoist it"}
    assert said == ["the lead chooses experiment at g: as the figures say"]


def test_without_an_answer_that_keeps_the_rules_the_policys_step_stands() -> None:
    at = situation("f", "g")
    step, backend, said = led(at, *[chosen(Action.STOP)] * 3)
    assert step == choose(at)
    assert len(backend.objections) == 3
    assert said == []


def test_what_is_read_about_is_told_and_then_the_lead_chooses() -> None:
    step, backend, said = led(
        situation("f", "g"),
        chosen(Action.RESEARCH, "o1"),
        chosen(Action.RESEARCH, "o1"),
        chosen(Action.EXPERIMENT, "o1"),
    )
    assert isinstance(step, Experiment)
    assert backend.read == [("o1",)]
    assert backend.objections == ["o1 was read about already: what was found stands above"]
    assert said[1] == "the researcher on f: scans again [a.py:1]"


def test_reading_has_an_end() -> None:
    at = situation("f", "g", "h")
    step, backend, _ = led(at, *(chosen(Action.RESEARCH, one) for one in ("o1", "o2", "o3", "o3", "o3")))
    assert backend.read == [("o1",), ("o2",)]
    assert step == choose(at)


@pytest.mark.parametrize(
    "at",
    [
        situation("f"),
        situation("f", "g", bounds=Bounds(experiments=9, most_experiments=9, spent_s=0.0, most_s=60.0)),
        situation("f", "g", exhausted=frozenset({"place-f", "place-g"})),
    ],
    ids=["one option", "a bound", "nothing left"],
)
def test_where_there_is_nothing_to_choose_nobody_is_asked(at: Situation) -> None:
    step, backend, _ = led(at, chosen(Action.EXPERIMENT, "o1"))
    assert step == choose(at)
    assert len(backend.script) == 1


def test_an_end_that_the_rules_allow_ends_the_session() -> None:
    at = situation("f", "g")
    small = replace(at, candidates=tuple(replace(one, expected_share=0.001) for one in at.candidates))
    step, _, said = led(small, chosen(Action.STOP))
    assert isinstance(step, Finish)
    assert step.text == "the lead stops, 2 left untried: as the figures say"
    assert said == ["the lead chooses stop: as the figures say"]


def spread(*names: str) -> Situation:
    """Return a situation whose targets stand in a file each, for two workers."""
    at = situation(*names, workers=2)
    return replace(
        at,
        targets=tuple(replace(one, key=replace(one.key, file=f"{one.key.qualname}.py")) for one in at.targets),
        candidates=tuple(replace(one, key=replace(one.key, file=f"{one.key.qualname}.py")) for one in at.candidates),
    )


def test_the_leads_strategy_goes_with_everybody_who_is_sent_out() -> None:
    step, backend, said = led(spread("f", "g", "h"), chosen(Action.DISPATCH, "o3", "o1", strategy="hoist it"))
    assert isinstance(step, Dispatch)
    assert backend.told == {"place-f": "hoist it", "place-h": "hoist it"}
    assert said == ["the lead chooses dispatch at f, h: as the figures say"]


def test_the_lead_is_told_who_may_go_out_and_what_the_policy_would_do() -> None:
    step, backend, _ = led(spread("f", "g"), chosen(Action.EMBEDDED))
    assert isinstance(step, Dispatch)
    assert "2 workers at a time at most; fit to be sent out: o1, o2" in backend.boards[0].standing
    assert backend.boards[0].embedded == "dispatch: the cpu specialist with o1; the cpu specialist with o2"


def test_a_dispatch_that_breaks_the_rules_is_sent_back_twice_and_then_the_policys_stands() -> None:
    at = spread("f", "g")
    step, backend, said = led(at, *[chosen(Action.DISPATCH, "o1")] * 3)
    assert step == choose(at)
    assert len(backend.objections) == 3
    assert said == []
