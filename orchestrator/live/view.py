"""Events for one event loop: a bounded buffer that any thread fills and only the loop's own thread wakes."""

import asyncio
import heapq
import threading
from collections import deque
from types import TracebackType

from orchestrator.live.events import Event, EventKind

# What only a live view shows and the next one replaces; dropped before anything else is.
_PASSING = frozenset({EventKind.MEASURING, EventKind.NODE_STARTED, EventKind.NODE_FINISHED})


class AsyncView:
    """An asynchronous iterator over events, in order. It ends when it is closed and everything was taken.

    A view too slow for its limit loses its oldest events, passing ones apart from status ones; what it lost comes as
    one VIEW_DROPPED event (not part of the log, so without numbers) before what is left.

    Attributes:
        dropped: events lost so far.
    """

    def __init__(self, *, limit: int) -> None:
        """Bind to the event loop that runs in this thread.

        Raises:
            RuntimeError: none runs.
        """
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError("no event loop runs here: make the view inside the coroutine that reads it") from None
        self._limit = max(1, limit)
        self._lock = threading.Lock()
        self._lasting: deque[Event] = deque()
        self._passing: deque[Event] = deque()
        self._taken: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._is_waking = False
        self._is_closed = False
        self._untold = 0
        self.dropped = 0

    def offer(self, event: Event) -> bool:
        """Take one event, from any thread and without waiting; return False when nobody will read it any more."""
        with self._lock:
            if self._is_closed:
                return False
            queue = self._passing if event.kind in _PASSING else self._lasting
            if len(queue) >= self._limit:
                queue.popleft()
                self.dropped += 1
                self._untold += 1
            queue.append(event)
            if self._is_waking:
                return True
            self._is_waking = True
            return self._wake()

    def close(self) -> None:
        """End the view, from any thread: what has arrived can still be read."""
        with self._lock:
            self._is_closed = True
            self._wake()

    def __aiter__(self) -> "AsyncView":
        return self

    async def __anext__(self) -> Event:
        while not self._taken:
            self._arrived.clear()
            is_closed = self._take()
            if self._taken:
                break
            if is_closed:
                raise StopAsyncIteration
            await self._arrived.wait()
        return self._taken.popleft()

    async def __aenter__(self) -> "AsyncView":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self) -> bool:
        with self._lock:
            self._is_waking = False
            if self._untold:
                self._taken.append(_dropped(self._untold))
                self._untold = 0
            self._taken.extend(heapq.merge(self._lasting, self._passing, key=_number))
            self._lasting.clear()
            self._passing.clear()
            return self._is_closed

    def _wake(self) -> bool:
        """Reach into the loop's thread; False when the loop is closed."""
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:
            self._is_closed = True
            return False
        return True


def _number(event: Event) -> int:
    return event.number


def _dropped(count: int) -> Event:
    return Event(
        kind=EventKind.VIEW_DROPPED,
        text=f"this view was too slow for {count} updates; the log has them all",
        data={"dropped": count},
    )
