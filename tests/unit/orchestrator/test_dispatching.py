from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.deciding import next_step
from orchestrator.dispatching import again, assignments, report, taken_back, worker_state
from orchestrator.ledger.conventions import Conventions
from orchestrator.policy.situation import Experiment, Finish, FinishReason, Pivot
from orchestrator.policy.steering import Course
from orchestrator.policy.tried import Tried
from orchestrator.policy.verdict import Reason, Status
from orchestrator.services import Merged, PolicyChooser
from orchestrator.state import SessionState
from orchestrator.steering import Steering
from profiling.model import Dimension, Domain, FunctionKey
from profiling.target import InteractionKind, Target
from tests.fakes.experiments import draft
from tests.unit.orchestrator.test_deciding import candidate
from tests.unit.orchestrator.test_deciding import target as target_at

PARSE = FunctionKey(file="pkg/parse.py", first_line=3, qualname="parse")
WRITE = FunctionKey(file="pkg/write.py", first_line=9, qualname="write")
MIXED = FunctionKey(file="pkg/mixed.py", first_line=1, qualname="mixed")


def state(**changes: Any) -> SessionState:
    plain: Any = {
        "session_id": "s",
        "recorded": 0,
        "first_number": 1,
        "exhausted": [],
        "head_commit": "c",
        "head_tree": "t",
        "keeps_since_milestone": 1,
        "reports": [],
    }
    return {**plain, **changes}


def survey(*targets: Target) -> Any:
    shares = {"mixed": 0.5, "parse": 0.3, "write": 0.1}
    return SimpleNamespace(targets=targets, candidates=tuple(candidate(t.key, shares[t.key.qualname]) for t in targets))


def services(**changes: Any) -> Any:
    settings = SimpleNamespace(max_experiments=9, time_limit_s=60.0, domain=None)
    plain = {
        "conventions": Conventions(),
        "settings": settings,
        "spent_s": 0.0,
        "earlier": {},
        "spent_budget": str,
        "workers": 2,
        "crews": object(),
        "steering": Steering(course=Course(session="s")),
        "chooser": PolicyChooser(),
        "in_scope": lambda _survey, _key: True,
    }
    return SimpleNamespace(**{**plain, **changes})


def sent(seen: Any, *, of: SessionState | None = None, by: Any = None) -> list[Any]:
    at = of or state()
    return assignments(at, next_step(at, seen, Tried(), by or services()))


def experiment(key: FunctionKey) -> Experiment:
    return Experiment(target=target_at(key), candidate=candidate(key, 0.1))


def test_single_domain_targets_go_out_each_told_who_works_beside() -> None:
    first, second = sent(survey(target_at(PARSE), target_at(WRITE)), of=state(dispatched=3))
    assert (first["worker"], second["worker"]) == ("cpu-4", "cpu-5")
    assert (first["stream"], second["stream"]) == ("Tier 2 (Cpu specialist)", "Tier 2 (Cpu specialist 2)")
    assert [one["qualname"] for one in first["targets"]] == ["parse"]
    assert first["avoid"] == ["pkg/write.py: the cpu specialist works in it (write), and both are merged"]
    assert "another worker runs beside you" in first["notes"][0]
    assert "write (40% of CPU (0.4 s), +0.0 MiB, 0 s of collections)" in first["notes"][0]


@pytest.mark.parametrize(
    "crossing", [{"domains": (Domain.CPU, Domain.MEMORY)}, {"interactions": (InteractionKind.DEEPCOPY,)}]
)
def test_a_cross_domain_target_that_ranks_first_is_the_lead_s_step(crossing: dict[str, Any]) -> None:
    seen = survey(replace(target_at(MIXED), **crossing), target_at(PARSE), target_at(WRITE))
    assert sent(seen) == []


@pytest.mark.parametrize(
    ("of", "by"),
    [({"again": [3]}, {}), ({"recorded": 8}, {}), ({}, {"workers": 1}), ({}, {"crews": None})],
    ids=["a fix to apply again", "one experiment left", "one worker", "no team"],
)
def test_nobody_is_sent_out_when(of: dict[str, Any], by: dict[str, Any]) -> None:
    seen = survey(target_at(PARSE), target_at(WRITE))
    assert sent(seen, of=state(**of), by=services(**by)) == []


