from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import RecordsDamaged, UsageError
from orchestrator.ledger import handoff
from orchestrator.ledger.handoff import Ceiling, DiscardedEntry, Handoff, SessionStatus
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.trials import Mark
from orchestrator.policy.verdict import Reason, Status
from orchestrator.settings import Settings, load
from orchestrator.taking_over import TakenOver, taken_over
from orchestrator.terms import Terms
from profiling.model import Dimension, Domain

MARK = Mark(
    number=4,
    session="cut",
    key="0123456789abcdef",
    status=Status.DISCARD,
    reason=Reason.IMMATERIAL,
    base_commit="b" * 40,
    source="recipe:x",
    file="a.py",
    line=3,
    qualname="f",
    place_digest="p",
    dimension=Dimension.CPU_S,
    domain=Domain.CPU,
    workload="python bench.py",
)
ENTRY = DiscardedEntry(summary="ask a set (a.py:3)", reason="immaterial", lesson="too little", trial=MARK)
EARLIER = replace(ENTRY, trial=replace(MARK, number=1, session="older", key="1" * 16))
WRITTEN = Handoff(
    session="cut",
    status=SessionStatus.INTERRUPTED,
    branch="codeflash/optimize",
    base_commit="b" * 40,
    head_commit="b" * 40,
    workload="python bench.py",
    tests="python -m pytest -q",
    goal="less memory",
    updated_at="",
    experiments=2,
    keeps=0,
    discards=2,
    crashes=0,
    discarded=(EARLIER, ENTRY),
    ceilings=(Ceiling(file="a.py", qualname="read", evidence="json takes 40%"),),
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(root=tmp_path)
    found.create()
    return found


def take(layout: Layout, written: Handoff | None = WRITTEN, *, anew: bool = False, **settings: object) -> TakenOver:
    if written is not None:
        handoff.save(written, layout.handoff)
    return taken_over(layout, _settings(layout, **settings), Terms(begins_anew=anew))


def _settings(layout: Layout, **settings: object) -> Settings:
    return load({"repo": layout.root, **settings}, {})


@pytest.mark.parametrize("status", [SessionStatus.RUNNING, SessionStatus.INTERRUPTED, SessionStatus.FAILED])
def test_a_session_that_was_cut_off_is_gone_on_with_by_its_own_method(layout: Layout, status: SessionStatus) -> None:
    over = take(layout, replace(WRITTEN, status=status))

    assert over.values == {"continues": "cut", "continued": 1, "look_first": [["a.py", "read"]]}
    assert (over.settings.workload, over.settings.tests) == ("python bench.py", "python -m pytest -q")
    assert over.settings.goal == "less memory"


@pytest.mark.parametrize("named", [{"workload": "python other.py"}, {"tests": "pytest"}, {"workload": "a | b"}])
def test_another_method_begins_another_session(layout: Layout, named: dict[str, str]) -> None:
    over = take(layout, **named)

    assert over.values == {"look_first": [["a.py", "read"]]}
    assert over.settings.goal == ""


def test_a_run_in_ci_that_was_cut_off_is_not_a_session_of_the_person(layout: Layout) -> None:
    assert "continues" not in take(layout, replace(WRITTEN, branch="codeflash/ci-0123")).values


def test_the_same_method_in_other_quotes_goes_on(layout: Layout) -> None:
    assert take(layout, workload="python 'bench.py'", goal="mine").values["continues"] == "cut"
    assert take(layout, goal="mine").settings.goal == "mine"


@pytest.mark.parametrize("status", [SessionStatus.DONE, SessionStatus.BOUND, SessionStatus.STUCK])
def test_one_that_ended_leaves_its_commands_only_where_nothing_else_is_known(
    layout: Layout, status: SessionStatus
) -> None:
    ended = replace(WRITTEN, status=status)
    over = take(layout, ended)
    assert over.values == {"look_first": [["a.py", "read"]]}
    assert over.settings.workload == "python bench.py"

    layout.setup.write_text("something")
    assert take(layout, ended).settings.workload is None


def test_ci_takes_nothing_over(layout: Layout) -> None:
    over = take(layout, anew=True)
    assert (over.values, over.settings) == ({}, _settings(layout))


def test_without_records_a_session_simply_begins_unless_it_is_to_go_on(layout: Layout) -> None:
    assert take(layout, None).values == {}
    with pytest.raises(UsageError, match="no session to go on with in ") as caught:
        take(layout, None, resume=True)
    assert "HANDOFF.md and results.tsv" in caught.value.hint
    assert take(layout, resume=True).values["continues"] == "cut"


def test_without_tests_none_are_taken_over(layout: Layout) -> None:
    assert take(layout, replace(WRITTEN, tests="")).settings.tests is None


def test_a_damaged_handoff_is_named_and_left_as_it_is(layout: Layout) -> None:
    layout.handoff.write_text("<<<<<<< HEAD\n---\nversion: 1\n=======\n")
    with pytest.raises(RecordsDamaged, match="line 1: expected ---"):
        take(layout, None)
    assert layout.handoff.read_text().startswith("<<<<<<<")
