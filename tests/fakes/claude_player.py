"""Replies built from what was asked: parts that scripts of model replies are made of."""

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any

from agents.claude._client import Request, StopReason, Text, ToolUse, Usage
from agents.claude.scripted import ScriptedClient, Step, Turn
from agents.claude.wire import parameters
from agents.model import Checklist
from tests.fakes.messages_server import Body, Player, text_of

USAGE = Usage(input_tokens=100, output_tokens=20, cache_read_tokens=1000, cache_write_5m_tokens=50)
_numbers = itertools.count(1)
_AGENTS = {
    "rank_places": "lead",
    "next_step": "chooser",
    "propose_edit": "specialist",
    "findings": "researcher",
    "commands": "setup",
    "review": "reviewer",
}
"""Who asks, by the tool of the answer."""


def scripted(player: Player) -> ScriptedClient:
    """Return the shipped fake, played by a player of request bodies."""

    def play(request: Request) -> Step:
        return player(parameters(request))

    return ScriptedClient(play, sleep=_at_once)


def agent_of(body: Body) -> str:
    """Return who asks: `lead` (ranking places), `chooser` (the lead's next step), `specialist` and so on."""
    names = {one["name"] for one in body["tools"]}
    return next(agent for name, agent in _AGENTS.items() if name in names)


def opening_of(body: Body) -> str:
    return str(body["messages"][0]["content"][0]["text"])


def results_of(body: Body) -> list[str]:
    """Return the texts of all results of tools so far."""
    contents = (block for one in body["messages"] if one["role"] == "user" for block in one["content"])
    return [str(block["content"]) for block in contents if block["type"] == "tool_result"]


def use(name: str, arguments: Any, usage: Usage = USAGE, *, text: str = "") -> Turn:
    """Ask for a tool."""
    block = ToolUse(id=f"toolu_{next(_numbers)}", name=name, input=arguments)
    words = (Text(text=text),) if text else ()
    return Turn(blocks=(*words, block), stop_reason=StopReason.TOOL_USE, usage=usage)


def say(text: str) -> Turn:
    return Turn(blocks=(Text(text=text),), usage=USAGE)


def ranking(body: Body, share: Callable[[float], float] = lambda reach: reach / 2) -> Turn:
    """Answer as a lead that wants all places, in the order given."""
    found = re.findall(r"^(\S+): .*?, reach (\d\.\d+)", opening_of(body), re.MULTILINE)
    assert found, "the lead is shown no place"
    places = [
        {"id": name, "expected_share": max(share(float(reach)), 0.001), "strategy": "look at the loop first"}
        for name, reach in found
    ]
    return use("rank_places", {"places": places})


def proposal(*edits: Mapping[str, object], **changes: object) -> dict[str, object]:
    """Return the input of `propose_edit`."""
    answer = {"text": "as the profile says", "evidence": "profile: cpu share"}
    measured = {"text": "paired with the base, cpu_s decides", "evidence": "profile: cpu share"}
    return {
        "edits": list(edits),
        "summary": "do less work",
        "mechanism": "The loop asks a list again and again; a set answers at once.",
        "dimension": "cpu_s",
        "expected_share": 0.1,
        "risk": "none that reading the callers showed",
        "checklist": {**dict.fromkeys(Checklist.__dataclass_fields__, answer), "measurement": measured},
        **changes,
    }


def propose(*edits: Mapping[str, object], **changes: object) -> Turn:
    return use("propose_edit", proposal(*edits, **changes))


def give_up(reason: str = "nothing that holds is in sight") -> Turn:
    return use("give_up", {"reason": reason})


def next_step(action: str = "embedded", *options: str, **changes: object) -> Turn:
    """Answer as the lead that says what comes next."""
    reason = "the figures above decide it"
    return use("next_step", {"action": action, "options": list(options), "reason": reason, **changes})


def options_of(body: Body) -> dict[str, str]:
    """Return the names of the functions that the lead may choose, by the options' ids."""
    found = re.findall(r"^(o\d+): (\S+) \(", opening_of(body), re.MULTILINE)
    assert found, "the lead is shown no option"
    return dict(found)


def approve() -> Turn:
    return use("review", {"verdict": "approve", "findings": []})


def holds(body: Body, *words: str) -> None:
    """Fail when a request lacks something it must tell."""
    text = text_of(body)
    for word in words:
        assert word in text, f"the request lacks {word!r}"


async def _at_once(_: float) -> None:
    return None
