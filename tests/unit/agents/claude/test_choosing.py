from dataclasses import replace

import pytest

from agents.claude import choosing
from agents.claude._client import StopReason
from agents.claude.conversation import Why
from agents.claude.scripted import Turn
from agents.leading import Action, Board, Choice, Option
from agents.model import Candidate, Insight
from tests.fakes.claude_player import USAGE, holds, next_step, options_of, results_of
from tests.fakes.messages_server import Body, in_order
from tests.unit.agents.claude.conftest import TOTAL, UNKNOWN, Shop, facts


def candidate(key, source="claude:cpu", share=0.25) -> Candidate:  # type: ignore[no-untyped-def]
    from profiling.model import Dimension, Domain

    return Candidate(
        source=source,
        key=key,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        expected_share=share,
        confidence=0.25,
        place_digest=key.qualname,
        evidence="60.0% of cpu_s within reach by the profile",
    )


def board(shop: Shop, **changes: object) -> Board:
    brief = shop.brief()
    options = tuple(
        Option(id=f"o{number}", target=target, candidate=candidate(target.key), expected_gain=0.0625)
        for number, target in enumerate(shop.table, 1)
    )
    plain = Board(
        goal="make search fast",
        profile=shop.profile,
        facts=facts(),
        interactions=brief.interactions,
        table=shop.table,
        options=options,
        attempts=(),
        standing=("3 of at most 9 experiments, 1 kept",),
        embedded="try o1 at unknown",
    )
    return replace(plain, **changes)


def test_the_lead_is_told_goal_figures_mechanisms_history_findings_and_the_embedded_choice(shop: Shop, attempt) -> None:  # type: ignore[no-untyped-def]
    found = Insight(key=TOTAL, antipattern="sums again", evidence="shop/text.py:15", callers="none in the tree")

    def lead(body: Body) -> Turn:
        holds(
            body,
            "make search fast",
            "CPU 60.0%",
            "12.0 MiB of the peak",
            "allocation_gc: 0.08 s of pauses are its allocations [gc_s]",
            "ask a frozenset (claude:cpu) at unknown (shop/text.py:4): discard, no_improvement: 1.00x [0.99, 1.01]",
            "Order.total (shop/text.py:14): sums again [shop/text.py:15]; callers: none in the tree",
            "3 of at most 9 experiments, 1 kept",
            "try o1 at unknown",
            "may save 0.2500, expected gain 0.0625",
        )
        assert set(options_of(body).values()) == {"unknown", "Order.total"}
        return next_step("experiment", "o2", strategy="look  at\nthe loop")

    ended = choosing.ask(shop.desk(lead), shop.tree, board(shop, attempts=(attempt,), insights=(found,)), lambda _: "")
    assert ended.answer == Choice(
        action=Action.EXPERIMENT,
        options=("o2",),
        strategy="look at the loop",
        reason="the figures above decide it",
    )


def test_what_breaks_a_rule_is_sent_back_with_the_reason_twice_and_then_nothing_is_chosen(shop: Shop) -> None:
    seen: list[list[str]] = []

    def lead(body: Body) -> Turn:
        seen.append(results_of(body))
        return next_step("stop")

    ended = choosing.ask(shop.desk(lead), shop.tree, board(shop), lambda _: "it is too early to stop")
    assert (ended.why, ended.answer) == (Why.RULES_BROKEN, None)
    assert [len(one) for one in seen] == [0, 1, 2]
    assert "it is too early to stop" in seen[1][0]


def test_a_choice_may_be_mended(shop: Shop) -> None:
    desk = shop.desk(in_order(next_step("stop"), next_step("dance"), next_step("experiment", "o1")))
    ended = choosing.ask(desk, shop.tree, board(shop), lambda one: "no" if one.action is Action.STOP else "")
    assert ended.answer is not None
    assert ended.answer.options == ("o1",)


def test_a_lead_that_refuses_leaves_the_choice_to_the_policy_and_it_is_said(shop: Shop) -> None:
    refused = Turn(stop_reason=StopReason.REFUSAL, usage=USAGE, detail="cyber: not this")
    backend = shop.backend(in_order(refused))
    assert backend.next_step(shop.tree, board(shop), lambda _: "") is None
    assert shop.notes == ["the lead chose nothing (the model refused: cyber: not this): the policy's choice stands"]


def test_the_same_board_is_not_paid_for_twice(shop: Shop) -> None:
    desk = shop.desk(in_order(next_step("embedded")))
    first = choosing.ask(desk, shop.tree, board(shop), lambda _: "")
    again = choosing.ask(desk, shop.tree, board(shop), lambda _: "")
    assert first == again
    assert desk.account.total.calls == 1


def test_the_leads_strategy_reaches_the_specialist_of_that_place(shop: Shop) -> None:
    from agents.claude import places
    from profiling.model import Domain
    from tests.fakes.claude_player import give_up

    place = next(one for one in places.find(shop.tree, shop.profile) if one.target.key == UNKNOWN)

    def specialist(body: Body) -> Turn:
        holds(body, "hash the known words once")
        return give_up()

    backend = shop.backend(specialist)
    backend.advise(place.attempt_digests()[0], "hash the known words once")
    assert list(backend.specialist(Domain.CPU).propose(shop.brief())) == []
    assert backend.desk.account.of("cpu-specialist").calls == 1


@pytest.mark.parametrize("answer", ["dance", ""])
def test_an_action_nobody_knows_is_sent_back(shop: Shop, answer: str) -> None:
    ended = choosing.ask(shop.desk(lambda _: next_step(answer)), shop.tree, board(shop), lambda _: "")
    assert ended.why is Why.RULES_BROKEN
    assert "action: Input should be 'experiment', 'dispatch', 'pivot'" in ended.detail
