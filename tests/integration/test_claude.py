"""Whole sessions that ask a model: the real SDK, a loopback server that answers what it is asked, a real repository."""

import asyncio
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agents.claude._client import StopReason, Text, ToolUse, Usage
from agents.claude.scripted import Fault, Step, Turn
from orchestrator.errors import Interrupted
from orchestrator.ledger import handoff
from orchestrator.ledger.costs import together
from orchestrator.ledger.layout import Layout
from orchestrator.live.events import Event, EventKind
from tests.fakes.claude_player import USAGE, agent_of, give_up, opening_of, propose, results_of, use
from tests.fakes.messages_server import Body, serving
from tests.integration.claude_office import (
    BREAKS_A_TEST,
    CACHES_THE_INPUT,
    EDITS_THE_BENCHMARK,
    EDITS_THE_TEST,
    FASTER,
    KEY,
    PATCHES_THE_CLOCK,
    SPECIAL_CASE,
    Ended,
    Office,
    is_kept,
    key_in_the_environment,
    make_till,
    play,
    session,
)
from tests.integration.conftest import git


def test_nothing_of_a_session_holds_the_key(done: Ended) -> None:
    assert all(headers["authorization"] == f"Bearer {KEY}" for headers in done.server.headers)
    folder = Layout(root=done.root).folder
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(texts) > 10
    assert not any(KEY.encode() in text for text in texts)
    assert KEY not in repr(done.events)
    assert KEY not in repr(done.server.bodies)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return a session that met every passing fault, kept one fix, and was offered four that do not hold."""
    passing = Fault(status=429, kind="rate_limit_error", retry_after_s=0.01)
    cut = Turn(
        blocks=(Text(text="I"), ToolUse(id="c", name="give_up", input={"reason": "cut"})), usage=USAGE, is_cut=True
    )
    no_json = Turn(
        blocks=(ToolUse(id="n", name="give_up", input="{not json"),), stop_reason=StopReason.TOOL_USE, usage=USAGE
    )
    office = Office(
        weigh=[[EDITS_THE_TEST, EDITS_THE_BENCHMARK, BREAKS_A_TEST], [PATCHES_THE_CLOCK]],
        faults={
            1: passing,
            3: cut,
            5: Fault(status=529, retry_after_s=0.01),
            7: Fault(status=500, retry_after_s=0.01),
            9: no_json,
            11: Fault(status=200, kind="overloaded_error", usage=USAGE),
            13: Fault(status=0),
        },
    )
    return play(make_till(tmp_path_factory.mktemp("claude")), office)


def test_a_good_proposal_is_kept_and_those_that_do_not_hold_are_not(done: Ended) -> None:
    assert done.server.complaints == []
    assert done.verdicts == {
        "add each value once": "improved",
        "weigh otherwise, 1": "tests_failed",
        "weigh otherwise, 2": "gaming_suspected",
    }
    assert git(done.root, "log", "--format=%s", "main..codeflash/optimize") == "perf: add each value once"
    assert git(done.root, "diff", "--stat", "main", "codeflash/optimize").count("|") == 1
    assert git(done.root, "status", "--porcelain") == "?? .codeflash/"
    assert {one.proposal.source for one in done.records} == {"claude:cpu"}


def test_every_fault_was_met_and_is_in_the_account(done: Ended) -> None:
    office = done.server.player
    assert isinstance(office, Office)
    assert office.asked > max(office.faults)
    ended = Counter(call.ended for call in done.calls)
    assert ended["lost"] == 3, "cut, no JSON and an error in mid-stream had begun to cost"
    assert sum(ended.values()) == office.asked - 4, "429, 529, 500 and a broken connection cost nothing"


def without(body: Body, words: str) -> Body:
    return json.loads(json.dumps(body).replace(json.dumps(words)[1:-1], "…"))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "words",
    [
        "weight = (weight * 31 + ord(character)) % 1000003",
        "garbage collection",
        "MiB of the peak",
        "weigh otherwise, 1",
        "python bench.py",
        "Keep docstrings.",
    ],
)
def test_the_server_refuses_a_request_without_source_figures_of_all_domains_or_attempts(
    done: Ended, words: str
) -> None:
    asked = [one for one in done.server.bodies if agent_of(one) == "specialist"]
    body = next(one for one in asked if "weigh otherwise, 1" in opening_of(one) and not results_of(one))
    office = Office(weigh=[[PATCHES_THE_CLOCK]], tried=["weigh otherwise, 1"])
    assert isinstance(office.specialist(body), Turn), "it is content with the request as it was sent"
    with pytest.raises(AssertionError, match="the request lacks"):
        Office(weigh=[[PATCHES_THE_CLOCK]], tried=["weigh otherwise, 1"]).specialist(without(body, words))


def test_the_lead_has_it_read_about_is_held_to_the_rules_and_chooses(done: Ended) -> None:
    said = [line for line in done.lines(EventKind.STRATEGY).splitlines() if "the lead" in line or "researcher" in line]
    assert said[:3] == [
        "the lead chooses research at running: the figures above decide it",
        "the researcher on running: adds every value again for each end [till/running.py:9]",
        "the lead chooses experiment at running: the figures above decide it",
    ]
    opening = next(opening_of(body) for body in done.server.bodies if agent_of(body) == "specialist")
    assert "carry the total" in opening
    assert "adds every value again for each end" in opening


def test_the_tokens_are_those_the_server_counted_to_the_last(done: Ended) -> None:
    spent = done.spent
    assert spent.usage == done.server.sent
    assert spent.unknown_calls == 0
    assert spent.usage.hit_rate > 0.5
    assert f"{spent.usage.total_tokens:,} tokens" in done.lines(EventKind.MEASURING)
    handed = handoff.load(Layout(root=done.root).handoff)
    assert handed is not None
    written = together(handed.costs)
    assert (written.usage, written.calls, written.unknown_calls) == (spent.usage, spent.calls, 0)
    assert written.usd == pytest.approx(spent.usd)
    assert set(handed.costs) == {"lead", "researcher", "cpu-specialist", "reviewer"}
    assert f"models: {spent.text}; ${spent.usd:.4f} for each of 1 kept" in done.lines(EventKind.COMPLETE)


def test_the_reviewer_reads_what_was_kept(done: Ended) -> None:
    diffs = [opening_of(body) for body in done.server.bodies if agent_of(body) == "reviewer"]
    assert diffs
    assert "+        totals.append(total)" in diffs[-1] or "-        total = 0" in diffs[-1]


def test_a_session_of_recipes_imports_no_sdk(tmp_path: Path) -> None:
    import subprocess
    import sys

    from tests.integration.conftest import environment

    code = (
        "import sys; from orchestrator.settings import load; import orchestrator.wiring, orchestrator.session;"
        "import agents.claude.backend, orchestrator.model_desk;"
        "print(sorted({'anthropic', 'httpx2', 'boto3'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(), cwd=tmp_path
    )
    assert found.stdout.strip() == "[]"


@dataclass
class Hesitant(Office):
    """Takes so long over the first question that the person stops the session; then has its moods."""

    late: Turn = field(default_factory=lambda: Turn(usage=Usage(input_tokens=777), delay_s=8.0))
    is_asked: threading.Event = field(default_factory=threading.Event)

    def __call__(self, body: Body) -> Step:
        if not self.is_asked.is_set():
            self.is_asked.set()
            return self.late
        return super().__call__(body)

    def lead(self, body: Body) -> Step:
        return Turn(stop_reason=StopReason.REFUSAL, usage=USAGE, detail="cyber: it may not look at tills")

    def specialist(self, body: Body) -> Step:
        body["messages"][0]["content"][0]["text"] += "look at the loop first"  # which no lead has said here
        return super().specialist(body)

    def run_totals(self, body: Body) -> Step:
        if is_kept(body):
            return give_up("it adds each value once")
        if body["max_tokens"] == 16_000:
            return Turn(
                blocks=(ToolUse(id="x", name="give_up", input={}),), stop_reason=StopReason.MAX_TOKENS, usage=USAGE
            )
        if not results_of(body):
            return use("propose_edit", {"edits": "all of them"})
        assert "edits: Input should be a valid" in results_of(body)[-1]
        return propose(FASTER, summary="add each value once", expected_share=0.3)

    def review(self, body: Body) -> Step:
        return Fault(status=400, kind="invalid_request_error", message="no reviews today")


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return a session over plain JSON that was stopped while it waited for the lead, and taken up again."""
    root = make_till(tmp_path_factory.mktemp("resumed"))
    office = Hesitant(weigh=[[CACHES_THE_INPUT], [SPECIAL_CASE]])
    events: list[Event] = []

    async def stopped() -> None:
        task = asyncio.create_task(session(root, server, events, whole_replies=True))
        await asyncio.to_thread(office.is_asked.wait)
        task.cancel()
        with pytest.raises(Interrupted):
            await task

    with serving(office) as server, key_in_the_environment():
        asyncio.run(stopped())
        assert server.answered == 0, "the session waited for the reply"
        asyncio.run(session(root, server, events, whole_replies=True))
    return Ended(root=root, events=tuple(events), server=server)


