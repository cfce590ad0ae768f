"""A client that plays a script: the fake that is shipped, under the same conformance suite as the real one."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from agents.claude._client import (
    Block,
    ModelRejected,
    ModelStopped,
    OnText,
    Reply,
    Request,
    StopReason,
    Text,
    Usage,
)
from agents.claude.retries import CallFailed, Patience, Sleep, patiently


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One reply of a script.

    Attributes:
        blocks, stop_reason, usage, detail: as in the reply.
        is_cut: the stream ends in the middle: no stop reason comes.
        delay_s: seconds before it comes.
    """

    blocks: tuple[Block, ...] = ()
    stop_reason: StopReason = StopReason.END_TURN
    usage: Usage = field(default_factory=Usage)
    detail: str = ""
    is_cut: bool = False
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One failed attempt of a script.

    Attributes:
        status: HTTP status; 0: the connection breaks. 200 with a kind: an error in the middle of the stream.
        kind, message: as the API names it.
        retry_after_s: what it asks for.
        usage: reported before an error in the middle of the stream.
    """

    status: int
    kind: str = "api_error"
    message: str = "as scripted"
    retry_after_s: float | None = None
    usage: Usage = field(default_factory=Usage)


Step = Turn | Fault
Player = Callable[[Request], Step]


class ScriptedClient:
    """Plays steps in order, or asks a player for each request."""

    def __init__(
        self, script: Iterable[Step] | Player, patience: Patience | None = None, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._player: Player = script if callable(script) else _in_order(script)
        self._patience = patience or Patience()
        self._sleep = sleep
        self._stopped = threading.Event()
        self.requests: list[Request] = []

    def reply(self, request: Request, on_text: OnText) -> Reply:
        """Return the next reply of the script."""
        reply, lost = asyncio.run(patiently(lambda: self._attempt(request, on_text), self._patience, self._sleep))
        return replace(reply, lost=tuple(lost))

    def count(self, request: Request) -> int:
        """Return a quarter of the request's characters."""
        return len(repr(request)) // 4

    def stop(self) -> None:
        """End every call under way and refuse new ones."""
        self._stopped.set()

    async def _attempt(self, request: Request, on_text: OnText) -> Reply:
        self._check()
        self.requests.append(request)
        step = self._player(request)
        if isinstance(step, Fault):
            lost = step.usage if step.status == 200 else None
            said = f"status {step.status}, {step.message}" if step.status else "no connection"
            raise CallFailed(
                said, status=step.status or None, kind=step.kind, retry_after_s=step.retry_after_s, lost=lost
            )
        await asyncio.to_thread(self._stopped.wait, step.delay_s)
        self._check()
        for block in step.blocks:
            if isinstance(block, Text):
                on_text(block.text)
        if step.is_cut:
            raise CallFailed("the reply broke off (stop reason None)", lost=step.usage)
        return Reply(
            blocks=step.blocks,
            stop_reason=step.stop_reason,
            usage=step.usage,
            model=request.model,
            detail=step.detail,
        )

    def _check(self) -> None:
        if self._stopped.is_set():
            raise ModelStopped("the session was stopped while it waited for the model")


def _in_order(script: Iterable[Step]) -> Player:
    steps = iter(tuple(script))

    def play(_: Request) -> Step:
        step = next(steps, None)
        if step is None:
            raise ModelRejected("the script has no further reply", hint="write one")
        return step

    return play
