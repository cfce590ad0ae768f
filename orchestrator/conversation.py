"""Runs the graph to its end, round by round: where nodes wait for a person, their answers start the next round."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from langgraph.types import Command

from orchestrator.approvals.desk import Desk
from orchestrator.approvals.interrupting import PAUSE
from orchestrator.approvals.person import Person
from orchestrator.approvals.question import Pending, answer_to_json, question_from_json
from orchestrator.live import asks, says
from orchestrator.live.bus import Bus
from orchestrator.state import SessionState
from orchestrator.steering import Steering

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import Interrupt

    from orchestrator.services import Services
    from orchestrator.wiring import SystemClock

    Graph = CompiledStateGraph[SessionState, Services, SessionState, SessionState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Between a session's graph and its person.

    Attributes:
        app: the graph with its checkpoints; config: of its thread.
        services, bus: of the session.
        clock: rests while nothing runs.
        desk, steering: what is asked, and what is said.
        person: at the terminal; None where nobody is.
    """

    app: "Graph"
    config: "RunnableConfig"
    services: "Services"
    bus: Bus
    clock: "SystemClock"
    desk: Desk
    steering: Steering
    person: Person | None

    async def hold(self, start: SessionState | None) -> SessionState:
        """Run the graph from a fresh state, or go on (None); return its state at the end."""
        given: Any = start
        while True:
            await self._stream(given)
            snapshot = await self.app.aget_state(self.config)
            if not snapshot.interrupts:
                return cast("SessionState", snapshot.values)
            with self.clock.rest():
                given = Command(resume=await self._answers(snapshot.interrupts))

    async def _stream(self, given: Any) -> None:
        parts = self.app.astream(
            given, self.config, context=self.services, stream_mode="tasks", subgraphs=True, durability="sync"
        )
        async for _, task in parts:
            event = says.node(cast("Mapping[str, object]", task))
            if event is not None:
                self.bus.publish(event)

    async def _answers(self, interrupts: "tuple[Interrupt[Any], ...]") -> dict[str, Any]:
        """Wait for what lets at least one node go on; while the person rests the session, for its end first."""
        resting = [one.id for one in interrupts if PAUSE in one.value]
        asked = [one for one in interrupts if PAUSE not in one.value]
        self.desk.open([Pending(id=one.id, question=question_from_json(one.value)) for one in asked])
        await self._rested()
        if resting:
            return dict.fromkeys(resting, True)
        answers = await self.desk.answered(self.person)
        await self._rested()
        return {id_: answer_to_json(answer) for id_, answer in answers.items()}

    async def _rested(self) -> None:
        """Wait while the session is paused."""
        if not self.steering.course.is_paused:
            return
        self.bus.publish(asks.paused())
        heard = asyncio.Event()
        self.steering.heard = heard.set
        while self.steering.course.is_paused:
            await heard.wait()
            heard.clear()
