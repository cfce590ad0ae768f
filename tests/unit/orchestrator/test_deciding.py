from types import SimpleNamespace

import pytest

from agents.model import Candidate
from orchestrator.deciding import as_update, headline_dimension, next_step
from orchestrator.ledger.conventions import Conventions
from orchestrator.policy.situation import Experiment, Finish, NextStep
from orchestrator.policy.steering import Course, is_named_by
from orchestrator.policy.tried import Tried
from orchestrator.services import PolicyChooser
from orchestrator.state import SessionState
from orchestrator.steering import Steering
from profiling.model import Dimension, Domain, FunctionKey
from profiling.target import Target

PARSE = FunctionKey(file="pkg/parse.py", first_line=3, qualname="parse")
WRITE = FunctionKey(file="pkg/io/write.py", first_line=9, qualname="write")


def target(key: FunctionKey) -> Target:
    return Target(
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


def candidate(key: FunctionKey, share: float) -> Candidate:
    return Candidate(
        source="recipe:x",
        key=key,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        expected_share=share,
        confidence=0.5,
        place_digest=key.qualname,
    )


def choose(
    conventions: Conventions, *, outside: tuple[FunctionKey, ...] = (), first: str = "", **settings: object
) -> NextStep:
    limits = {"max_experiments": 9, "time_limit_s": 60.0, "domain": None, **settings}
    services = SimpleNamespace(
        steering=Steering(course=Course(session="s")),
        conventions=conventions,
        settings=SimpleNamespace(**limits),
        spent_s=0.0,
        earlier={},
        spent_budget=str,
        chooser=PolicyChooser(),
        workers=1,
        crews=None,
        in_scope=lambda _survey, key: key not in outside,
    )
    survey = SimpleNamespace(
        targets=(target(PARSE), target(WRITE)), candidates=(candidate(PARSE, 0.3), candidate(WRITE, 0.1))
    )
    state: SessionState = {"session_id": "s", "recorded": 0, "exhausted": [str(settings.get("exhausted", ""))]}
    if first:
        state["look_first"] = [[WRITE.file, first]]
    return next_step(state, survey, Tried(), services)


def chosen(step: NextStep) -> str:
    assert isinstance(step, Experiment)
    return step.candidate.key.qualname


def test_without_a_focus_the_larger_gain_is_tried_first() -> None:
    assert chosen(choose(Conventions())) == "parse"


def test_what_an_earlier_session_marked_is_looked_at_first() -> None:
    assert chosen(choose(Conventions(), first="write")) == "write"
    assert chosen(choose(Conventions(), first="read")) == "parse"


@pytest.mark.parametrize("focus", ["pkg/io", "pkg/io/*.py", "pkg/io/write.py"])
def test_what_the_maintainers_focus_on_is_tried_first_and_then_the_rest(focus: str) -> None:
    assert chosen(choose(Conventions(focus=(focus,)))) == "write"
    assert chosen(choose(Conventions(focus=(focus,)), exhausted="write")) == "parse"


def test_a_focus_on_a_domain_that_has_nothing_changes_nothing() -> None:
    assert chosen(choose(Conventions(focus=("memory",)))) == "parse"


def test_what_the_maintainers_exclude_is_never_tried() -> None:
    assert chosen(choose(Conventions(exclusions=("pkg/parse.py",)))) == "write"
    assert isinstance(choose(Conventions(exclusions=("pkg",))), Finish)


def test_what_is_out_of_scope_is_never_tried() -> None:
    assert chosen(choose(Conventions(), outside=(PARSE,))) == "write"
    assert isinstance(choose(Conventions(), outside=(PARSE, WRITE)), Finish)


def test_a_bound_ends_it_and_is_remembered_as_one() -> None:
    step = choose(Conventions(), max_experiments=0)
    update = as_update(step, 5.0)
    assert (update["bounded"], update["chosen"], update["spent_s"]) == (True, None, 5.0)
    assert "bound of 0 experiments" in update["finish_reason"]


@pytest.mark.parametrize(
    ("file", "pattern", "named"),
    [
        ("a/b.py", "a", True),
        ("a/b.py", "a/", True),
        ("ab/b.py", "a", False),
        ("a/b.py", "*/b.py", True),
        ("a/b.py", "b.py", False),
    ],
)
def test_a_pattern_names_a_file_a_folder_or_a_glob(file: str, pattern: str, named: bool) -> None:
    assert is_named_by(file, pattern) is named


def test_without_keeps_the_headline_is_measured_in_cpu_time() -> None:
    assert headline_dimension(()) is Dimension.CPU_S
