"""Two specialists of Claude at the same time: real SDK, loopback server, real repository; nothing is paid for twice."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.claude._client import Text, ToolUse
from agents.claude.scripted import Fault, Turn
from orchestrator.ledger import handoff
from orchestrator.ledger.costs import together
from orchestrator.ledger.layout import Layout
from orchestrator.live.events import EventKind
from tests.fakes.claude_player import USAGE, agent_of, opening_of
from tests.fakes.messages_server import serving
from tests.integration.claude_office import Ended, key_in_the_environment, play
from tests.integration.claude_team import TeamOffice, conversations, make_large_till
from tests.integration.conftest import git
from tests.integration.killing import Seen, check_nothing_is_left, interrupt_when, kill_when

pytestmark = pytest.mark.slow

VERDICTS = {
    "weigh with the clock": "gaming_suspected",
    "add each value once": "improved",
    "ask for both ends": "improved",
    "weigh from another start": "tests_failed",
}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return a session in which two of Claude's specialists worked at once, through faults of the API."""
    cut = Turn(blocks=(Text(text="I"), ToolUse(id="c", name="give_up", input={})), usage=USAGE, is_cut=True)
    faults = {
        2: Fault(status=529, retry_after_s=0.01),
        6: cut,
        8: Fault(status=429, kind="rate_limit_error", retry_after_s=0.01),
        10: Fault(status=200, kind="overloaded_error", usage=USAGE),
    }
    root = make_large_till(tmp_path_factory.mktemp("team"))
    return play(root, TeamOffice(faults=faults), workers=2)


def test_what_two_specialists_keep_at_once_is_merged_and_what_does_not_hold_is_not(done: Ended) -> None:
    assert (done.verdicts, done.server.complaints) == (VERDICTS, [])
    assert {one.proposal.summary for one in done.records if one.dispatched} == {
        "add each value once",
        "ask for both ends",
        "weigh from another start",
    }
    log = git(done.root, "log", "--format=%s", "main..codeflash/optimize").splitlines()
    assert sorted(log) == ["perf: add each value once", "perf: ask for both ends"]
    assert "2 of 2 kept changes are on the session branch" in done.lines(EventKind.MERGE)
    assert git(done.root, "worktree", "list", "--porcelain").count("worktree ") == 1
    assert git(done.root, "branch", "--format=%(refname:short)").splitlines() == ["codeflash/optimize", "main"]


def test_the_lead_s_dispatch_is_held_to_the_rules_and_said(done: Ended) -> None:
    said = [line for line in done.lines(EventKind.STRATEGY).splitlines() if line.startswith("the lead chooses")]
    assert said[0] == "the lead chooses experiment at weigh: the figures above decide it"
    names = said[1].removeprefix("the lead chooses dispatch at ").partition(": ")[0]
    assert sorted(names.split(", ")) == ["running", "weigh", "widest"]
    assert done.lines(EventKind.DISPATCH).startswith("2 specialists, each in worktrees of its own")


def test_both_conversations_run_at_the_same_time_each_heard_in_its_own_stream(done: Ended) -> None:
    asked = [body for body in done.server.bodies if agent_of(body) == "specialist"]
    of = {
        name: [asked.index(body) for body in asked if opening_of(body) in conversations(asked, name)]
        for name in ("running", "widest")
    }
    assert of["running"][0] < of["widest"][-1]
    assert of["widest"][0] < of["running"][-1]
    heard = {event.stream: event.text for event in done.events if "says: I look at" in event.text}
    assert set(heard) == {"Tier 2 (Cpu specialist)", "Tier 2 (Cpu specialist 2)"}
    assert len({text.partition("I look at")[2] for text in heard.values()}) == 2


def test_the_tokens_of_both_are_those_the_server_counted_to_the_last(done: Ended) -> None:
    spent = done.spent
    assert spent.usage == done.server.sent
    assert spent.unknown_calls == 0
    handed = handoff.load(Layout(root=done.root).handoff)
    assert handed is not None
    assert (together(handed.costs).usage, together(handed.costs).calls) == (spent.usage, spent.calls)
    ended = Counter(call.ended for call in done.calls)
    assert ended["lost"] == 2, "a cut reply and an error in mid-stream had begun to cost"
    assert sum(ended.values()) == done.server.player.asked - 2, "429 and 529 cost nothing"  # type: ignore[attr-defined]


class BothHaveLooked:
    """Says when two specialists are in the middle of their conversations."""

    def __init__(self) -> None:
        self.streams: set[object] = set()

    def __call__(self, event: Seen) -> bool:
        if "used search" in str(event["data"]):
            self.streams.add(event["stream"])
        return len(self.streams) == 2


def killed(root: Path, url: str) -> bool:
    return kill_when(root, BothHaveLooked(), url)


def interrupted(root: Path, url: str) -> bool:
    return interrupt_when(root, BothHaveLooked(), url) == 130


@pytest.mark.parametrize("ended", [killed, interrupted])
def test_ended_while_two_converse_both_go_on_where_they_were(
    tmp_path: Path, ended: Callable[[Path, str], bool]
) -> None:
    root = make_large_till(tmp_path)
    with serving(TeamOffice()) as server, key_in_the_environment():
        assert ended(root, server.url)
        assert not kill_when(root, lambda _: False, server.url)
    done = Ended(root=root, events=(), server=server)
    assert (done.verdicts, server.complaints) == (VERDICTS, [])
    for name in ("running", "widest"):
        assert len(conversations(server.bodies, name)) == 1, "it was begun once, in the same words, and paid for once"
    unknown = server.sent.input_tokens - done.spent.usage.input_tokens
    assert unknown in {0, USAGE.input_tokens, 2 * USAGE.input_tokens}, "replies under way when it was killed"
    check_nothing_is_left(root)