def test_a_pivot_and_the_end_are_the_lead_s() -> None:
    pivot = Pivot(target=target_at(PARSE), candidate=candidate(PARSE, 0.1), flat=frozenset(), text="")
    assert assignments(state(), pivot) == []
    assert assignments(state(), Finish(reason=FinishReason.TIME, text="")) == []


def record(number: int, *, kept: bool = True, agent: str = "cpu", key: FunctionKey = PARSE, **changes: Any) -> Any:
    proposal = replace(draft().proposal, key=key, source="recipe:x", place_digest=key.qualname)
    plain = {
        "number": number,
        "session": "s",
        "base_commit": "c",
        "dispatched": agent,
        "place_digest": key.qualname,
        "proposal": replace(proposal, expected={Dimension.CPU_S: 0.2}),
        "verdict": SimpleNamespace(status=Status.KEEP if kept else Status.DISCARD, reason=Reason.IMPROVED),
    }
    return SimpleNamespace(**{**plain, **changes})


def test_a_fix_that_did_not_fit_comes_before_the_policy_s_choice_where_its_function_stands_now() -> None:
    moved = replace(PARSE, first_line=30)
    profiled = state(again=[7, 8], profiled_tree=state()["head_tree"])
    update = again(profiled, survey(target_at(moved)), [record(7)], experiment(WRITE))
    assert update["again"] == [8]
    assert (update["chosen"]["first_line"], update["chosen"]["again"]) == (30, 7)


def test_a_fix_that_did_not_fit_stays_first_until_its_base_is_profiled() -> None:
    update = again(state(again=[7, 8]), survey(target_at(PARSE)), [record(7)], experiment(WRITE))
    assert (update["again"], update["chosen"]["again"]) == ([7, 8], 7)


def test_also_when_nothing_else_is_left_but_not_beyond_a_bound() -> None:
    seen, waiting = survey(target_at(PARSE)), state(again=[7])
    done, over = (Finish(reason=reason, text="over") for reason in (FinishReason.PLATEAU, FinishReason.TIME))
    assert again(waiting, seen, [record(7)], done)["finish_reason"] == ""
    assert again(waiting, seen, [record(7)], over) == {}


def test_a_fix_whose_function_is_gone_is_forgotten() -> None:
    assert again(state(again=[7]), survey(target_at(WRITE)), [record(7)], experiment(WRITE)) == {"again": []}


def worker(*keys: FunctionKey) -> Any:
    own: Any = {
        "worker": "cpu-1",
        "agent": "cpu",
        "dispatch": 2,
        "targets": [{"place_digest": k.qualname} for k in keys],
    }
    lead = state(setup={}, base_commit="b", profiled_tree="t", output_repeatable=True, first_number=1, dispatches=2)
    return worker_state(lead, own)


def test_a_report_is_made_of_what_is_on_record_of_this_dispatch_and_worker_alone() -> None:
    records = [
        record(1, base_commit="earlier"),
        record(2, agent="memory"),
        record(3),
        record(4, key=WRITE, kept=False),
        record(5, session="another"),
    ]
    told = report({**worker(PARSE, WRITE, MIXED), "exhausted": ["mixed"]}, records)
    assert (told["kept"], told["dropped"], told["exhausted"], told["left"]) == ([3], [4], ["mixed"], [])
    assert report(worker(PARSE, WRITE), records[:3], failure="it hung")["left"] == ["write"]


def test_what_a_failed_worker_left_and_what_did_not_fit_is_the_lead_s_from_now_on() -> None:
    told = [
        {"failure": "it hung", "left": ["write"], "exhausted": ["x"]},
        {"failure": "", "left": ["not begun"], "exhausted": []},
    ]
    merged = Merged(head="h", taken=(3,), again=(4,), lines=())
    records = [record(3), record(4, key=MIXED, kept=False)]
    update = taken_back(state(reports=told, lead_only=["old"], recovery_steps=2), merged, "tree", records)
    assert update["lead_only"] == ["old", "write", "mixed"]
    assert (update["exhausted"], update["again"], update["assignments"]) == (["x"], [4], [])
    assert (update["head_commit"], update["head_tree"], update["recorded"]) == ("h", "tree", 2)
    assert (update["last_was_kept"], update["keeps_since_milestone"], update["recovery_steps"]) == (True, 2, 0)
