import asyncio
import operator
import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, TypedDict

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from orchestrator.approvals.desk import ELSEWHERE, TERMINAL, Desk
from orchestrator.approvals.edited_diff import BadEdit
from orchestrator.approvals.interrupting import rest, settled
from orchestrator.approvals.mailbox import Mailbox
from orchestrator.approvals.question import Answer, Decision, Pending, Question
from orchestrator.conversation import Conversation
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind
from orchestrator.policy.asking import Kind
from orchestrator.policy.steering import Course, Word
from orchestrator.steering import Steering

APPROVED = Answer(decision=Decision.APPROVE)
REJECTED = Answer(decision=Decision.REJECT, reason="no")


class State(TypedDict, total=False):
    """What the little graph remembers."""

    worker: str
    heard: Annotated[list[str], operator.add]


def taken(worker: str, answer: Answer) -> str:
    if answer.text == "bad":
        raise BadEdit("that is no edit")
    return f"{worker}: {answer.text or answer.decision.value}"


def graph(steering: Steering) -> StateGraph[State]:
    def begin(_: State) -> State:
        rest(is_paused=steering.course.is_paused)
        return {"heard": ["begun"]}

    def ask(state: State) -> State:
        question = Question(kind=Kind.EXPERIMENT, title=state["worker"], body="a", worker=state["worker"])
        return {"heard": [settled(question, lambda answer: taken(state["worker"], answer))]}

    inner = StateGraph(State)
    inner.add_node("ask", ask)
    inner.add_edge(START, "ask")
    worker = inner.compile()

    async def run(state: State) -> State:
        return {"heard": (await worker.ainvoke(state))["heard"]}

    outer = StateGraph(State)
    outer.add_node("begin", begin)
    outer.add_node("worker", run)
    outer.add_edge(START, "begin")
    outer.add_conditional_edges(
        "begin", lambda _: [Send("worker", {"worker": name}) for name in ("x", "y")], ["worker"]
    )
    outer.add_edge("worker", END)
    return outer


class Talk:
    """One run of the little graph in a session's conversation, with what it said."""

    def __init__(self, folder: Path, on_event: Callable[["Talk", Event], None], course: Course | None = None) -> None:
        self.folder = folder
        (folder / "inbox").mkdir(exist_ok=True)
        self.events: list[Event] = []
        self.steering = Steering(course=course or Course(session="s"))
        self.bus = Bus(lambda: 0.0)
        self.bus.listen(self.events.append)
        self.bus.listen(lambda event: on_event(self, event))
        self.desk = Desk(self.bus, Mailbox(folder=folder / "inbox", run="r"))

    def asked(self) -> list[Event]:
        return [one for one in self.events if one.kind is EventKind.APPROVAL and one.data["state"] == "asked"]

    async def run(self, person: Any = None) -> list[str]:
        async with AsyncSqliteSaver.from_conn_string(str(self.folder / "db")) as saver:
            app: Any = graph(self.steering).compile(checkpointer=saver)
            config: Any = {"configurable": {"thread_id": "t"}}
            start: Any = None if (await app.aget_state(config)).next else {"heard": []}
            clock: Any = SimpleNamespace(rest=nullcontext)
            services: Any = None
            held = Conversation(
                app=app,
                config=config,
                services=services,
                bus=self.bus,
                clock=clock,
                desk=self.desk,
                steering=self.steering,
                person=person,
            )
            ended: Any = await held.hold(start)
            return list(ended["heard"])


