"""A loopback server that speaks the Messages API, also as Bedrock and Vertex do, and builds replies from requests."""

import base64
import json
import re
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agents.claude._client import Opaque, Text, ToolUse, Usage
from agents.claude.scripted import Fault, Step, Turn

Body = Mapping[str, Any]
Player = Callable[[Body], Step]
_ELSEWHERE = re.compile(r"/models?/(?P<model>[^/:]+(?::\d+)?)(?P<way>/invoke.*|:\w*[rR]awPredict)$")


class MessagesServer:
    """What was asked of it, and how it answers.

    A request the player finds wanting raises there: the answer is then a 400, and `complaints` holds why.
    """

    def __init__(self, player: Player) -> None:
        self.player = player
        self.bodies: list[Body] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.sent = Usage()
        self.complaints: list[str] = []
        self.answered = 0
        self.lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self.http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, body: Body) -> Step:
        """Return the player's step, and count the tokens that the wire will carry."""
        with self.lock:
            self.bodies.append(body)
            try:
                step = self.player(body)
            except AssertionError as complaint:
                self.complaints.append(str(complaint))
                return Fault(status=400, kind="invalid_request_error", message=str(complaint))
            if isinstance(step, Turn) or step.status == 200:
                self.sent += step.usage
            return step


@contextmanager
def serving(player: Player) -> Iterator[MessagesServer]:
    """Serve on a free port of the loopback interface."""
    server = MessagesServer(player)
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()
        thread.join()


def in_order(*steps: Step) -> Player:
    """Play steps one after the other."""
    left = list(steps)

    def play(body: Body) -> Step:
        assert left, "more was asked than the script holds"
        return left.pop(0)

    return play


def text_of(body: Body) -> str:
    """Return all that a request says, system and results of tools included."""
    return "\n".join([*_texts(body.get("system", [])), *_texts([one["content"] for one in body["messages"]])])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name in ("text", "content", "input"):
            yield from _texts(value[name] if name != "input" else json.dumps(value[name])) if name in value else ()


class _Handler(BaseHTTPRequestHandler):
    owner: MessagesServer
    frames = False

    def log_message(self, *arguments: object) -> None:
        """Keep the tests' output clean."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.owner.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.owner.paths.append(self.path)
        if "count_tokens" in self.path or "count-tokens" in self.path:
            self._json(200, {"input_tokens": len(json.dumps(body)) // 4})
            return
        named = _ELSEWHERE.search(self.path)  # Bedrock and Vertex name the model and the way in the path
        model = named["model"] if named else str(body["model"])
        self.frames = named is not None and named["way"] == "/invoke-with-response-stream"
        streams = "stream" in named["way"].casefold() if named else bool(body.get("stream"))
        step = self.owner.answer(body)
        with suppress(BrokenPipeError, ConnectionResetError):
            self._play(step, streams=streams, model=model)
        self.owner.answered += 1

    def _play(self, step: Step, *, streams: bool, model: str) -> None:
        if isinstance(step, Fault):
            self._fault(step, streams=streams, model=model)
            return
        time.sleep(step.delay_s)
        if streams:
            self._stream(_events(step, model))
        else:
            whole = _message(step, model) | {"content": [_content(one) for one in step.blocks]}
            whole["usage"] = _usage(step.usage)
            whole["stop_reason"] = None if step.is_cut else step.stop_reason.value
            whole["stop_details"] = _details(step)
            self._json(200, whole)

    def _fault(self, fault: Fault, *, streams: bool, model: str) -> None:
        error = {"type": "error", "error": {"type": fault.kind, "message": fault.message}}
        if fault.status == 0:
            self.connection.close()
        elif fault.status == 200 and streams:
            start = _events(Turn(usage=fault.usage), model)[:1]
            self._stream([*start, ("error", error)])
        else:
            asked = {} if fault.retry_after_s is None else {"retry-after": f"{fault.retry_after_s:g}"}
            self._json(fault.status, error, asked)

    def _json(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, events: list[tuple[str, dict[str, Any]]]) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/vnd.amazon.eventstream" if self.frames else "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for name, data in events:
            self.wfile.write(_frame(data) if self.frames else f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
            self.wfile.flush()
        self.close_connection = True


def _frame(data: Mapping[str, Any]) -> bytes:
    """Return an event as Amazon's binary event stream carries it."""
    names = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        struct.pack(f"!B{len(name)}sBH{len(value)}s", len(name), name.encode(), 7, len(value), value.encode())
        for name, value in names.items()
    )
    payload = json.dumps({"bytes": base64.b64encode(json.dumps(data).encode()).decode()}).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _message(step: Turn, model: str) -> dict[str, Any]:
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [], "stop_sequence": None}


def _details(step: Turn) -> dict[str, Any] | None:
    if not step.detail:
        return None
    category, _, explanation = step.detail.partition(": ")
    return {"type": "refusal", "category": category, "explanation": explanation}


def _usage(usage: Usage) -> dict[str, Any]:
    five, hour = usage.cache_write_5m_tokens, usage.cache_write_1h_tokens
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_input_tokens": usage.cache_read_tokens,
        "cache_creation_input_tokens": five + hour,
        "cache_creation": {"ephemeral_5m_input_tokens": five, "ephemeral_1h_input_tokens": hour},
    }


def _content(block: object) -> dict[str, Any]:
    if isinstance(block, Text):
        return {"type": "text", "text": block.text}
    if isinstance(block, ToolUse):
        return {"type": "tool_use", "id": block.id, "name": block.name, "input": block.input}
    assert isinstance(block, Opaque)
    return dict(block.raw)


def _events(step: Turn, model: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the stream of a reply; a cut one ends in the middle of its last block."""
    start = _message(step, model) | {"stop_reason": None, "usage": _usage(step.usage)}
    events: list[tuple[str, dict[str, Any]]] = [("message_start", {"type": "message_start", "message": start})]
    for index, block in enumerate(step.blocks):
        events += _block_events(index, block)
    if step.is_cut:
        return events[:-2] if step.blocks else events
    delta = {"stop_reason": step.stop_reason.value, "stop_sequence": None, "stop_details": _details(step)}
    usage = {"output_tokens": step.usage.output_tokens}
    events.append(("message_delta", {"type": "message_delta", "delta": delta, "usage": usage}))
    events.append(("message_stop", {"type": "message_stop"}))
    return events


def _block_events(index: int, block: object) -> list[tuple[str, dict[str, Any]]]:
    whole = _content(block)
    empty, deltas = dict(whole), []
    if isinstance(block, Text):
        empty["text"] = ""
        middle = len(block.text) // 2
        deltas = [{"type": "text_delta", "text": part} for part in (block.text[:middle], block.text[middle:]) if part]
    elif isinstance(block, ToolUse):
        empty["input"] = {}
        # An input that is a text stands for itself: what a model wrote that is no JSON at all.
        text = block.input if isinstance(block.input, str) else json.dumps(block.input)
        middle = len(text) // 2
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in (text[:middle], text[middle:])]
    start = ("content_block_start", {"type": "content_block_start", "index": index, "content_block": empty})
    between = [("content_block_delta", {"type": "content_block_delta", "index": index, "delta": one}) for one in deltas]
    return [start, *between, ("content_block_stop", {"type": "content_block_stop", "index": index})]
