import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agents.claude._client import Usage
from agents.claude.account import Spent
from orchestrator.approvals.mailbox import Mailbox
from orchestrator.approvals.question import Pending, PendingList, Question
from orchestrator.cli.standing import State, as_dict, as_lines, look
from orchestrator.errors import RecordsDamaged
from orchestrator.ledger import handoff, results_tsv
from orchestrator.ledger.handoff import Handoff, SessionStatus
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.results_tsv import COLUMNS, Row
from orchestrator.policy.asking import Kind
from orchestrator.workspace.lock import SessionLock

Run = Callable[..., subprocess.CompletedProcess[str]]

_HANDOFF = Handoff(
    session="s1",
    status=SessionStatus.INTERRUPTED,
    branch="codeflash/optimize",
    base_commit="a" * 40,
    head_commit="b" * 40,
    workload="python bench.py",
    tests="python -m pytest -q",
    goal="faster",
    updated_at="2026-11-21T10:00:00+00:00",
    experiments=7,
    keeps=2,
    discards=4,
    crashes=1,
    headline="1.4x (29% less time) [0.70, 0.73], 9 pairs",
)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(("git", *arguments), cwd=folder, check=True, capture_output=True)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(root=tmp_path)
    layout.create()
    return layout


def _row(number: int) -> Row:
    cells = {**dict.fromkeys(COLUMNS, ""), "status": "discard", "description": f"experiment {number}"}
    return Row(**cells)


