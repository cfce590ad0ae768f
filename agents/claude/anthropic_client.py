"""Calls the real API through the SDK. Its part: wire, streaming, credentials, errors. Ours: retries and stopping."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import JsonValue

from agents.claude._client import ModelStopped, OnText, Reply, Request, StopReason, Usage
from agents.claude.endpoint import Endpoint, connect, secrets_of
from agents.claude.retries import CallFailed, Patience, Sleep, patiently
from agents.claude.wire import block_of, parameters, usage_of

if TYPE_CHECKING:
    from anthropic import APIStatusError, BaseModel

    from agents.claude.endpoint import Sdk

T = TypeVar("T")
_MOST_MESSAGE = 300
_HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class _Running:
    """One call under way: its loop, and the task in it."""

    loop: asyncio.AbstractEventLoop
    task: "asyncio.Task[Any]"

    def cancel(self) -> None:
        self.loop.call_soon_threadsafe(self.task.cancel)


class AnthropicClient:
    """The Messages API. Each call has a loop of its own in the thread that asks, so that any thread can end it."""

    def __init__(
        self, endpoint: Endpoint | None = None, patience: Patience | None = None, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._endpoint = endpoint or Endpoint()
        self._patience = patience or Patience()
        self._sleep = sleep
        self._lock = threading.Lock()
        self._running: set[_Running] = set()
        self._is_stopped = False

    def reply(self, request: Request, on_text: OnText) -> Reply:
        """Return the reply, asked for as often as patience allows."""
        attempt = self._streamed if self._endpoint.streams else self._whole
        reply, lost = self._run(lambda sdk: self._patiently(sdk, lambda: attempt(sdk, request, on_text)))
        return replace(reply, lost=tuple(lost))

    def count(self, request: Request) -> int:
        """Return the tokens of a request's prompt, as the API counts them."""
        tokens, _ = self._run(lambda sdk: self._patiently(sdk, lambda: _counted(sdk, request)))
        return tokens

    def check(self) -> None:
        """See that there is all that a call needs; nothing is sent.

        Raises:
            ModelRejected: there is not: no key, no region, a part of the SDK.
        """
        connect(self._endpoint)

    def stop(self) -> None:
        """End every call under way and refuse new ones; from any thread."""
        with self._lock:
            self._is_stopped = True
            for running in self._running:
                running.cancel()

    async def _patiently(self, sdk: "Sdk", attempt: Callable[[], Awaitable[T]]) -> tuple[T, list[Usage]]:
        async def translated() -> T:
            with _failures(sdk):
                return await attempt()

        return await patiently(translated, self._patience, self._sleep)

    def _run(self, work: Callable[["Sdk"], Awaitable[T]]) -> T:
        try:
            return asyncio.run(self._watched(work))
        except asyncio.CancelledError:
            raise ModelStopped("the session was stopped while it waited for the model") from None

    async def _watched(self, work: Callable[["Sdk"], Awaitable[T]]) -> T:
        task = asyncio.current_task()
        assert task is not None
        running = _Running(asyncio.get_running_loop(), task)
        with self._lock:
            if self._is_stopped:
                raise ModelStopped("the session was stopped: the model is not asked any more")
            self._running.add(running)
        try:
            async with connect(self._endpoint) as sdk:
                return await work(sdk)
        finally:
            with self._lock:
                self._running.discard(running)

    async def _streamed(self, sdk: "Sdk", request: Request, on_text: OnText) -> Reply:
        """Read a stream to its end; one that is cut gives no reply, only what it cost."""
        told: dict[str, JsonValue] = {}
        message: Mapping[str, JsonValue] = {}
        try:
            async with sdk.messages.stream(**cast("Any", parameters(request))) as stream:
                async for event in stream:
                    if event.type == "message_start":
                        told.update(_json(event.message.usage))
                    elif event.type == "message_delta":
                        told.update(_json(event.usage))
                    elif event.type == "text":
                        on_text(event.text)
                if told:
                    message = _json(await stream.get_final_message())
        except Exception as error:
            raise _with_usage(error, told) from error
        return _reply(message, told)

    async def _whole(self, sdk: "Sdk", request: Request, on_text: OnText) -> Reply:
        answer = await sdk.messages.create(**cast("Any", parameters(request)))
        message = _json(answer)
        usage = message.get("usage")
        reply = _reply(message, usage if isinstance(usage, dict) else {})
        for block in reply.blocks:
            if block.kind == "text":
                on_text(block.text)
        return reply


