import json
from pathlib import Path

import pytest

from agents.claude._client import (
    Message,
    ModelRejected,
    ModelStopped,
    ModelUnavailable,
    Opaque,
    Request,
    StopReason,
    Text,
    ToolResult,
    Usage,
)
from agents.claude.account import Budget, BudgetSpent
from agents.claude.conversation import MOST_REPLIES, Conversation, Ended, Why
from agents.claude.desk import Desk
from agents.claude.models import ModelCard
from agents.claude.scripted import Fault, ScriptedClient, Step, Turn
from agents.claude.tools._base import Arguments, Tool, ToolRefused
from agents.claude.tools.answering import Answering
from agents.claude.tools.toolbox import Toolbox
from agents.claude.transcript import Transcript, load
from tests.fakes.claude_player import results_of, say, scripted, use
from tests.fakes.messages_server import Body, in_order


class Number(Arguments):
    value: int


class Wanted(Arguments):
    size: int


def _even(given: Number) -> int:
    if given.value % 2:
        raise ToolRefused(f"{given.value} is odd")
    return given.value


def talk(desk: Desk, question: str = "name an even number") -> tuple[Ended[int], Transcript]:
    big = Tool(name="big", description="Say much.", arguments=Wanted, use=lambda asked: "y" * asked.size)
    conversation = Conversation(
        desk=desk,
        agent="counter",
        role="specialist",
        system=("rules", "role"),
        toolbox=Toolbox(tools=(big,)),
        answers=(Answering(name="answer", description="Answer.", arguments=Number, judge=_even),),
        transcript=desk.transcript_of("counter", question),
    )
    return conversation.run(question), conversation.transcript


def test_an_answer_that_holds_ends_it(shop) -> None:  # type: ignore[no-untyped-def]
    desk = shop.desk(in_order(use("big", {"size": 3}), use("answer", {"value": 4})))
    ended, transcript = talk(desk)
    assert (ended.why, ended.answer) == (Why.ANSWERED, 4)
    assert transcript.messages[2].blocks[0].text.splitlines()[1] == "yyy"
    assert desk.account.total.calls == 2


@pytest.mark.parametrize(
    "broken", [use("answer", {"value": 3}), use("answer", {"worth": 3}), use("answer", [3]), say("4")]
)
def test_a_broken_answer_is_sent_back_with_the_reason_twice_and_then_it_is_over(shop, broken: Turn) -> None:  # type: ignore[no-untyped-def]
    bodies: list[Body] = []

    def play(body: Body) -> Step:
        bodies.append(body)
        return broken

    ended, _ = talk(shop.desk(play))
    assert (ended.why, ended.answer) == (Why.RULES_BROKEN, None)
    assert len(bodies) == 3
    last = str(bodies[2]["messages"])
    assert "was not taken" in last
    assert "2 attempts left" in last
    assert "1 attempt left" in last


def test_the_reason_is_what_the_next_try_can_act_on(shop) -> None:  # type: ignore[no-untyped-def]
    def play(body: Body) -> Step:
        refusals = results_of(body)
        return use("answer", {"value": 8 if refusals and "7 is odd" in refusals[-1] else 7})

    ended, _ = talk(shop.desk(play))
    assert ended.answer == 8


def test_a_refusal_ends_it_and_is_not_asked_for_again(shop) -> None:  # type: ignore[no-untyped-def]
    desk = shop.desk(in_order(Turn(stop_reason=StopReason.REFUSAL, usage=Usage(input_tokens=9), detail="cyber: no")))
    assert talk(desk)[0] == Ended(why=Why.REFUSED, detail="cyber: no")
    assert talk(desk)[0] == Ended(why=Why.REFUSED, detail="cyber: no")
    assert desk.account.total.usage == Usage(input_tokens=9)


def test_a_reply_cut_at_its_length_runs_no_tool_and_is_asked_for_once_more_with_room(shop) -> None:  # type: ignore[no-untyped-def]
    lengths: list[int] = []

    def play(body: Body) -> Step:
        lengths.append(body["max_tokens"])
        assert len(body["messages"]) == 1
        if len(lengths) == 1:
            cut = use("answer", {"value": 4})
            return Turn(blocks=cut.blocks, stop_reason=StopReason.MAX_TOKENS, usage=cut.usage)
        return use("answer", {"value": 6})

    ended, _ = talk(shop.desk(play))
    assert ended.answer == 6
    assert lengths == [16_000, 64_000]


def test_a_reply_that_is_cut_twice_ends_it(shop) -> None:  # type: ignore[no-untyped-def]
    cut = Turn(stop_reason=StopReason.MAX_TOKENS, usage=Usage(output_tokens=64_000))
    ended, _ = talk(shop.desk(in_order(cut, cut)))
    assert (ended.why, ended.detail) == (Why.TOO_LONG, "a reply was cut at 64,000 tokens")


def test_an_empty_reply_counts_as_none_that_holds(shop) -> None:  # type: ignore[no-untyped-def]
    ended, _ = talk(shop.desk(in_order(Turn(), use("answer", {"value": 2}))))
    assert ended.answer == 2


def test_turns_are_bounded(shop) -> None:  # type: ignore[no-untyped-def]
    desk = shop.desk(lambda body: use("big", {"size": 1}))
    assert talk(desk)[0].why is Why.TURNS
    assert desk.account.total.calls == MOST_REPLIES


def test_a_budget_ends_it_between_two_calls(shop) -> None:  # type: ignore[no-untyped-def]
    desk = shop.desk(lambda body: use("big", {"size": 1}), session=Budget(tokens=2000))
    with pytest.raises(BudgetSpent):
        talk(desk)
    assert desk.account.total.calls == 2


