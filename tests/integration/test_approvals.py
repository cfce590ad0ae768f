"""A person is asked, answers from a terminal or another process, and steers: nothing is done that was not agreed to."""

import asyncio
import json
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.approvals.person import Say
from orchestrator.approvals.question import Answer, Decision, Pending
from orchestrator.ledger import experiment_json, results_tsv
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.bus import Bus
from orchestrator.live.events import Event, EventKind
from orchestrator.policy.asking import Kind
from orchestrator.session import run
from orchestrator.settings import load
from orchestrator.terms import Terms
from tests.fakes.scripted_backend import ScriptedBackend
from tests.integration import team_shop
from tests.integration.conftest import Finished, command, git, target_python
from tests.integration.talking import Session, Terminal, say, words
from tests.integration.team_player import asked


def records(root: Path) -> tuple[ExperimentRecord, ...]:
    return experiment_json.load_all(Layout(root=root).experiments)


def commits(root: Path) -> list[str]:
    return git(root, "log", "--format=%s", "main..codeflash/optimize").splitlines()


def check_nothing_is_under_way(root: Path) -> None:
    assert git(root, "worktree", "list", "--porcelain").count("worktree ") == 1
    assert not list(Layout(root=root).bench.glob("draft*"))
    assert not list(Layout(root=root).inbox.iterdir())
    assert not Layout(root=root).steering.exists()
    assert git(root, "status", "--porcelain", "--", "shop", "tests", "bench.py") == ""


@pytest.mark.slow
def test_what_is_rejected_from_another_process_is_recorded_with_its_reason_and_left_alone(shop: Path) -> None:
    session = Session.start(shop, "--ask", "experiment")
    asked = session.until("approval", state="asked")["data"]
    assert asked["kind"] == "experiment"
    assert "+    _names_set" in asked["body"], "the whole diff is asked about"
    assert any("66%" in line or "of the workload's CPU" in line for line in asked["details"])
    (shown,) = json.loads(say(shop, "approvals", "--json").out)
    assert shown["id"] == asked["id"]
    gone = say(shop, "approve", "0000000000")
    assert (gone.code, "no question 0000000000 waits" in gone.err) == (2, True)
    taken = say(shop, "reject", asked["id"][:8], "--reason", "it must stay a list")
    assert (taken.code, "rejected from another process" in taken.out) == (0, True)
    again = say(shop, "approve", asked["id"][:8])
    assert again.code == 2
    assert "no session runs" in again.err or "already" in again.err
    assert session.end() == 0
    (record,) = records(shop)
    assert (record.verdict.status.value, record.verdict.reason.value) == ("discard", "rejected")
    assert record.verdict.explanation == "rejected by a person: it must stay a list"
    assert record.measurement is None
    (row,) = results_tsv.read(Layout(root=shop).results)
    assert row.status == "discard"
    assert "it must stay a list" in Layout(root=shop).handoff.read_text()
    assert commits(shop) == []
    check_nothing_is_under_way(shop)
    over = say(shop, "approve", asked["id"])
    assert (over.code, "no session runs" in over.err) == (2, True)


@pytest.mark.slow
def test_a_question_that_is_pending_when_the_session_is_killed_is_asked_again_under_its_id(shop: Path) -> None:
    session = Session.start(shop, "--ask", "experiment,commit,command")
    workload = session.until("approval", state="asked")["data"]
    assert workload["kind"] == "experiment", "commands that the person named are not asked about"
    session.kill()
    nobody = say(shop, "approve", workload["id"])
    assert (nobody.code, "asked again by the next" in nobody.err) == (2, True)
    session = Session.start(shop, "--ask", "experiment,commit,command")
    again = session.until("approval", state="asked")["data"]
    assert again == workload
    assert say(shop, "approve", workload["id"]).code == 0
    commit = session.until("approval", state="asked")["data"]
    assert commit["kind"] == "commit"
    session.kill()
    session = Session.start(shop, "--ask", "experiment,commit,command")
    assert session.until("approval", state="asked")["data"] == commit
    edited = shop.parent / "message.txt"
    edited.write_text("perf: words of mine\n\nA body.\n")
    assert say(shop, "approve", commit["id"], "--edited", str(edited)).code == 0
    assert session.end() == 0
    assert commits(shop) == ["perf: words of mine"]
    assert [record.verdict.status.value for record in records(shop)] == ["keep"]
    check_nothing_is_under_way(shop)


