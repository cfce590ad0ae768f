"""A conversation as it stands, written down after every turn, so that a killed session goes on in the middle of it."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agents.claude._client import Message, Text, ToolResult
from agents.claude.storing import write_whole

_DROPPED = "[dropped to make room: {} characters. Ask again if they are needed.]"


@dataclass(kw_only=True)
class Transcript:
    """One conversation. Holds what was said and nothing else: no key, no header.

    Attributes:
        messages: as they are sent.
        sent_back: answers that broke a rule.
        may_be_long: a reply was cut at its length once, so more is allowed.
        known_tokens: of the conversation up to the last reply, with it, as the API counted; 0 before the first.
        known_messages: how many messages these are.
        ended: why it ended without an answer, empty otherwise.
    """

    messages: tuple[Message, ...] = ()
    sent_back: int = 0
    may_be_long: bool = False
    known_tokens: int = 0
    known_messages: int = 0
    ended: str = ""
    detail: str = ""
    path: Path | None = field(default=None, repr=False)

    @property
    def last(self) -> Message:
        """Return the last message."""
        return self.messages[-1]

    @property
    def replies(self) -> int:
        """Return the number of replies so far."""
        return sum(one.role == "assistant" for one in self.messages)

    def begin(self, opening: str) -> None:
        """Put the first message, where there is none yet."""
        if not self.messages:
            self.add(Message(role="user", blocks=(Text(text=opening),)))

    def add(self, message: Message) -> None:
        """Append a message and write everything down."""
        self.messages = (*self.messages, message)
        self.save()

    def make_room(self, excess_tokens: int) -> bool:
        """Drop the oldest answers of tools, until about so many tokens are gone; say whether any was dropped.

        The last two turns stay: they are what the model works on.
        """
        free = excess_tokens * 4
        kept = list(self.messages)
        for index, message in enumerate(self.messages[:-2]):
            if free <= 0:
                break
            blocks = tuple(_dropped(one) if isinstance(one, ToolResult) else one for one in message.blocks)
            free -= _characters(message) - _characters(Message(role=message.role, blocks=blocks))
            kept[index] = Message(role=message.role, blocks=blocks)
        has_changed = tuple(kept) != self.messages
        self.messages = tuple(kept)
        self.known_tokens, self.known_messages = 0, 0
        self.save()
        return has_changed

    def save(self) -> None:
        """Write it down, whole or not at all."""
        if self.path is not None:
            write_whole(self.path, _STORED.dump_json(_stored(self)))

    def unread_characters(self) -> int:
        """Return the characters of the messages that the API has not counted yet."""
        return sum(_characters(one) for one in self.messages[self.known_messages :])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What is written down."""

    messages: tuple[Message, ...]
    sent_back: int
    may_be_long: bool
    known_tokens: int
    known_messages: int
    ended: str
    detail: str


_STORED: TypeAdapter[_Stored] = TypeAdapter(_Stored)


def load(path: Path) -> Transcript:
    """Return the conversation of a file; a fresh one where there is none, or none that can be read."""
    try:
        stored = _STORED.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return Transcript(path=path)
    return Transcript(
        messages=stored.messages,
        sent_back=stored.sent_back,
        may_be_long=stored.may_be_long,
        known_tokens=stored.known_tokens,
        known_messages=stored.known_messages,
        ended=stored.ended,
        detail=stored.detail,
        path=path,
    )


def _stored(one: Transcript) -> _Stored:
    return _Stored(
        messages=one.messages,
        sent_back=one.sent_back,
        may_be_long=one.may_be_long,
        known_tokens=one.known_tokens,
        known_messages=one.known_messages,
        ended=one.ended,
        detail=one.detail,
    )


def _dropped(result: ToolResult) -> ToolResult:
    note = _DROPPED.format(len(result.text))
    if len(result.text) <= len(note) or result.text.startswith("[dropped to make room"):
        return result
    return ToolResult(use_id=result.use_id, text=note, is_error=result.is_error)


def _characters(message: Message) -> int:
    return len(repr(message.blocks))
