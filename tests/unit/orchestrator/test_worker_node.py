import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

from orchestrator.live.events import Event, EventKind
from orchestrator.nodes.worker import guarded
from orchestrator.policy.verdict import Status
from orchestrator.state import Chosen, Report, WorkerState

STREAM = "Tier 2 (Cpu specialist)"


def chosen(digest: str) -> Chosen:
    return {
        "source": "recipe:x",
        "domain": "cpu",
        "dimension": "cpu_s",
        "file": "a.py",
        "first_line": 1,
        "qualname": "f",
        "place_digest": digest,
        "expected_share": 0.1,
    }


def state() -> WorkerState:
    own: Any = {"worker": "cpu-1", "agent": "cpu", "dispatch": 1, "stream": STREAM, "targets": [chosen("p")]}
    return {"session_id": "s", "assignments": [own], "worker": "cpu-1", "base_head": "c", "base_tree": "t", "taken": 0}


@dataclass
class Team:
    """Services that remember: what was published, and who was dismissed."""

    records_seen: tuple[Any, ...] = ()
    events: list[Event] = field(default_factory=list)
    dismissed: list[str] = field(default_factory=list)

    def publish(self, event: Event) -> Event:
        self.events.append(event)
        return event

    def records(self) -> tuple[Any, ...]:
        return self.records_seen

    def dismiss(self, worker: str) -> None:
        self.dismissed.append(worker)

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return work(*arguments)


def live(team: Team, ends: Callable[[WorkerState], Awaitable[Any]], *, limit_s: float = 60.0) -> Report:
    async def ainvoke(given: WorkerState, context: object) -> Any:
        return await ends(given)

    services = SimpleNamespace(
        bus=team, recorder=team, crews=team, run=team.run, settings=SimpleNamespace(worker_time_s=limit_s)
    )
    graph: Any = SimpleNamespace(ainvoke=ainvoke)
    runtime: Any = SimpleNamespace(context=services)
    update = asyncio.run(guarded(graph)(state(), runtime))
    (told,) = update["reports"]
    assert team.dismissed == ["cpu-1"], "whatever happened, its worktrees go"
    return told


def kinds(team: Team) -> list[EventKind]:
    return [event.kind for event in team.events]


def test_a_worker_that_raises_is_an_event_with_its_cause_and_its_target_goes_back() -> None:
    async def raises(_: WorkerState) -> Any:
        raise ZeroDivisionError("of all things")

    team = Team()
    told = live(team, raises)
    assert told["failure"] == "ZeroDivisionError: of all things"
    assert (told["left"], told["kept"]) == (["p"], [])
    assert kinds(team) == [EventKind.FAILED, EventKind.WORKER_ENDED, EventKind.MESSAGE]
    assert team.events[-1].data["message"] == "blocked"
    assert {event.stream for event in team.events} == {STREAM}


def test_a_worker_that_hangs_is_stopped_within_its_time() -> None:
    async def hangs(_: WorkerState) -> Any:
        await asyncio.sleep(60)

    told = live(Team(), hangs, limit_s=0.05)
    assert "did not end within 0.05 s and was stopped" in told["failure"]
    assert told["left"] == ["p"]


def test_a_time_limit_of_something_inside_is_not_taken_for_the_worker_s_own() -> None:
    async def times_out(_: WorkerState) -> Any:
        raise TimeoutError("the model did not answer")

    assert live(Team(), times_out)["failure"] == "TimeoutError: the model did not answer"


def test_a_worker_that_returns_nonsense_is_a_failure_too() -> None:
    async def nonsense(_: WorkerState) -> Any:
        return ["what?"]

    told = live(Team(), nonsense)
    assert told["failure"].startswith("TypeError")
    assert told["left"] == ["p"]


def test_what_it_kept_and_dropped_is_told_in_short_messages() -> None:
    def record(number: int, status: str, digest: str) -> Any:
        return SimpleNamespace(
            number=number,
            session="s",
            base_commit="c",
            dispatched="cpu",
            place_digest=digest,
            proposal=SimpleNamespace(summary="ask a set"),
            verdict=SimpleNamespace(
                status=Status(status), reason=SimpleNamespace(value="improved"), explanation="x" * 500
            ),
        )

    async def ends(given: WorkerState) -> Any:
        return given

    team = Team(records_seen=(record(3, "keep", "p"), record(4, "keep", "another's")))
    told = live(team, ends)
    assert (told["kept"], told["left"], told["failure"]) == ([3], [], "")
    message = team.events[-1]
    assert (message.data["message"], message.experiment) == ("keep", 3)
    assert len(message.text) <= 210
    assert kinds(team) == [EventKind.WORKER_ENDED, EventKind.MESSAGE]
