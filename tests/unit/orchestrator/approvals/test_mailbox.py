import os
import threading
from pathlib import Path

import pytest

from orchestrator.approvals import mailbox
from orchestrator.approvals.mailbox import Letter, Mailbox, Reply, post, shown
from orchestrator.approvals.question import Answer, Decision, Pending, PendingList, Question
from orchestrator.policy.asking import Kind
from orchestrator.policy.steering import Word

APPROVED = Answer(decision=Decision.APPROVE)


def answering(box: Mailbox, seen: list[object], *, until: threading.Event) -> None:
    while not until.is_set():
        for one in box.take():
            seen.append(one.letter or one.complaint)
            box.reply(one.name, Reply(is_taken=one.letter is not None, text=one.complaint or "taken"))
        until.wait(0.01)


def exchanged(folder: Path, letter: Letter) -> tuple[Reply | None, list[object]]:
    seen: list[object] = []
    until = threading.Event()
    session = threading.Thread(target=answering, args=(Mailbox(folder=folder, run="r1"), seen), kwargs={"until": until})
    session.start()
    try:
        return post(folder, letter, 10.0), seen
    finally:
        until.set()
        session.join()


@pytest.mark.parametrize(
    "letter",
    [Letter(run="r1", about="abcd", answer=APPROVED), Letter(run="r1", about="pkg/a.py", word=Word.FOCUS)],
)
def test_a_letter_arrives_whole_is_answered_and_leaves_nothing(tmp_path: Path, letter: Letter) -> None:
    reply, seen = exchanged(tmp_path, letter)
    assert reply == Reply(is_taken=True, text="taken")
    assert seen == [letter]
    assert list(tmp_path.iterdir()) == []


def test_a_letter_for_another_run_is_refused(tmp_path: Path) -> None:
    reply, _ = exchanged(tmp_path, Letter(run="r0", word=Word.PAUSE))
    assert reply == Reply(is_taken=False, text="it was meant for a run of the session that is over")


def test_what_nobody_takes_is_taken_back(tmp_path: Path) -> None:
    assert post(tmp_path, Letter(run="r1", word=Word.SKIP), 0.1) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"run": "r1", "answer": {"decision": "maybe"}}',
        '{"run": "r1", "answer": {"decision": "reject"}}',
        '{"run": "r1", "answer": {"decision": "edit", "text": " "}}',
        '{"run": "r1", "word": "explode"}',
        '{"run": "r1", "word": "pause", "more": 1}',
        "[" * 100_000,
        "\x00\xff",
    ],
)
def test_what_is_no_letter_is_said_and_removed(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.letter").write_text(text)
    (found,) = Mailbox(folder=tmp_path, run="r1").take()
    assert (found.letter, found.complaint.startswith("it can't be read")) == (None, True)
    assert list(tmp_path.iterdir()) == []


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    box = tmp_path / "inbox"
    box.mkdir()
    (tmp_path / "secret").write_text('{"run": "r1", "word": "pause"}')
    (box / "a.letter").symlink_to(tmp_path / "secret")
    os.mkfifo(box / "b.letter")
    assert [one.letter for one in Mailbox(folder=box, run="r1").take()] == [None, None]
    assert (tmp_path / "secret").exists()


def test_a_file_of_somebody_else_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.letter").write_text('{"run": "r1", "word": "pause"}')
    monkeypatch.setattr(mailbox.os, "geteuid", lambda: os.getuid() + 1)
    (found,) = Mailbox(folder=tmp_path, run="r1").take()
    assert "own user" in found.complaint


def test_what_a_repository_brings_along_is_removed_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.letter").write_text('{"run": "r1", "word": "pause"}')
    box = Mailbox(folder=tmp_path, run="r1")
    box.empty()
    assert list(box.take()) == []


def test_what_waits_is_shown_to_others_as_it_is(tmp_path: Path) -> None:
    waiting = PendingList(run="r1", waiting=(Pending(id="ab" * 16, question=Question(kind=Kind.PUSH, title="t")),))
    Mailbox(folder=tmp_path, run="r1").show(waiting)
    assert shown(tmp_path) == waiting
    (tmp_path / "pending.json").write_text("{}")
    assert shown(tmp_path) is None