@pytest.mark.slow
def test_an_edited_fix_is_held_to_the_same_rules_as_any_other(shop: Path) -> None:
    session = Session.start(shop, "--ask", "experiment")
    asked = session.until("approval", state="asked")["data"]
    patch = shop.parent / "fix.diff"
    patch.write_text(asked["body"].replace("shop/text.py", "tests/test_text.py"))
    assert say(shop, "approve", asked["id"], "--edited", str(patch)).code == 0
    refused = session.until("approval", state="asked")["data"]
    assert refused["id"] != asked["id"]
    assert "the edited fix can't be taken" in refused["complaint"]
    patch.write_text(asked["body"].replace("_names_set", "_known_names"))
    assert say(shop, "approve", refused["id"], "--edited", str(patch)).code == 0
    assert session.end() == 0
    (record,) = records(shop)
    assert record.proposal.source == "person:recipe:set-membership"
    assert record.verdict.status.value == "keep"
    assert "_known_names" in git(shop, "show", "codeflash/optimize:shop/text.py")
    check_nothing_is_under_way(shop)


@pytest.mark.slow
def test_an_experiment_is_skipped_while_it_is_measured_and_nothing_of_it_is_left(shop: Path) -> None:
    session = Session.start(shop)
    session.until("node_started", node="measure")
    skipped = say(shop, "steer", "skip")
    assert (skipped.code, "is given up" in skipped.out) == (0, True)
    assert session.until("steer", word="skip")["text"].startswith("skip: unknown")
    assert session.end() == 0
    assert records(shop) == ()
    assert commits(shop) == []
    assert not any(event["kind"] == "experiment" and "status" in event["data"] for event in session.events)
    check_nothing_is_under_way(shop)


@pytest.mark.slow
def test_what_comes_first_is_for_the_person_to_say_though_another_place_costs_more(shop: Path) -> None:
    """The smaller of two alike places is tried first, as the session is told before it chooses."""
    text = (shop / "shop" / "text.py").read_text()
    (shop / "shop" / "few.py").write_text(text)
    bench = (shop / "bench.py").read_text()
    few = "from shop import few\nprint(few.describe(words[:5000], known))\n"
    (shop / "bench.py").write_text(f"{bench}{few}")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "few words too")
    session = Session.start(shop)
    session.until("node_started", node="baseline")
    focused = say(shop, "steer", "focus", "shop/few.py")
    assert (focused.code, "shop/few.py comes first" in focused.out) == (0, True)
    assert session.end() == 0
    assert [record.proposal.key.file for record in records(shop)] == ["shop/few.py"]
    check_nothing_is_under_way(shop)


@pytest.mark.slow
def test_a_paused_session_begins_nothing_until_it_may_go_on_and_finishes_when_told(shop: Path) -> None:
    session = Session.start(shop)
    session.until("node_started", node="baseline")
    assert say(shop, "steer", "continue").code == 2, "it is not paused"
    assert say(shop, "steer", "pause").code == 0
    session.until("steer", word="pause", resting=True)
    assert not any(event["data"] == {"node": "propose"} for event in session.events)
    assert say(shop, "steer", "finish").code == 0
    assert session.end() == 0
    assert any("you asked for the end" in event["text"] for event in session.events)
    assert records(shop) == ()
    check_nothing_is_under_way(shop)
    over = say(shop, "steer", "pause")
    assert (over.code, "no session runs" in over.err) == (2, True)


@pytest.mark.slow
def test_a_person_at_a_terminal_answers_with_keys_and_edits_in_their_editor(shop: Path) -> None:
    (shop / "bench_more.py").write_text((shop / "bench.py").read_text())
    git(shop, "add", "bench_more.py")
    git(shop, "commit", "-q", "-m", "another benchmark")
    script = (
        "import pathlib, sys; p = pathlib.Path(sys.argv[1]); p.write_text(p.read_text().replace('_names_set', '_mine'))"
    )
    arguments = command("-C", str(shop), "--python", target_python(), "--max-experiments", "1", "--ask", "experiment")
    terminal = Terminal(shop, arguments, EDITOR=f"{sys.executable} -c {shlex.quote(script)}")
    opening = terminal.until("> ")
    assert "What is measured?" in opening
    assert "b  python bench_more.py" in opening
    assert "Ask you before" not in opening, "--ask answers it"
    terminal.type("9z\n")
    assert "'9z' is no answer" in terminal.until("> ")
    terminal.type("1b 2b 3=20m\n")
    assert "workload: python bench_more.py" in terminal.until("[unified targets]")
    terminal.until("[y] yes")
    terminal.type("n")
    terminal.until("why not?")
    terminal.type("\n")
    terminal.until("[y] yes")
    terminal.type("e")
    terminal.until("edited (at the terminal)")
    assert terminal.end() == 0
    (record,) = records(shop)
    assert record.verdict.status.value == "keep"
    assert "_mine" in git(shop, "show", "codeflash/optimize:shop/text.py")


