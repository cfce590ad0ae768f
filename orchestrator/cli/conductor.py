"""Runs a session for the command line: settings, log, a view, signals, and the summary at the end."""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from orchestrator.cli.ending import OutputClosed
from orchestrator.cli.stopper import Stopper
from orchestrator.errors import Interrupted
from orchestrator.ledger.layout import Layout
from orchestrator.live import json_lines, lines
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event
from orchestrator.live.log import EventLog
from orchestrator.live.plain_text import neutral
from orchestrator.settings import Settings, load
from orchestrator.workspace.repository import Repository

if TYPE_CHECKING:
    from orchestrator.cli.terminal_person import TerminalPerson


class Result(Protocol):
    """What a session came to."""

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        ...

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the summary for a person."""
        ...


Session = Callable[[Settings, Bus], Awaitable[Result]]


class View(Protocol):
    """Shows events."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(self, *raised: object) -> None:
        """Leave the terminal as it was."""
        ...

    def __call__(self, event: Event) -> None:
        """Show one."""
        ...

    def abandon(self) -> None:
        """Leave the terminal usable, at once."""
        ...

    def hold(self) -> AbstractContextManager[None]:
        """Leave the terminal to somebody else for a while."""
        ...


@dataclass(slots=True, kw_only=True)
class StreamView:
    """Writes what a renderer makes of each event to a stream, a line at a time.

    Attributes:
        stream: written to.
        render: None for events that are not shown.
        on_closed: called once when nobody reads the stream any more; nothing is written after that.
    """

    stream: TextIO
    render: Callable[[Event], str | None]
    on_closed: Callable[[], None]
    is_closed: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """Leave the stream open: it is not ours."""

    def __call__(self, event: Event) -> None:
        """Show one event."""
        text = self.render(event)
        if text is None or self.is_closed:
            return
        try:
            self.stream.write(f"{text}\n")
            self.stream.flush()
        except BrokenPipeError:
            self.is_closed = True
            self.on_closed()

    def abandon(self) -> None:
        """Do nothing: lines leave a terminal as it was."""

    def hold(self) -> AbstractContextManager[None]:
        """Do nothing: lines can stand beside anything."""
        return nullcontext()


def conduct(flags: Mapping[str, object], session: Session | None = None) -> int:
    """Run a session to its end and return its exit code.

    Args:
        flags: fields of `Settings` as given on the command line; `repo` may be a folder in the repository.
        session: what to run; None means the real one.

    Raises:
        OptimizeError: it could not be run, or was interrupted.
        OutputClosed: nobody reads our output any more; the session was stopped.
    """
    with Stopper() as stopper:
        root = Repository.open(Path(str(flags["repo"])).resolve()).root
        settings = _asked_first(load({**flags, "repo": root}, os.environ), flags)
        if settings.ci and session is None:
            from orchestrator.ci.environment import begin_clean  # noqa: PLC0415  only CI needs it

            begin_clean(os.environ)
        with closing(EventLog(Layout(root=root).events)) as log, _view(settings, stopper) as view:
            person = _person(settings, view, stopper)
            stopper.before_exit = partial(_abandon, view, person)
            bus = Bus(time.time, log)
            bus.listen(view)
            result = _run(session or _real_session(settings, person), settings, bus, stopper)
    if isinstance(stopper.reason, OutputClosed):
        raise stopper.reason
    if not settings.as_json:
        sys.stdout.write("".join(f"{neutral(line)}\n" for line in result.lines))
    return result.exit_code


def _run(session: Session, settings: Settings, bus: Bus, stopper: Stopper) -> Result:
    async def watched() -> Result:
        stopper.watch(asyncio.current_task())
        return await session(settings, bus)

    try:
        return asyncio.run(watched())
    except (asyncio.CancelledError, Interrupted) as error:
        if stopper.reason is None:
            raise RuntimeError("the session was cancelled, and nobody had asked for it") from error
        raise stopper.reason from error


def _asked_first(settings: Settings, flags: Mapping[str, object]) -> Settings:
    """Return the settings with what the person says before a new session begins; unasked where nobody is there."""
    if settings.ci or settings.yes or not _can_ask(settings):
        return settings
    from orchestrator.cli.first_questions import settled  # noqa: PLC0415  only a terminal needs it

    return settled(settings, flags, os.environ)


def _can_ask(settings: Settings) -> bool:
    """Say whether a person sits at the terminal and reads what is printed."""
    is_attended = not settings.as_json and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
    return is_attended and _is_terminal(sys.stdin) and _is_terminal(sys.stdout)


def _person(settings: Settings, view: View, stopper: Stopper) -> "TerminalPerson | None":
    if settings.ci or not _can_ask(settings):
        return None
    from rich.console import Console  # noqa: PLC0415  only a terminal needs it

    from orchestrator.cli.keyboard import Keyboard  # noqa: PLC0415
    from orchestrator.cli.terminal_person import TerminalPerson  # noqa: PLC0415

    def stop() -> None:
        stopper.request(Interrupted("stopped; what was finished is saved", hint="go on with: optimize"))

    return TerminalPerson(Keyboard(sys.stdin.fileno()), Console(), view, stop)


def _abandon(view: View, person: "TerminalPerson | None") -> None:
    view.abandon()
    if person is not None:
        person.leave()


def _real_session(settings: Settings, person: "TerminalPerson | None") -> Session:
    # Imported here: it takes seconds, and signals and the view work before it.
    if settings.ci:
        from orchestrator.ci.run import run_in_ci  # noqa: PLC0415

        return run_in_ci
    from orchestrator.session import run  # noqa: PLC0415
    from orchestrator.terms import Terms  # noqa: PLC0415

    return partial(run, terms=Terms(person=person))


def _view(settings: Settings, stopper: Stopper) -> View:
    def closed() -> None:
        stopper.request(OutputClosed())

    if settings.as_json:
        return StreamView(stream=sys.stdout, render=json_lines.render, on_closed=closed)
    is_dumb = os.environ.get("TERM") == "dumb" or bool(os.environ.get("CI"))
    if settings.plain or is_dumb or not _is_terminal(sys.stdout):
        return StreamView(stream=sys.stdout, render=lines.render, on_closed=closed)
    from rich.console import Console  # noqa: PLC0415  only a terminal needs it

    from orchestrator.live.progress import ProgressView  # noqa: PLC0415

    return ProgressView(Console(), time.time)


def _is_terminal(stream: TextIO | None) -> bool:
    """Say whether a person is there; a process may have been started without the stream."""
    return stream is not None and not stream.closed and stream.isatty()
