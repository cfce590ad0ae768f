"""One session, from settings to an exit code: opened or resumed, run through the graph, left so that it can go on."""

import asyncio
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from agents.specialists._base import Backend
from orchestrator.approvals.desk import Desk
from orchestrator.approvals.mailbox import Mailbox
from orchestrator.errors import Interrupted, OptimizeError, SettingsError, WorkloadFailed
from orchestrator.ledger.handoff import SessionStatus
from orchestrator.ledger.layout import Layout
from orchestrator.live import says
from orchestrator.live.bus import Bus
from orchestrator.plain import setup_from_json
from orchestrator.reception import Reception
from orchestrator.settings import Settings
from orchestrator.state import SessionState
from orchestrator.taking_over import taken_over
from orchestrator.terms import Terms
from orchestrator.workspace.lock import SessionLock
from orchestrator.workspace.repository import Repository
from profiling.context.commands import BadCommand, parse
from profiling.measure.notes import end_leftovers

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

    from orchestrator.services import Services
    from orchestrator.wiring import Wired

    Graph = CompiledStateGraph[SessionState, Services, SessionState, SessionState]

_STEP_LIMIT = 100_000
"""Far above what the bounds of a session allow: the bounds end it, not this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """How a session ended: exit code and closing lines."""

    exit_code: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """What is known of the session before it runs.

    Attributes:
        session_id: its id.
        run: the lock's name of this run.
        values: the state that it goes on or begins with.
        goes_on: there is a checkpoint of it.
        is_written_up: only what comes after the records were closed is left.
    """

    session_id: str
    run: str
    values: SessionState
    goes_on: bool
    is_written_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a session is run with."""

    settings: Settings
    bus: Bus
    repository: Repository
    terms: Terms


async def run(
    settings: Settings, bus: Bus, backend: Backend | None = None, terms: Terms | None = None
) -> SessionResult:
    """Run a session, or go on with the one that was interrupted.

    Args:
        settings: what the person decided.
        bus: takes what is said.
        backend: who proposes; None means what the settings name.
        terms: what it is bound to; None means a session of the person's own.

    Raises:
        OptimizeError: with its exit code; Interrupted when it was cancelled, with the state saved.
    """
    # LangGraph reads this when it is imported: only our declared types may come out of a checkpoint.
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    repository = Repository.open(settings.repo)
    repository.head_commit()
    layout = Layout(root=repository.root)
    layout.create()
    fresh_id = f"{datetime.now().astimezone():%Y%m%d}-{secrets.token_hex(3)}"
    started = datetime.now().astimezone().isoformat(timespec="seconds")
    with SessionLock(layout.lock, session=fresh_id, started=started):
        _end_leftovers(layout, bus)
        terms = replace(terms or Terms(), backend=backend)
        asked = _Asked(settings=settings, bus=bus, repository=repository, terms=terms)
        return await _run_locked(asked, fresh_id)


def _end_leftovers(layout: Layout, bus: Bus) -> None:
    """End what a session that was killed left running: it would be measured along with this one."""
    ended = end_leftovers(layout.processes)
    if ended:
        numbers = ", ".join(str(one.pid) for one in ended)
        bus.publish(says.warning(f"an earlier session was killed; what it left running was ended: pid {numbers}"))


async def _run_locked(asked: _Asked, fresh_id: str) -> SessionResult:
    from orchestrator.checkpoint import forget, open_saver  # noqa: PLC0415  langgraph costs a second
    from orchestrator.graph import lead_graph  # noqa: PLC0415

    layout = Layout(root=asked.repository.root)
    async with open_saver(layout.session_db) as saver:
        opened = await _look(lead_graph().compile(checkpointer=saver), fresh_id, asked)
    if not opened.goes_on:
        forget(layout.session_db)
        over = taken_over(layout, asked.settings, asked.terms)
        asked = replace(asked, settings=over.settings)
        opened = replace(opened, values={**over.values, "session_id": opened.session_id})
    async with open_saver(layout.session_db) as saver:
        return await _go(lead_graph().compile(checkpointer=saver), opened, asked)


async def _look(app: "Graph", fresh_id: str, asked: _Asked) -> _Opened:
    if asked.terms.begins_anew:
        return _Opened(session_id=fresh_id, run=fresh_id, values={}, goes_on=False)
    snapshot = await app.aget_state(_config())
    values = cast("SessionState", snapshot.values)
    goes_on = bool(snapshot.next) and "session_id" in values and not _asks_for_another_method(asked.settings, values)
    if not goes_on:
        return _Opened(session_id=fresh_id, run=fresh_id, values={}, goes_on=False)
    return _Opened(
        session_id=values["session_id"],
        run=fresh_id,
        values=values,
        goes_on=True,
        is_written_up=snapshot.next == ("ask_push",),
    )


def _asks_for_another_method(settings: Settings, values: SessionState) -> bool:
    """Say whether a workload or tests are named that the interrupted session was not locked to."""
    if "setup" not in values:
        return False
    locked = setup_from_json(values["setup"])
    pairs = ((settings.workload, locked.workload), (settings.tests, locked.tests))
    try:
        return any(wanted is not None and (had is None or parse(wanted) != had) for wanted, had in pairs)
    except BadCommand as error:
        raise SettingsError(str(error), hint="name one command without shell syntax") from error


async def _go(app: "Graph", opened: _Opened, asked: _Asked) -> SessionResult:
    from orchestrator.wiring import wire  # noqa: PLC0415

    spent_s = opened.values.get("spent_s", 0.0)
    wired = wire(
        asked.settings,
        asked.bus,
        asked.repository,
        opened.session_id,
        spent_s=spent_s,
        terms=asked.terms,
    )
    continues = opened.values.get("continues", "")
    asked.bus.publish(says.session(opened.session_id, goes_on=opened.goes_on, continues=continues))
    if opened.goes_on and not opened.is_written_up:
        wired.take_up(opened.values)
    start = None if opened.goes_on else opened.values
    try:
        ended = await _held(app, start, wired, opened.run, asked)
    except asyncio.CancelledError:
        wired.services.stop()
        wired.handoff.stopped(SessionStatus.INTERRUPTED)
        raise Interrupted("interrupted; the state is saved", hint="run optimize again to go on from here") from None
    except OptimizeError:
        with suppress(OptimizeError):
            wired.handoff.stopped(SessionStatus.FAILED)
        raise
    wired.services.steering.forget()
    if ended.get("refused"):
        raise WorkloadFailed(ended["refused"], hint="name what may be run: optimize --workload 'python bench.py'")
    return SessionResult(exit_code=0, lines=wired.closing_lines())


async def _held(app: "Graph", start: SessionState | None, wired: "Wired", run_id: str, asked: _Asked) -> SessionState:
    """Run the graph to its end, taking in what the person says meanwhile."""
    from orchestrator.conversation import Conversation  # noqa: PLC0415  langgraph costs a second

    mailbox = Mailbox(folder=Layout(root=asked.repository.root).inbox, run=run_id)
    desk, steering, person = Desk(asked.bus, mailbox), wired.services.steering, asked.terms.person
    conversation = Conversation(
        app=app,
        config=_config(),
        services=wired.services,
        bus=asked.bus,
        clock=wired.clock,
        desk=desk,
        steering=steering,
        person=person,
    )
    async with Reception(desk=desk, steering=steering, mailbox=mailbox, person=person).open():
        return await conversation.hold(start)


def _config() -> "RunnableConfig":
    from orchestrator.checkpoint import THREAD  # noqa: PLC0415

    return {"configurable": {"thread_id": THREAD}, "recursion_limit": _STEP_LIMIT}