@pytest.mark.slow
@pytest.mark.parametrize("keys", ["q", "\x04", "\x03"], ids=["q", "end of input", "Ctrl-C"])
def test_leaving_a_question_leaves_everything_as_it_was_and_it_is_asked_again(
    shop: Path, optimize: Callable[..., Finished], keys: str
) -> None:
    terminal = Terminal(shop, words(shop, "--ask", "experiment", "--time-limit", "30m", "--domain", "cpu"))
    id_ = terminal.until("waits for your answer").rpartition("[approval] ")[2].split()[0]
    terminal.until("[y] yes")
    terminal.type(keys)
    assert terminal.end() == 130
    assert git(shop, "status", "--porcelain", "--", "shop", "tests", "bench.py") == ""
    assert records(shop) == ()
    session = Session.start(shop, "--ask", "experiment", "--domain", "cpu")
    assert session.until("approval", state="asked")["data"]["id"].startswith(id_)
    session.kill()


def test_the_end_of_the_input_at_the_opening_questions_begins_nothing(shop: Path) -> None:
    terminal = Terminal(shop, command("-C", str(shop), "--max-experiments", "1"))
    assert "Enter takes what is marked" in terminal.until("> ")
    terminal.type("\x04")
    assert terminal.end() == 130
    assert "nothing was begun" in terminal.shown
    assert not (shop / ".codeflash").exists()
    assert git(shop, "branch", "--format=%(refname:short)") == "main"


@pytest.mark.slow
def test_a_workload_that_may_not_be_run_ends_the_session_before_anything_ran(shop: Path) -> None:
    (shop / "bench.py").write_text("import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n")
    git(shop, "commit", "-q", "-am", "a benchmark that leaves a trace")
    session = Session.start(shop, "--ask", "command", named=False)
    asked = session.until("approval", state="asked")["data"]
    assert (asked["kind"], asked["body"], asked["folder"]) == ("command", "python bench.py", str(shop))
    assert say(shop, "reject", asked["id"], "--reason", "it deletes things").code == 0
    assert session.end() == 3
    assert not list(shop.parent.rglob("ran"))
    assert git(shop, "branch", "--format=%(refname:short)") == "main"
    again = Session.start(shop, "--ask", "command", named=False)
    assert again.until("session")["data"]["goes_on"] is False
    assert again.until("approval", state="asked")["data"]["body"] == "python bench.py"
    again.kill()


class Scripted:
    """A person at no terminal, who answers by kind and worker and remembers what was asked."""

    def __init__(self, reject: str) -> None:
        self.reject = reject
        self.asked: list[Pending] = []

    def attend(self, say: Say) -> None:
        """Say nothing on the way."""

    async def ask(self, pending: Pending) -> Answer:
        self.asked.append(pending)
        if pending.question.kind is Kind.SPAWN and pending.question.worker == self.reject:
            return Answer(decision=Decision.REJECT, reason="not this one")
        return Answer(decision=Decision.APPROVE)

    def leave(self) -> None:
        """Have nothing to give back."""


@pytest.mark.slow
@pytest.mark.parametrize("stays", ["", "cpu-2"])
def test_specialists_go_only_where_a_person_agrees_and_each_of_their_fixes_is_asked_about(
    tmp_path: Path, stays: str
) -> None:
    root, person, events = team_shop.make_pair_shop(tmp_path), Scripted(stays), list[Event]()
    bus = Bus(time.time)
    bus.listen(events.append)
    settings = load(asked(root, ask="spawn,experiment,commit"), {})
    backend = ScriptedBackend((team_shop.WORDS, team_shop.SUM))
    assert asyncio.run(run(settings, bus, backend, Terms(person=person))).exit_code == 0
    kinds = [one.question.kind for one in person.asked]
    assert kinds[:2] == [Kind.SPAWN, Kind.SPAWN]
    assert sorted(kinds[2:]) == [Kind.COMMIT, Kind.COMMIT, Kind.EXPERIMENT, Kind.EXPERIMENT]
    workers = {one.question.worker for one in person.asked if one.question.kind is Kind.EXPERIMENT}
    assert workers == ({"cpu-1", "cpu-2"} if not stays else {"cpu-1", ""}), "what nobody went out with is the lead's"
    assert len({one.id for one in person.asked}) == len(person.asked)
    assert not [one for one in events if one.kind is EventKind.FAILED]
    assert {record.verdict.status.value for record in records(root)} == {"keep"}
    assert set(commits(root)) == {"perf: ask a set", "perf: add up one pass"}
    check_nothing_is_under_way(root)
