"""What every model client must do: the scripted one, and the real SDK against a loopback server, JSON and SSE."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from agents.claude._client import (
    Message,
    ModelClient,
    ModelRejected,
    ModelStopped,
    ModelUnavailable,
    Opaque,
    Reply,
    Request,
    StopReason,
    Text,
    ToolResult,
    ToolSpec,
    ToolUse,
    Usage,
)
from agents.claude.anthropic_client import AnthropicClient
from agents.claude.endpoint import Endpoint
from agents.claude.retries import Patience
from agents.claude.scripted import Fault, ScriptedClient, Step, Turn
from tests.fakes.messages_server import in_order, serving

KEY = "sk-ant-never-to-be-shown-0001"
PATIENCE = Patience(attempts=3)
USAGE = Usage(
    input_tokens=11, output_tokens=7, cache_read_tokens=1000, cache_write_5m_tokens=30, cache_write_1h_tokens=4
)
REQUEST = Request(
    model="claude-opus-5-5",
    system=("rules", "role"),
    tools=(ToolSpec(name="read", description="Read.", schema={"type": "object", "properties": {}}),),
    messages=(Message(role="user", blocks=(Text(text="go"),)),),
    max_tokens=100,
)
THINKING = Opaque(raw={"type": "thinking", "thinking": "", "signature": "abc"})
USE = ToolUse(id="t1", name="read", input={"file": "a.py", "lines": [1, 2]})


def nobody_listens(_: str) -> None:
    return None


class Slept:
    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


Stage = Callable[..., tuple[ModelClient, Slept]]


@pytest.fixture(params=["scripted", "json", "sse"])
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    opened = []

    @contextmanager
    def real(*steps: Step) -> Iterator[str]:
        with serving(in_order(*steps)) as server:
            yield server.url

    def make(*steps: Step) -> tuple[ModelClient, Slept]:
        slept = Slept()
        if request.param == "scripted":
            return ScriptedClient(steps, PATIENCE, sleep=slept), slept
        context = real(*steps)
        opened.append(context)
        endpoint = Endpoint(base_url=context.__enter__(), streams=request.param == "sse", silence_s=20)
        return AnthropicClient(endpoint, PATIENCE, sleep=slept), slept

    make.kind = request.param  # type: ignore[attr-defined]
    yield make
    for context in opened:
        context.__exit__(None, None, None)


def ask(client: ModelClient) -> Reply:
    return client.reply(REQUEST, nobody_listens)


def test_a_reply_comes_with_its_blocks_its_stop_reason_and_its_usage_to_the_token(stage: Stage) -> None:
    turn = Turn(blocks=(THINKING, Text(text="héllo"), USE), stop_reason=StopReason.TOOL_USE, usage=USAGE)
    client, slept = stage(turn)
    pieces: list[str] = []
    reply = client.reply(REQUEST, pieces.append)
    assert reply.blocks == turn.blocks
    assert (reply.stop_reason, reply.usage, reply.lost) == (StopReason.TOOL_USE, USAGE, ())
    assert reply.model == REQUEST.model
    assert "".join(pieces) == "héllo"
    assert slept.waits == []


@pytest.mark.parametrize("status", [408, 429, 500, 502, 529, 0])
def test_what_may_pass_is_asked_again_and_waited_for_a_little_longer_each_time(stage: Stage, status: int) -> None:
    client, slept = stage(Fault(status=status), Fault(status=status), Turn(blocks=(Text(text="now"),), usage=USAGE))
    reply = ask(client)
    assert reply.blocks == (Text(text="now"),)
    assert reply.usage == USAGE
    first, second = slept.waits
    assert 0.375 <= first <= 0.5
    assert 0.75 <= second <= 1.0


def test_the_wait_that_the_api_asks_for_is_kept(stage: Stage) -> None:
    client, slept = stage(Fault(status=429, kind="rate_limit_error", retry_after_s=7.0), Turn())
    ask(client)
    assert slept.waits == [7.0]


def test_a_wait_longer_than_patience_ends_the_call_and_says_how_long_it_was(stage: Stage) -> None:
    client, slept = stage(Fault(status=429, retry_after_s=3600.0), Turn())
    with pytest.raises(ModelUnavailable, match="3600 s"):
        ask(client)
    assert slept.waits == []


def test_patience_ends(stage: Stage) -> None:
    client, slept = stage(*[Fault(status=529, kind="overloaded_error", message="too many")] * 5)
    with pytest.raises(ModelUnavailable, match=r"3 attempts.*529.*too many"):
        ask(client)
    assert len(slept.waits) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_what_can_not_pass_is_not_asked_again(stage: Stage, status: int) -> None:
    client, slept = stage(Fault(status=status, kind="invalid_request_error", message="no such thing"), Turn())
    with pytest.raises(ModelRejected, match=f"{status}.*no such thing"):
        ask(client)
    assert slept.waits == []


def test_a_cut_reply_is_none_and_asked_for_again_with_its_tokens_counted(stage: Stage) -> None:
    cut = Turn(blocks=(Text(text="I shall"), USE), stop_reason=StopReason.TOOL_USE, usage=USAGE, is_cut=True)
    client, _ = stage(cut, Turn(blocks=(Text(text="whole"),), usage=Usage(input_tokens=1, output_tokens=2)))
    reply = ask(client)
    assert reply.blocks == (Text(text="whole"),)
    assert reply.usage == Usage(input_tokens=1, output_tokens=2)
    assert reply.lost == (USAGE,)


def test_tokens_of_attempts_are_told_when_none_gives_a_reply(stage: Stage) -> None:
    client, _ = stage(*[Turn(blocks=(Text(text="x"),), usage=USAGE, is_cut=True)] * 3)
    with pytest.raises(ModelUnavailable) as caught:
        ask(client)
    assert caught.value.lost == (USAGE,) * 3


def test_a_refusal_and_a_reply_that_is_too_long_come_as_they_are(stage: Stage) -> None:
    client, slept = stage(
        Turn(stop_reason=StopReason.REFUSAL, usage=USAGE, detail="cyber: not this"),
        Turn(blocks=(Text(text="half a"),), stop_reason=StopReason.MAX_TOKENS, usage=USAGE),
    )
    refused, cut = ask(client), ask(client)
    assert (refused.stop_reason, refused.blocks, refused.detail) == (StopReason.REFUSAL, (), "cyber: not this")
    assert (cut.stop_reason, cut.usage) == (StopReason.MAX_TOKENS, USAGE)
    assert slept.waits == []


def test_stopping_ends_a_call_under_way_and_every_later_one(stage: Stage) -> None:
    client, _ = stage(Turn(delay_s=60.0), Turn())
    timer = threading.Timer(0.2, client.stop)
    timer.start()
    with pytest.raises(ModelStopped):
        ask(client)
    with pytest.raises(ModelStopped):
        ask(client)
    timer.join()


def test_a_prompt_is_counted_before_it_is_sent(stage: Stage) -> None:
    client, _ = stage()
    long = Request(**{**_fields(REQUEST), "system": ("rules" * 1000, "role")})
    assert client.count(long) > client.count(REQUEST) + 1000


def test_the_key_goes_to_the_api_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    echo = Fault(status=401, kind="authentication_error", message=f"bad key {KEY} in Bearer {KEY}")
    with serving(in_order(echo)) as server:
        with pytest.raises(ModelRejected) as caught:
            ask(AnthropicClient(Endpoint(base_url=server.url)))
        assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    error: BaseException | None = caught.value
    assert "bad key [hidden]" in str(error)
    assert KEY not in repr(error)
    assert error is not None
    assert error.__cause__ is None


def test_an_error_in_the_middle_of_a_stream_counts_what_was_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    overloaded = Fault(status=200, kind="overloaded_error", usage=USAGE)
    with serving(in_order(overloaded, Turn(usage=USAGE))) as server:
        reply = ask(AnthropicClient(Endpoint(base_url=server.url), sleep=Slept()))
        assert reply.lost == (USAGE,)
        assert server.sent == USAGE + USAGE


def test_an_input_that_is_no_json_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    broken = Turn(blocks=(ToolUse(id="t", name="read", input="{not json]"),), usage=USAGE)
    with serving(in_order(broken, Turn(usage=USAGE))) as server:
        reply = ask(AnthropicClient(Endpoint(base_url=server.url), sleep=Slept()))
    assert reply.lost == (USAGE,)


def test_without_a_key_nothing_is_sent_and_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    with serving(in_order()) as server:
        with pytest.raises(ModelRejected, match="no key") as caught:
            ask(AnthropicClient(Endpoint(base_url=server.url)))
        assert server.bodies == []
    assert "--agent recipes" in caught.value.hint


def test_thinking_tools_and_results_go_back_as_they_came_and_the_prefix_is_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    messages = (
        *REQUEST.messages,
        Message(role="assistant", blocks=(THINKING, USE)),
        Message(role="user", blocks=(ToolResult(use_id="t1", text="12 lines", is_error=True),)),
    )
    with serving(in_order(Turn())) as server:
        AnthropicClient(Endpoint(base_url=server.url)).reply(
            Request(**{**_fields(REQUEST), "messages": messages}), nobody_listens
        )
    body = server.bodies[0]
    assert body["messages"][1]["content"][0] == THINKING.raw
    assert body["messages"][1]["content"][1] == {"type": "tool_use", "id": "t1", "name": "read", "input": USE.input}
    mark = {"cache_control": {"type": "ephemeral"}}
    assert body["messages"][2]["content"] == [
        {"type": "tool_result", "tool_use_id": "t1", "content": "12 lines", "is_error": True} | mark
    ]
    assert [block.get("cache_control") for block in body["system"]] == [mark["cache_control"]] * 2
    assert str(body).count("cache_control") == 4


@pytest.mark.parametrize("provider", ["bedrock", "vertex"])
def test_another_provider_that_can_not_be_used_says_what_it_lacks(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLOUD_ML_REGION", "ANTHROPIC_VERTEX_PROJECT_ID", "AWS_REGION", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    endpoint = Endpoint(provider=provider, base_url="http://127.0.0.1:9")  # type: ignore[arg-type]
    with pytest.raises((ModelRejected, ModelUnavailable)) as caught:
        ask(AnthropicClient(endpoint, Patience(attempts=1)))
    assert str(caught.value)


ELSEWHERE = {
    "bedrock": {"AWS_REGION": "eu-west-1", "AWS_BEARER_TOKEN_BEDROCK": KEY},
    "vertex": {
        "CLOUD_ML_REGION": "europe-west1",
        "ANTHROPIC_VERTEX_PROJECT_ID": "shop",
        "ANTHROPIC_CUSTOM_HEADERS": f"Authorization: Bearer {KEY}",
    },
}


@pytest.mark.parametrize("streams", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("provider", ["bedrock", "vertex"])
def test_another_provider_answers_to_the_token_and_gets_the_credentials_of_its_own(
    provider: str, streams: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if provider == "bedrock" and streams:
        pytest.importorskip(
            "botocore", reason="streams of Bedrock are read by botocore: pip install anthropic[bedrock]"
        )
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-somebody-else")
    for name, value in ELSEWHERE[provider].items():
        monkeypatch.setenv(name, value)
    steps = (Fault(status=429), Turn(blocks=(Text(text="yes"), USE), stop_reason=StopReason.TOOL_USE, usage=USAGE))
    with serving(in_order(*steps)) as server:
        endpoint = Endpoint(provider=provider, base_url=server.url, streams=streams)  # type: ignore[arg-type]
        reply = ask(AnthropicClient(endpoint, sleep=Slept()))
    assert (reply.usage, reply.stop_reason) == (USAGE, StopReason.TOOL_USE)
    assert reply.blocks == (Text(text="yes"), USE)
    assert {headers["authorization"] for headers in server.headers} == {f"Bearer {KEY}"}
    assert "sk-of-somebody-else" not in repr(server.headers)
    way = {"bedrock": "/model/", "vertex": "/projects/shop/locations/europe-west1/publishers/anthropic/models/"}[
        provider
    ]
    assert all(path.startswith(f"{way}{REQUEST.model}") for path in server.paths)


@pytest.mark.parametrize("provider", ["bedrock", "vertex"])
def test_what_a_provider_repeats_of_its_credentials_is_hidden(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ELSEWHERE[provider].items():
        monkeypatch.setenv(name, value)
    refused = Fault(status=400, kind="invalid_request_error", message=f"bad token {KEY}")
    with serving(in_order(refused)) as server:
        endpoint = Endpoint(provider=provider, base_url=server.url, streams=False)  # type: ignore[arg-type]
        with pytest.raises(ModelRejected) as caught:
            ask(AnthropicClient(endpoint, sleep=Slept()))
    assert "[hidden]" in str(caught.value)
    assert KEY not in str(caught.value)


def _fields(request: Request) -> dict[str, object]:
    return {name: getattr(request, name) for name in Request.__dataclass_fields__}
