"""The one way events travel: numbered, stamped, written down, then handed to every view. Any thread may publish."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from orchestrator.live.events import Event, EventKind
from orchestrator.live.view import AsyncView
from orchestrator.live.worker import Worker

Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """Where counting stands: the last number of the log, and that of each stream."""

    last: int = 0
    by_stream: Mapping[str, int] = field(default_factory=dict)


class Log(Protocol):
    """Keeps events for good."""

    def numbering(self) -> Numbering:
        """Return where the numbers of an earlier session ended; asked once, before the first event."""
        ...

    def append(self, event: Event) -> None:
        """Write one event down, or raise."""
        ...


class Bus:
    """Publishes events: in the order of their numbers, to the log first, then to every listener and view.

    Listeners are called in the publishing thread, one event at a time; one that raises is detached and a warning is
    published in its place. Views live in event loops and never hold up a publisher.
    """

    def __init__(self, clock: Callable[[], float], log: Log | None = None) -> None:
        """Begin without listeners.

        Args:
            clock: seconds since the epoch.
            log: keeps every event; None keeps none.
        """
        self._clock = clock
        self._log = log
        self._lock = threading.RLock()
        self._last: int | None = None
        self._by_stream: dict[str, int] = {}
        self._listeners: list[Listener] = []
        self._views: list[AsyncView] = []
        self._undelivered: deque[Event] = deque()
        self._delivering = False

    def publish(self, event: Event) -> Event:
        """Number, stamp, write down and hand on one event; return it as published.

        Raises:
            orchestrator.errors.NotWritable: the log can't be written; the event has then not happened.
        """
        with self._lock:
            if self._last is None:
                self._go_on_counting()
            published = replace(
                event,
                number=(self._last or 0) + 1,
                stream_number=self._by_stream.get(event.stream, 0) + 1,
                time_s=self._clock(),
            )
            if self._log is not None:
                self._log.append(published)
            self._last = published.number
            self._by_stream[event.stream] = published.stream_number
            self._undelivered.append(published)
            self._deliver()
        return published

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; return what ends that."""
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def view(self, *, limit: int = 20_000) -> AsyncView:
        """Return an asynchronous iterator over the events from now on, for the event loop that runs here.

        Args:
            limit: how many status events, and how many passing ones, wait for a slow view before the oldest is
                dropped and counted.

        Raises:
            RuntimeError: no event loop runs in this thread.
        """
        view = AsyncView(limit=limit)
        with self._lock:
            self._views.append(view)
        return view

    def worker(self, stream: str) -> Worker:
        """Return a context manager around a worker's whole life: its end and what it raises become events."""
        return Worker(stream=stream, publish=self.publish)

    def _go_on_counting(self) -> None:
        numbering = self._log.numbering() if self._log is not None else Numbering()
        self._last, self._by_stream = numbering.last, dict(numbering.by_stream)

    def _deliver(self) -> None:
        """A listener that publishes gets its event delivered after the present one, to keep the order."""
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._undelivered:
                event = self._undelivered.popleft()
                self._views = [view for view in self._views if view.offer(event)]
                for listener in tuple(self._listeners):
                    self._call(listener, event)
        finally:
            self._delivering = False

    def _call(self, listener: Listener, event: Event) -> None:
        try:
            listener(event)
        except Exception as error:  # noqa: BLE001  a listener must not end the session; it is said and detached
            self._listeners.remove(listener)
            name = getattr(listener, "__qualname__", type(listener).__qualname__)
            self.publish(
                Event(
                    kind=EventKind.WARNING,
                    text=f"{name} failed on an event and gets no more of them: {type(error).__name__}: {error}",
                    data={"listener": name, "error": type(error).__name__},
                )
            )