@pytest.mark.slow
def test_a_stopped_session_goes_on_and_a_late_reply_changes_nothing(resumed: Ended) -> None:
    assert resumed.server.complaints == []
    assert resumed.verdicts["add each value once"] == "improved"
    assert git(resumed.root, "log", "--format=%s", "main..codeflash/optimize") == "perf: add each value once"


@pytest.mark.slow
def test_caches_and_special_cases_for_the_benchmark_are_not_kept(resumed: Ended) -> None:
    assert resumed.verdicts["weigh otherwise, 2"] == "gaming_suspected"
    assert resumed.verdicts["weigh otherwise, 1"] in {"gaming_suspected", "no_improvement", "regression", "undecided"}


@pytest.mark.slow
def test_what_the_model_refuses_or_breaks_off_is_said_and_the_embedded_choice_stands(resumed: Ended) -> None:
    warned = resumed.lines(EventKind.WARNING)
    assert "the lead gave no order (the model refused: cyber: it may not look at tills)" in warned
    assert "reviewed by the static checks alone: the model's API refuses: status 400, no reviews today" in warned


@pytest.mark.slow
def test_the_tokens_of_a_late_reply_are_unknown_and_all_others_exact(resumed: Ended) -> None:
    assert resumed.spent.usage + resumed.late_usage == resumed.server.sent
    assert resumed.spent.unknown_calls >= 1
