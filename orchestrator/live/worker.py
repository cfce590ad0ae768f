"""The life of a worker as events: nothing it raises is swallowed, and none ends without a word."""

import traceback
from collections.abc import Callable, Mapping
from types import TracebackType

from orchestrator.live.events import Event, EventKind, JsonValue


def cause(error: BaseException) -> str:
    """Return what was raised, in a line: without the notes that frameworks add after it."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class Worker:
    """A context manager around all that one worker does, publishing to its stream.

    On leaving: what was raised is published with its traceback and raised again; then WORKER_ENDED says how it ended.
    What is passing is no end: the worker rests, and nothing is said.
    """

    def __init__(
        self,
        *,
        stream: str,
        publish: Callable[[Event], Event],
        passing: tuple[type[Exception], ...] = (),
    ) -> None:
        self.stream = stream
        self._passing = passing
        self._publish = publish
        self._result: tuple[str, Mapping[str, JsonValue]] | None = None

    def publish(
        self,
        kind: EventKind,
        text: str,
        *,
        data: Mapping[str, JsonValue] | None = None,
        experiment: int | None = None,
    ) -> Event:
        """Publish to the worker's stream."""
        return self._publish(Event(kind=kind, text=text, data=data or {}, experiment=experiment, stream=self.stream))

    def result(self, text: str, data: Mapping[str, JsonValue] | None = None) -> None:
        """Set what the worker came to; said when it ends."""
        self._result = (text, data or {})

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, self._passing):
            return
        if isinstance(error, Exception):
            what = cause(error)
            self.publish(
                EventKind.FAILED,
                what,
                data={"error": type(error).__name__, "traceback": "".join(traceback.format_exception(error))},
            )
            self._ended("failed", f"ended with {what}", {})
        elif error is not None:
            self._ended("stopped", f"was stopped ({type(error).__name__}) before it had a result", {})
        elif self._result is None:
            self._ended("no_result", "ended without a result", {})
        else:
            self._ended("result", *self._result)

    def _ended(self, outcome: str, text: str, data: Mapping[str, JsonValue]) -> None:
        self.publish(EventKind.WORKER_ENDED, text, data={**data, "outcome": outcome})
