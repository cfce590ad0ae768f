from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.leading import Action, Choice
from orchestrator.policy import leading
from orchestrator.policy.plateau import choose
from orchestrator.policy.situation import Bounds, Dispatch, Experiment, Finish, FinishReason, Pivot
from profiling.model import Dimension, Domain

MEMORY = {"dimension": Dimension.PEAK_MIB, "domain": Domain.MEMORY}


def situation(make: Any, *, share: float = 0.2, **changes: Any) -> Any:
    given_ = {
        "targets": (make.target("f"), make.target("g"), make.target("h")),
        "candidates": (
            make.candidate("f", expected_share=share),
            make.candidate("g", expected_share=share / 2),
            make.candidate("h", expected_share=share / 4, **MEMORY),
        ),
        **changes,
    }
    return make.situation(**given_)


def chosen(action: Action, *options: str) -> Choice:
    return Choice(action=action, options=options, reason="the figures say so")


def said(choice: Choice, at: Any, read: frozenset[str] = frozenset()) -> str:
    return leading.objection(choice, leading.options(at), at, read)


def test_options_are_what_the_policy_could_choose_in_its_order(make: Any) -> None:
    at = situation(make, attempts=(make.attempt("f"),))
    shown = leading.options(at)
    assert [(one.id, one.target.key.qualname) for one in shown] == [("o1", "g"), ("o2", "h")]
    assert shown[0].expected_gain > shown[1].expected_gain > 0


def test_any_option_may_be_tried_and_becomes_the_step(make: Any) -> None:
    at = situation(make)
    choice = chosen(Action.EXPERIMENT, "o2")
    assert said(choice, at) == ""
    step = leading.step_of(choice, leading.options(at), at, choose(at))
    assert isinstance(step, Experiment)
    assert step.candidate.key.qualname == "g"


def test_what_is_left_to_the_policy_is_the_policys_step(make: Any) -> None:
    at = situation(make)
    step = choose(at)
    for action in (Action.EMBEDDED, Action.RESEARCH):
        assert leading.step_of(chosen(action, "o1"), leading.options(at), at, step) is step


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (chosen(Action.EXPERIMENT, "o9"), "there is no option 'o9'; there are: o1, o2, o3"),
        (chosen(Action.EXPERIMENT), "takes one option, not 0"),
        (chosen(Action.PIVOT, "o1", "o2"), "takes one option, not 2"),
        (chosen(Action.PIVOT, "o3"), "nothing was tried yet"),
        (chosen(Action.RESEARCH), "takes the ids"),
        (chosen(Action.RESEARCH, "o1", "o2", "o3", "o1"), "research takes 3 options at most, not 4"),
        (chosen(Action.DISPATCH), "nobody can be sent out now: the lead works alone"),
        (chosen(Action.STOP), "too early to stop: o1 may save 20.0% (the floor is 0.5%)"),
    ],
)
def test_a_choice_that_breaks_a_rule_is_told_which(make: Any, choice: Choice, words: str) -> None:
    assert words in said(choice, situation(make))


def test_a_flat_dimension_is_left_while_another_has_room(make: Any) -> None:
    at = situation(make, history=(make.past(),) * 3)
    assert "turn to another dimension first (o3)" in said(chosen(Action.EXPERIMENT, "o1"), at)
    assert said(chosen(Action.EXPERIMENT, "o3"), at) == ""
    only_cpu = situation(make, history=(make.past(),) * 3, candidates=(make.candidate("f"), make.candidate("g")))
    assert said(chosen(Action.EXPERIMENT, "o1"), only_cpu) == "", "going on beats stopping"


def test_a_pivot_leaves_the_last_dimension_and_says_why(make: Any) -> None:
    at = situation(make, history=(make.past(),))
    assert "a pivot leaves cpu_s" in said(chosen(Action.PIVOT, "o1"), at)
    choice = chosen(Action.PIVOT, "o3")
    assert said(choice, at) == ""
    step = leading.step_of(choice, leading.options(at), at, choose(at))
    assert isinstance(step, Pivot)
    assert (step.candidate.key.qualname, step.flat) == ("h", frozenset({Dimension.CPU_S}))
    assert step.text == "the lead: the figures say so"


def test_stopping_takes_that_nothing_matters_or_everything_is_flat(make: Any) -> None:
    small = situation(make, share=0.004)
    assert said(chosen(Action.STOP), small) == ""
    flat = situation(make, history=(make.past(),) * 3)
    assert "o3 may save 5.0%" in said(chosen(Action.STOP), flat), "memory has room"
    everywhere = situation(make, history=(*(make.past(),) * 3, *(make.past(**MEMORY),) * 3))
    assert said(chosen(Action.STOP), everywhere) == ""
    step = leading.step_of(chosen(Action.STOP), leading.options(small), small, choose(small))
    assert step == Finish(reason=FinishReason.PLATEAU, text="the lead stops, 3 left untried: the figures say so")


def test_a_function_is_read_about_once(make: Any) -> None:
    at = situation(make)
    choice = chosen(Action.RESEARCH, "o1", "o2")
    assert said(choice, at) == ""
    assert "o2 was read about already" in said(choice, at, frozenset({"o2"}))
    assert "enough was read" in said(choice, at, frozenset({"o1", "o2", "o3"}))


