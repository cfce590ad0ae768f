"""What a model client is: a request in, a streamed reply out, with its exact usage. The only words the agents speak."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import JsonValue


class StopReason(StrEnum):
    """Why a reply ended, as the Messages API names it."""

    END_TURN = "end_turn"
    STOP_SEQUENCE = "stop_sequence"
    TOOL_USE = "tool_use"
    MAX_TOKENS = "max_tokens"
    PAUSE_TURN = "pause_turn"
    REFUSAL = "refusal"
    WINDOW_EXCEEDED = "model_context_window_exceeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """The model asks for a tool. `input` is what it wrote: nothing of it was checked."""

    id: str
    name: str
    input: JsonValue
    kind: Literal["tool_use"] = "tool_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool said, or why it could not."""

    use_id: str
    text: str
    is_error: bool = False
    kind: Literal["tool_result"] = "tool_result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A block that must go back as it came (thinking, with its signature)."""

    raw: dict[str, JsonValue]
    kind: Literal["opaque"] = "opaque"


Block = Text | ToolUse | ToolResult | Opaque


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    blocks: tuple[Block, ...]

    @property
    def uses(self) -> tuple[ToolUse, ...]:
        """Return the tools asked for, in order."""
        return tuple(block for block in self.blocks if isinstance(block, ToolUse))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool as the model sees it; schema: JSON Schema of its input."""

    name: str
    description: str
    schema: dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call, or of several, as the API reported them.

    Attributes:
        input_tokens: of the prompt, neither read from the cache nor written to it.
        output_tokens: thinking included.
        cache_read_tokens: of the prompt, read from the cache.
        cache_write_5m_tokens, cache_write_1h_tokens: of the prompt, written to it for five minutes or an hour.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_5m_tokens=self.cache_write_5m_tokens + other.cache_write_5m_tokens,
            cache_write_1h_tokens=self.cache_write_1h_tokens + other.cache_write_1h_tokens,
        )

    @property
    def prompt_tokens(self) -> int:
        """Return the tokens of the whole prompt, however they were paid for."""
        written = self.cache_write_5m_tokens + self.cache_write_1h_tokens
        return self.input_tokens + self.cache_read_tokens + written

    @property
    def total_tokens(self) -> int:
        """Return all tokens."""
        return self.prompt_tokens + self.output_tokens

    @property
    def hit_rate(self) -> float:
        """Return the share (0 to 1) of the prompt that came from the cache."""
        return self.cache_read_tokens / self.prompt_tokens if self.prompt_tokens else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call.

    Attributes:
        model: its name.
        system: texts in order; each ends a part of the prompt that is cached.
        tools: that it may ask for.
        messages: the conversation; the first and the last are from the user.
        max_tokens: most tokens of the reply.
    """

    model: str
    system: tuple[str, ...]
    tools: tuple[ToolSpec, ...]
    messages: tuple[Message, ...]
    max_tokens: int

    def allowing(self, max_tokens: int) -> "Request":
        """Return it with another length allowed."""
        return replace(self, max_tokens=max_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back.

    Attributes:
        blocks: text, tool uses and what must go back as it came.
        stop_reason: why it ended; never missing: a reply without one is a broken stream, and asked for again.
        usage: of this reply.
        model: that answered.
        lost: usage of attempts that broke after the API had begun to count, in order.
        detail: of a refusal, its category and explanation.
    """

    blocks: tuple[Block, ...]
    stop_reason: StopReason
    usage: Usage
    model: str
    lost: tuple[Usage, ...] = ()
    detail: str = ""


OnText = Callable[[str], None]


class ModelError(Exception):
    """A call did not give a reply. `lost`: usage of what was begun; None among them: the API told nothing."""

    def __init__(self, message: str, *, lost: tuple[Usage, ...] = (), hint: str = "") -> None:
        super().__init__(message)
        self.lost = lost
        self.hint = hint


class ModelUnavailable(ModelError):
    """It was asked as often as patience allows."""


class ModelRejected(ModelError):
    """The API refuses the key, the account or the request: asking again changes nothing."""


class ModelStopped(ModelError):
    """The session was stopped while it waited."""


class ModelClient(Protocol):
    """Calls a model. Safe to use from several threads."""

    def reply(self, request: Request, on_text: OnText) -> Reply:
        """Return the reply; `on_text` is told its words as they come.

        Raises:
            ModelUnavailable: it did not come, however often it was asked for.
            ModelRejected: the API refuses the key, the account or the request.
            ModelStopped: `stop` was called.
        """
        ...

    def count(self, request: Request) -> int:
        """Return the tokens of a request's prompt, as the API counts them.

        Raises:
            ModelError: as `reply`.
        """
        ...

    def stop(self) -> None:
        """End every call under way and refuse new ones; from any thread."""
        ...
