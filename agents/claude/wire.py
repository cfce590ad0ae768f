"""Our words as the Messages API writes them, with the cached parts marked."""

from collections.abc import Iterable, Mapping
from typing import cast

from pydantic import JsonValue

from agents.claude._client import Block, Message, Opaque, Request, Text, ToolResult, ToolUse, Usage

Json = dict[str, JsonValue]
_CACHED: Json = {"type": "ephemeral"}
_UNCACHEABLE = frozenset({"thinking", "redacted_thinking"})


def parameters(request: Request) -> Json:
    """Return the body of a call.

    Cached are tools with the system's texts, and all of the conversation but what is new: the API allows four marks.
    The system's last two texts and the conversation's last two user turns carry them.
    """
    body: Json = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "system": cast("JsonValue", _system(request.system)),
        "messages": cast("JsonValue", _messages(request.messages)),
    }
    if request.tools:
        body["tools"] = [
            {"name": one.name, "description": one.description, "input_schema": one.schema} for one in request.tools
        ]
    return body


def block_of(raw: Mapping[str, JsonValue]) -> Block:
    """Return one block of a reply; what is not ours to understand is kept as it is.

    Halves of surrogate pairs, which JSON can carry and UTF-8 can't, are replaced: a transcript could not be written.
    """
    raw = cast("Json", _encodable(dict(raw)))
    if raw.get("type") == "text" and isinstance(raw.get("text"), str):
        return Text(text=str(raw["text"]))
    if raw.get("type") == "tool_use":
        return ToolUse(id=str(raw.get("id", "")), name=str(raw.get("name", "")), input=raw.get("input"))
    return Opaque(raw=raw)


def usage_of(raw: Mapping[str, JsonValue]) -> Usage:
    """Return the usage of a call. Cache writes whose kind is not told are five-minute ones, the default."""
    written = _count(raw, "cache_creation_input_tokens")
    split = raw.get("cache_creation")
    hour = min(_count(split, "ephemeral_1h_input_tokens") if isinstance(split, Mapping) else 0, written)
    return Usage(
        input_tokens=_count(raw, "input_tokens"),
        output_tokens=_count(raw, "output_tokens"),
        cache_read_tokens=_count(raw, "cache_read_input_tokens"),
        cache_write_5m_tokens=written - hour,
        cache_write_1h_tokens=hour,
    )


def _count(raw: Mapping[str, JsonValue], name: str) -> int:
    value = raw.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _system(texts: Iterable[str]) -> list[Json]:
    blocks: list[Json] = [{"type": "text", "text": text} for text in texts if text]
    for block in blocks[-2:]:
        block["cache_control"] = _CACHED
    return blocks


def _messages(messages: tuple[Message, ...]) -> list[Json]:
    written: list[Json] = [
        {"role": one.role, "content": cast("JsonValue", [_block(each) for each in one.blocks])} for one in messages
    ]
    turns = [one for one in written if one["role"] == "user"]
    for turn in turns[-2:]:
        content = cast("list[Json]", turn["content"])
        if content and content[-1]["type"] not in _UNCACHEABLE:
            content[-1]["cache_control"] = _CACHED
    return written


def _block(block: Block) -> Json:
    if isinstance(block, Text):
        return {"type": "text", "text": block.text}
    if isinstance(block, ToolUse):
        given = block.input if isinstance(block.input, dict) else {}  # the API takes nothing else back
        return {"type": "tool_use", "id": block.id, "name": block.name, "input": given}
    if isinstance(block, ToolResult):
        return {"type": "tool_result", "tool_use_id": block.use_id, "content": block.text, "is_error": block.is_error}
    return dict(block.raw)


def _encodable(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_encodable(one) for one in value]
    if isinstance(value, dict):
        return {str(_encodable(name)): _encodable(one) for name, one in value.items()}
    return value