@pytest.mark.parametrize(("status", "kind"), [(401, ModelRejected), (529, ModelUnavailable)])
def test_a_failed_call_is_in_the_account_as_unknown(shop, status: int, kind: type[Exception]) -> None:  # type: ignore[no-untyped-def]
    desk = shop.desk(lambda body: Fault(status=status))
    with pytest.raises(kind):
        talk(desk)
    assert desk.account.total.unknown_calls == 1


def test_a_killed_conversation_goes_on_where_it_was_and_pays_nothing_twice(shop) -> None:  # type: ignore[no-untyped-def]
    thinking = Opaque(raw={"type": "thinking", "thinking": "hm", "signature": "s"})
    first = use("big", {"size": 5})
    turns = iter([Turn(blocks=(thinking, *first.blocks), stop_reason=StopReason.TOOL_USE, usage=first.usage)])

    def dies(body: Body) -> Step:
        step = next(turns, None)
        if step is None:
            raise KeyboardInterrupt
        return step

    with pytest.raises(KeyboardInterrupt):
        talk(shop.desk(dies))

    def goes_on(body: Body) -> Step:
        assert body["messages"][1]["content"][0] == thinking.raw
        assert "yyyyy" in results_of(body)[0]
        return use("answer", {"value": 10})

    desk = shop.desk(goes_on)
    assert talk(desk)[0].answer == 10
    assert desk.account.total.calls == 2
    again = shop.desk(in_order())
    assert talk(again)[0].answer == 10
    assert again.account.total.calls == 2


def test_another_question_is_another_conversation(shop) -> None:  # type: ignore[no-untyped-def]
    desk = shop.desk(in_order(use("answer", {"value": 2}), use("answer", {"value": 4})))
    assert talk(desk, "one")[0].answer == 2
    assert talk(desk, "two")[0].answer == 4


def test_a_transcript_that_can_not_be_read_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    for content in (b"", b"{", b"[]", json.dumps({"messages": [{"role": "boss", "blocks": []}]}).encode()):
        path.write_bytes(content)
        assert load(path).messages == ()


def small_window(desk: Desk, tokens: int) -> Desk:
    card = ModelCard(window_tokens=tokens, max_output_tokens=1000)
    models = desk.models.model_copy(update={"models": {desk.models.named("specialist"): card}})
    return Desk(client=desk.client, account=desk.account, models=models, folder=desk.folder)


def test_the_oldest_results_are_dropped_first_when_the_window_fills(shop) -> None:  # type: ignore[no-untyped-def]
    sizes: list[int] = []

    def play(body: Body) -> Step:
        sizes.append(len(str(body)))
        if len(sizes) <= 12:
            # The API's own count of the prompt, as the fake counts it: four characters a token.
            return use("big", {"size": 4000}, Usage(input_tokens=len(str(body)) // 4, output_tokens=20))
        results = results_of(body)
        assert results[0].startswith("[dropped to make room: ")
        assert "yyyy" in results[-1]
        assert "yyyy" in results[-2]
        return use("answer", {"value": 12})

    ended, transcript = talk(small_window(shop.desk(play), 9_000))
    assert ended.answer == 12
    assert max(sizes) // 4 < 9_000
    kept = [one.text for message in transcript.messages for one in message.blocks if isinstance(one, ToolResult)]
    firsts = [text.startswith("[dropped") for text in kept]
    assert firsts == sorted(firsts, reverse=True)


def test_where_the_api_does_not_count_an_estimate_stands_in(shop) -> None:  # type: ignore[no-untyped-def]
    class Uncounted(ScriptedClient):
        def count(self, request: Request) -> int:
            raise ModelRejected("no counting here")

    filling = use("big", {"size": 6000}, Usage(input_tokens=5000))
    client = Uncounted([use("big", {"size": 8000}), filling, use("answer", {"value": 2})])
    ended, _ = talk(small_window(shop.desk(client), 7_000))
    assert ended.answer == 2
    assert "[dropped to make room: " in repr(client.requests[2].messages)
    assert "[dropped to make room: " not in repr(client.requests[1].messages)


def test_what_can_not_be_made_to_fit_ends_it(shop) -> None:  # type: ignore[no-untyped-def]
    ended, _ = talk(small_window(shop.desk(in_order()), 2_000), "z" * 20_000)
    assert (ended.why, ended.detail) == (Why.TOO_LONG, "nothing is left to drop")


def test_a_window_that_the_api_finds_full_makes_room_once_and_asks_again(shop) -> None:  # type: ignore[no-untyped-def]
    full = Turn(stop_reason=StopReason.WINDOW_EXCEEDED)
    turns = [use("big", {"size": 9000}) for _ in range(3)]
    desk = shop.desk(in_order(*turns, full, use("answer", {"value": 2})))
    assert talk(desk)[0].answer == 2
    again = shop.desk(in_order(full))
    assert talk(again, "another")[0].why is Why.TOO_LONG


def test_a_stopped_client_ends_it_with_nothing_taken(shop) -> None:  # type: ignore[no-untyped-def]
    client: ScriptedClient = scripted(in_order(use("answer", {"value": 2})))
    client.stop()
    desk = shop.desk(client)
    with pytest.raises(ModelStopped):
        talk(desk)
    assert load(next(shop.folder.glob("counter-*.json"))).messages == (
        Message(role="user", blocks=(Text(text="name an even number"),)),
    )