def test_without_a_session_it_says_how_to_begin_and_creates_nothing(tmp_path: Path) -> None:
    standing = look(tmp_path)
    assert standing.state is State.NONE
    assert as_lines(standing) == (f"no session yet in {tmp_path}", f"next: optimize -C {tmp_path}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("written", list(SessionStatus))
def test_every_ended_session_reads_as_it_ended_and_says_what_is_next(layout: Layout, written: SessionStatus) -> None:
    handoff.save(replace(_HANDOFF, status=written), layout.handoff)
    standing = look(layout.root)
    expected = State.KILLED if written is SessionStatus.RUNNING else State(written.value)
    text = "\n".join(as_lines(standing))
    assert standing.state is expected
    assert "7 (2 kept, 4 discarded, 1 crashed)" in text
    assert "[0.70, 0.73], 9 pairs" in text
    assert f"next: optimize -C {layout.root}" in text or "next: optimize doctor" in text or "next: git log" in text


def test_what_was_kept_can_be_taken(repository: Path, tmp_path: Path) -> None:
    layout = Layout(root=repository)
    layout.create()
    _git(repository, "branch", "codeflash/optimize")
    handoff.save(replace(_HANDOFF, status=SessionStatus.DONE), layout.handoff)
    assert any("git merge codeflash/optimize" in line for line in as_lines(look(layout.root)))

    _git(tmp_path, "clone", "-q", str(repository), "clone")
    clone = Layout(root=tmp_path / "clone")
    clone.create()
    clone.handoff.write_bytes(layout.handoff.read_bytes())
    there = look(clone.root)
    assert any("git merge origin/codeflash/optimize" in line for line in as_lines(there))
    assert any("(here as origin/codeflash/optimize)" in line for line in as_lines(there))
    assert as_dict(there)["branch_here"] == "origin/codeflash/optimize"

    handoff.save(replace(_HANDOFF, status=SessionStatus.DONE, keeps=0), layout.handoff)
    assert not any("git merge" in line for line in as_lines(look(layout.root)))


def test_a_branch_that_is_gone_is_not_offered(repository: Path) -> None:
    layout = Layout(root=repository)
    layout.create()
    handoff.save(replace(_HANDOFF, status=SessionStatus.DONE), layout.handoff)
    lines = as_lines(look(layout.root))
    assert not any("git merge" in line for line in lines)
    assert any("not in this repository" in line for line in lines)


def test_the_last_five_experiments_are_shown_newest_last(layout: Layout) -> None:
    layout.results.write_text(results_tsv.render([_row(number) for number in range(1, 8)]))
    handoff.save(_HANDOFF, layout.handoff)
    lines = as_lines(look(layout.root))
    assert "last 5 of 7 experiments:" in lines
    assert [line.rpartition(" ")[2] for line in lines if "discard  " in line] == ["3", "4", "5", "6", "7"]


def test_what_the_models_cost_is_shown_with_what_came_from_the_cache(layout: Layout) -> None:
    usage = Usage(input_tokens=100, output_tokens=50, cache_read_tokens=900)
    spent = Spent(calls=3, unknown_calls=1, usage=usage, usd=0.25)
    handoff.save(replace(_HANDOFF, costs={"lead": spent, "cpu-specialist": spent}), layout.handoff)
    standing = look(layout.root)
    cached = "1,800 of 2,000 prompt tokens from the cache, 90%"
    assert f"  models: all agents: 6 calls, 2,100 tokens ({cached}), $0.5000; 2 of unknown cost" in as_lines(standing)
    costs = as_dict(standing)["costs"]
    assert isinstance(costs, dict)
    assert list(costs) == ["all", "lead", "cpu-specialist"]
    assert costs["all"] == {
        "calls": 6,
        "unknown_calls": 2,
        "input_tokens": 200,
        "output_tokens": 100,
        "cache_read_tokens": 1800,
        "cache_write_tokens": 0,
        "total_tokens": 2100,
        "cache_hit_rate": 0.9,
        "usd": 0.5,
    }


def test_a_session_of_recipes_says_nothing_of_models(layout: Layout) -> None:
    handoff.save(_HANDOFF, layout.handoff)
    assert not any("models" in line for line in as_lines(look(layout.root)))
    assert as_dict(look(layout.root))["costs"] == {}


def test_a_running_session_is_seen_by_its_lock_whatever_the_handoff_says(layout: Layout) -> None:
    handoff.save(replace(_HANDOFF, status=SessionStatus.DONE), layout.handoff)
    with SessionLock(layout.lock, session="s2", started="2026-11-21T10:00:00+00:00"):
        standing = look(layout.root)
        assert standing.state is State.RUNNING
        assert any("optimize stop" in line for line in as_lines(standing))
    assert look(layout.root).state is State.DONE


def test_a_running_session_that_waits_for_an_answer_says_so(layout: Layout) -> None:
    asked = Pending(id="3f52d7b4aa", question=Question(kind=Kind.PUSH, title="push it?", body="git push"))
    with SessionLock(layout.lock, session="s2", started="2026-11-21T10:00:00+00:00"):
        Mailbox(folder=layout.inbox, run="s1").show(PendingList(run="s1", waiting=(asked,)))
        assert look(layout.root).waiting == ()
        Mailbox(folder=layout.inbox, run="s2").show(PendingList(run="s2", waiting=(asked,)))
        standing = look(layout.root)
        assert as_dict(standing)["waiting"] == [{"id": "3f52d7b4aa", "kind": "push"}]
        assert any("optimize approvals" in line for line in as_lines(standing))
    assert look(layout.root).waiting == ()


def test_a_session_killed_before_its_first_handoff_can_go_on(layout: Layout) -> None:
    layout.session_db.touch()
    standing = look(layout.root)
    assert standing.state is State.KILLED
    assert as_lines(standing)[-1].startswith(f"next: optimize -C {layout.root}")


def test_a_damaged_record_is_an_error_that_names_it(layout: Layout) -> None:
    layout.handoff.write_text("garbage")
    with pytest.raises(RecordsDamaged, match=r"HANDOFF\.md"):
        look(layout.root)


def test_programs_get_the_same_as_json(layout: Layout, optimize: Run) -> None:
    handoff.save(_HANDOFF, layout.handoff)
    done = optimize("status", "--json", "-C", str(layout.root))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == as_dict(look(layout.root))
    assert json.loads(done.stdout)["state"] == "interrupted"


def test_text_of_a_handoff_can_not_control_the_terminal(layout: Layout, optimize: Run) -> None:
    handoff.save(replace(_HANDOFF, headline="\x1b[2J\nno session yet"), layout.handoff)
    done = optimize("status", "-C", str(layout.root))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert not any(line.startswith("no session yet") for line in done.stdout.splitlines())


def test_status_works_from_a_folder_below_the_root(repository: Path, optimize: Run) -> None:
    done = optimize("status", cwd=repository / "pkg")
    assert done.stdout.splitlines()[0] == f"no session yet in {repository}"
    assert sys.executable not in done.stdout