def soon(work: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_soon(work)


def answer_all(answers: dict[str, Answer]) -> Callable[[Talk, Event], None]:
    def on_event(talk: Talk, event: Event) -> None:
        if event.kind is EventKind.APPROVAL and event.data["state"] == "asked":
            id_, title = str(event.data["id"]), str(event.data["title"])
            soon(lambda: talk.desk.answer(id_, answers[title], ELSEWHERE))

    return on_event


def test_parallel_workers_each_get_the_answer_to_their_own_question(tmp_path: Path) -> None:
    talk = Talk(tmp_path, answer_all({"x": REJECTED, "y": APPROVED}))
    assert asyncio.run(talk.run()) == ["begun", "x: reject", "y: approve"]
    assert len({str(one.data["id"]) for one in talk.asked()}) == 2


def test_a_question_that_was_pending_at_a_crash_is_asked_again_under_its_id(tmp_path: Path) -> None:
    class Crash(BaseException):
        """The process is gone."""

    def crash(talk: Talk, event: Event) -> None:
        if len(talk.asked()) == 2:
            raise Crash

    first = Talk(tmp_path, crash)
    with pytest.raises(Crash):
        asyncio.run(first.run())
    second = Talk(tmp_path, answer_all({"x": APPROVED, "y": APPROVED}))
    assert asyncio.run(second.run()) == ["begun", "x: approve", "y: approve"]
    assert [one.data["id"] for one in second.asked()] == [one.data["id"] for one in first.asked()]


def test_an_edit_that_can_not_be_taken_is_asked_about_again_with_the_reason(tmp_path: Path) -> None:
    def edit(talk: Talk, event: Event) -> None:
        if event.kind is not EventKind.APPROVAL or event.data["state"] != "asked":
            return
        id_, text = str(event.data["id"]), "good" if event.data["complaint"] else "bad"
        soon(lambda: talk.desk.answer(id_, Answer(decision=Decision.EDIT, text=text), ELSEWHERE))

    talk = Talk(tmp_path, edit)
    assert asyncio.run(talk.run()) == ["begun", "x: good", "y: good"]
    assert [one.data["complaint"] for one in talk.asked()].count("that is no edit") == 2
    assert len({one.data["id"] for one in talk.asked()}) == 4


def test_a_stale_answer_is_refused_with_what_became_of_its_question(tmp_path: Path) -> None:
    said: list[str] = []

    def twice(talk: Talk, event: Event) -> None:
        if event.kind is EventKind.APPROVAL and event.data["state"] == "asked":
            id_ = str(event.data["id"])
            soon(lambda: said.extend(talk.desk.answer(id_, one, ELSEWHERE).text for one in (APPROVED, REJECTED)))
            soon(lambda: said.append(talk.desk.answer("feedfeed", APPROVED, ELSEWHERE).text))

    assert asyncio.run(Talk(tmp_path, twice).run()) == ["begun", "x: approve", "y: approve"]
    assert sum("was approved from another process already" in one for one in said) == 2
    assert sum(one.startswith("no question feedfeed waits for an answer") for one in said) == 2


def test_a_paused_session_waits_at_its_boundary_until_it_goes_on(tmp_path: Path) -> None:
    def go_on(talk: Talk, event: Event) -> None:
        answer_all({"x": APPROVED, "y": APPROVED})(talk, event)
        if event.kind is EventKind.STEER and event.data.get("resting"):
            assert not talk.asked()
            soon(lambda: talk.steering.say(Word.CONTINUE))

    talk = Talk(tmp_path, go_on, Course(session="s", is_paused=True))
    assert asyncio.run(talk.run()) == ["begun", "x: approve", "y: approve"]
    assert [one.kind for one in talk.events].count(EventKind.STEER) == 1


def test_the_person_is_asked_one_question_after_the_other_and_another_process_may_come_first(tmp_path: Path) -> None:
    taken_back: list[str] = []

    class Person:
        """Answers x, and thinks about y for ever."""

        async def ask(self, pending: Pending) -> Answer:
            if pending.question.title == "x":
                return APPROVED
            soon(lambda: talk.desk.answer(pending.id, REJECTED, ELSEWHERE))
            try:
                await asyncio.sleep(3600)
            finally:
                taken_back.append(pending.question.title)
            raise AssertionError("nobody thinks that long")

    talk = Talk(tmp_path, lambda *_: None)
    assert asyncio.run(talk.run(Person())) == ["begun", "x: approve", "y: reject"]
    assert taken_back == ["y"]
    by = [one.data["by"] for one in talk.events if one.kind is EventKind.APPROVAL and one.data["state"] == "answered"]
    assert by == [TERMINAL, ELSEWHERE]