class _BrokenOff(Exception):
    """A stream failed after the API had begun to count."""

    def __init__(self, usage: Usage) -> None:
        super().__init__("the reply broke off")
        self.usage = usage


def _with_usage(error: Exception, told: Mapping[str, JsonValue]) -> Exception:
    if not told:
        return error
    broken = _BrokenOff(usage_of(told))
    broken.__context__ = error
    return broken


def _json(value: "BaseModel") -> dict[str, JsonValue]:
    """Return a part of an answer as it came, without what was not told."""
    return {name: given for name, given in cast("dict[str, JsonValue]", value.to_dict()).items() if given is not None}


async def _counted(sdk: "Sdk", request: Request) -> int:
    body = {name: value for name, value in parameters(request).items() if name != "max_tokens"}
    return (await sdk.messages.count_tokens(**cast("Any", body))).input_tokens


def _reply(message: Mapping[str, JsonValue], told: Mapping[str, JsonValue]) -> Reply:
    """Return a whole message as a reply.

    Raises:
        CallFailed: it has no stop reason: the stream was cut, and a tool's input may be cut with it.
    """
    usage = usage_of(told)
    try:
        stop_reason = StopReason(str(message.get("stop_reason")))
    except ValueError:
        said = f"stop reason {message.get('stop_reason')!r}" if message else "nothing in it"
        raise CallFailed(f"the reply broke off ({said})", lost=usage if told else None) from None
    content = message.get("content")
    blocks = [block_of(one) for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    details = message.get("stop_details")
    detail = (
        ": ".join(str(details[one]) for one in ("category", "explanation") if details.get(one))
        if isinstance(details, dict)
        else ""
    )
    return Reply(
        blocks=tuple(blocks), stop_reason=stop_reason, usage=usage, model=str(message.get("model", "")), detail=detail
    )


@contextmanager
def _failures(sdk: "Sdk") -> Iterator[None]:
    """Turn the SDK's errors into ours, without a word of a credential: a gateway may repeat what it was sent."""
    import anthropic  # noqa: PLC0415  imported by now
    import httpx2  # noqa: PLC0415

    try:
        yield
    except (CallFailed, asyncio.CancelledError):
        raise
    except _BrokenOff as broken:
        raise _failed(broken.__context__ or broken, secrets_of(sdk), broken.usage) from None
    except (
        anthropic.AnthropicError,
        httpx2.HTTPError,
        json.JSONDecodeError,
        ValueError,
        TypeError,
        RuntimeError,
    ) as error:
        raise _failed(error, secrets_of(sdk), None) from None


def _failed(error: BaseException, secrets: tuple[str, ...], lost: Usage | None) -> CallFailed:
    import anthropic  # noqa: PLC0415

    if isinstance(error, CallFailed):
        return error
    if isinstance(error, anthropic.APIStatusError):
        return _of_status(error, secrets, lost)
    if isinstance(error, anthropic.APITimeoutError):
        return CallFailed("it was silent for too long", lost=lost)
    if isinstance(error, anthropic.APIConnectionError):
        return CallFailed(f"no connection ({_hidden(str(error.__cause__ or error), secrets)})", lost=lost)
    said = _hidden(f"{type(error).__name__}: {error}", secrets)
    if isinstance(error, TypeError) or (
        isinstance(error, anthropic.AnthropicError) and not isinstance(error, anthropic.APIError)
    ):
        # The SDK itself will not send it: a credential is missing, or this provider lacks the endpoint.
        return CallFailed(said, status=400, lost=lost)
    return CallFailed(f"what came could not be read ({said})", lost=lost)


def _of_status(error: "APIStatusError", secrets: tuple[str, ...], lost: Usage | None) -> CallFailed:
    headers = error.response.headers
    asked = {"true": True, "false": False}.get(headers.get("x-should-retry", ""))
    kind = str(error.type or "")
    said = _hidden(error.api_message or kind or "no reason given", secrets)
    return CallFailed(
        f"status {error.status_code}, {said}",
        status=error.status_code,
        kind=kind,
        retry_after_s=_retry_after_s(headers),
        should_retry=asked,
        lost=lost,
    )


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the wait the API asks for; a date is not read: what it means hangs on two clocks."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            asked = float(headers.get(name, "")) * unit_s
        except ValueError:
            continue
        if 0 <= asked < float("inf"):
            return asked
    return None


def _hidden(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return " ".join(text.split())[:_MOST_MESSAGE]