def test_an_end_and_the_way_out_of_being_stuck_are_the_policys_alone(make: Any) -> None:
    spent = Bounds(experiments=9, most_experiments=9, spent_s=0, most_s=60)
    ended, stuck = situation(make, bounds=spent), situation(make, history=(make.past(),) * 5)
    for at in (ended, stuck):
        assert not leading.is_open(choose(at), leading.options(at))
    one_left = situation(make, candidates=(make.candidate("f"),))
    assert not leading.is_open(choose(one_left), leading.options(one_left)), "there is nothing to choose"
    assert leading.is_open(choose(situation(make)), leading.options(situation(make)))


@given(data=st.data())
def test_whatever_is_answered_the_step_is_one_the_policy_allows_or_there_is_an_objection(make: Any, data: Any) -> None:
    pasts = st.sampled_from([make.past(), make.past(**MEMORY)])
    at = situation(make, history=tuple(data.draw(st.lists(pasts, max_size=4))))
    shown = leading.options(at)
    ids = data.draw(st.lists(st.sampled_from(["o1", "o2", "o3", "o4", ""]), max_size=3))
    choice = chosen(data.draw(st.sampled_from(list(Action))), *ids)
    if said(choice, at):
        return
    step = leading.step_of(choice, shown, at, choose(at))
    if isinstance(step, Experiment | Pivot):
        assert step.candidate in [one.candidate for one in shown]
    else:
        assert choice.action is Action.STOP


def crowd(make: Any, **changes: Any) -> Any:
    """Return a situation with places in four files, the third of two domains, for two workers."""
    names = "abcd"
    keys = {name: make.key(name, file=f"pkg/{name}.py") for name in names}
    both = (Domain.CPU, Domain.MEMORY)
    targets = tuple(make.target(name, key=keys[name], domains=both if name == "c" else (Domain.CPU,)) for name in names)
    shares = zip(names, (0.4, 0.3, 0.05, 0.1), strict=True)
    candidates = tuple(make.candidate(name, key=keys[name], expected_share=share) for name, share in shares)
    return make.situation(**{"targets": targets, "candidates": candidates, "workers": 2, **changes})


def going(step: Any) -> list[list[str]]:
    assert isinstance(step, Dispatch)
    return [[work.target.key.qualname for work in team.work] for team in step.teams]


def led(choice: Choice, at: Any) -> Any:
    assert said(choice, at) == ""
    return leading.step_of(choice, leading.options(at), at, choose(at))


def ids(at: Any) -> dict[str, str]:
    return {one.target.key.qualname: one.id for one in leading.options(at)}


def single(make: Any, **changes: Any) -> Any:
    """Return the crowd without the place of two domains, which would come first."""
    at = crowd(make, **changes)
    return make.situation(
        targets=tuple(one for one in at.targets if one.key.qualname != "c"),
        candidates=tuple(one for one in at.candidates if one.key.qualname != "c"),
        **{"workers": 2, **changes},
    )


def test_a_dispatch_that_names_nobody_is_the_policys_own(make: Any) -> None:
    at = single(make)
    assert going(choose(at)) == [["a", "d"], ["b"]]
    assert led(chosen(Action.DISPATCH), at) == choose(at)


def test_the_lead_may_send_out_some_and_keep_others(make: Any) -> None:
    at = single(make)
    own = ids(at)
    assert going(led(chosen(Action.DISPATCH, own["d"], own["b"]), at)) == [["d"], ["b"]]


def test_what_the_policy_would_dispatch_the_lead_may_take_alone(make: Any) -> None:
    at = single(make)
    step = led(chosen(Action.EXPERIMENT, ids(at)["a"]), at)
    assert isinstance(step, Experiment)
    assert step.target.key.qualname == "a"


def test_a_dispatch_is_held_to_what_the_policy_could_send_out(make: Any) -> None:
    at = single(make)
    own = ids(at)
    assert "that makes no two teams" in said(chosen(Action.DISPATCH, own["a"]), at)
    assert "nothing before them that is the lead's" in said(chosen(Action.DISPATCH, "o2", "o3"), crowd(make))
    refused = single(make, lead_only=frozenset({"digest-d"}))
    assert f"{own['d']} is the lead's own" in said(chosen(Action.DISPATCH, own["d"], own["a"]), refused)
    bounds = Bounds(experiments=18, most_experiments=20, spent_s=0.0, most_s=3600.0)
    left = single(make, bounds=bounds)
    assert f"{own['d']} has no place beside" in said(chosen(Action.DISPATCH, own["a"], own["b"], own["d"]), left)


def test_nobody_is_sent_into_a_flat_dimension_while_another_has_room(make: Any) -> None:
    base = single(make, history=(make.past(),) * 3)
    elsewhere = make.key("m", file="pkg/m.py")
    at = make.situation(
        targets=(*base.targets, make.target("m", key=elsewhere, domains=(Domain.MEMORY,))),
        candidates=(*base.candidates, make.candidate("m", key=elsewhere, **MEMORY)),
        history=base.history,
        workers=2,
    )
    own = ids(at)
    assert "turn to another dimension first" in said(chosen(Action.DISPATCH, own["a"], own["b"]), at)
    assert isinstance(choose(at), Pivot)


@given(st.data())
def test_a_dispatch_without_an_objection_is_a_dispatch_of_all_that_it_names(make: Any, data: st.DataObject) -> None:
    at = single(make)
    named = data.draw(st.lists(st.sampled_from([one.id for one in leading.options(at)]), unique=True))
    choice = chosen(Action.DISPATCH, *named)
    if said(choice, at) == "":
        teams = led(choice, at).teams
        out = [work.target.key.qualname for team in teams for work in team.work]
        known = {number: name for name, number in ids(at).items()}
        assert len(teams) == 2
        assert sorted(out) == sorted(known[one] for one in named or known)
        assert not teams[0].files & teams[1].files
