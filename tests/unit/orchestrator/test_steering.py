from pathlib import Path
from typing import Any

import pytest

from orchestrator.policy.steering import Course, Word
from orchestrator.steering import NotNow, Skipped, Steering, Turn, is_left_alone


class Hands:
    """Processes that remember what was asked of them."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def stop(self) -> None:
        self.calls.append("stop")

    def go_on(self) -> None:
        self.calls.append("go on")


def chosen(digest: str, file: str = "pkg/a.py", qualname: str = "Shop.total") -> Any:
    return {"place_digest": digest, "file": file, "qualname": qualname, "source": "recipe:x"}


def steering(tmp_path: Path, told: list[tuple[Word, str]] | None = None) -> Steering:
    heard = told if told is not None else []
    return Steering.resumed("s", tmp_path / "steering.json", lambda word, _, effect: heard.append((word, effect)))


def busy(one: Steering, worker: str, digest: str, **place: str) -> tuple[Turn, Hands]:
    hands = Hands()
    turn = one.turn(worker, hands)
    turn.begin(chosen(digest, **place))
    return turn, hands


def test_skipping_ends_every_experiment_under_way_and_its_processes_start_again_after_it(tmp_path: Path) -> None:
    told: list[tuple[Word, str]] = []
    one = steering(tmp_path, told)
    turns = [busy(one, "cpu-1", "p"), busy(one, "cpu-2", "q")]
    one.say(Word.SKIP)
    for turn, hands in turns:
        assert (turn.is_skipped, hands.calls) == (True, ["stop"])
        turn.end()
        assert hands.calls == ["stop", "go on"]
        assert not turn.is_skipped
    assert [word for word, _ in told] == [Word.SKIP]


def test_one_worker_is_skipped_by_name_and_the_one_beside_goes_on(tmp_path: Path) -> None:
    one = steering(tmp_path)
    (first, hands), (second, others) = busy(one, "cpu-1", "p"), busy(one, "cpu-2", "q")
    one.say(Word.SKIP, "cpu-1")
    assert (first.is_skipped, second.is_skipped) == (True, False)
    assert (hands.calls, others.calls) == (["stop"], [])


@pytest.mark.parametrize("where", ["total", "Shop.total", "pkg/a.py", "pkg", "pkg/*.py"])
def test_a_place_is_left_alone_and_what_is_under_way_there_is_ended(tmp_path: Path, where: str) -> None:
    one = steering(tmp_path)
    turn, _ = busy(one, "", "p")
    one.say(Word.SKIP, where)
    assert turn.is_skipped
    assert is_left_alone(one.course, chosen("another"))
    assert not is_left_alone(one.course, chosen("another", file="other.py", qualname="f"))


def test_nothing_can_be_skipped_between_experiments(tmp_path: Path) -> None:
    one = steering(tmp_path)
    turn, hands = busy(one, "", "p")
    turn.end()
    with pytest.raises(NotNow, match="no experiment is under way"):
        one.say(Word.SKIP)
    assert hands.calls == []


def test_what_was_skipped_before_a_crash_is_not_begun_again(tmp_path: Path) -> None:
    one = steering(tmp_path)
    busy(one, "", "p")
    one.say(Word.SKIP)
    with pytest.raises(Skipped):
        busy(steering(tmp_path), "", "p")


def test_all_but_a_pause_is_kept_over_an_interruption_of_the_same_session(tmp_path: Path) -> None:
    one = steering(tmp_path)
    for word, where in ((Word.FOCUS, "pkg"), (Word.SKIP, "legacy"), (Word.FINISH, ""), (Word.PAUSE, "")):
        one.say(word, where)
    assert steering(tmp_path).course == Course(session="s", focus="pkg", avoided=("legacy",), is_finishing=True)
    another = Steering.resumed("t", tmp_path / "steering.json", lambda *_: None)
    assert another.course == Course(session="t")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"session": 3}'])
def test_a_damaged_note_of_what_was_said_is_no_note(tmp_path: Path, content: str) -> None:
    (tmp_path / "steering.json").write_text(content)
    assert steering(tmp_path).course == Course(session="s")


def test_only_what_is_paused_goes_on(tmp_path: Path) -> None:
    one = steering(tmp_path)
    with pytest.raises(NotNow, match="not paused"):
        one.say(Word.CONTINUE)
    one.say(Word.PAUSE)
    one.say(Word.CONTINUE)
    assert not one.course.is_paused


def test_a_focus_with_nothing_left_is_told_once_and_dropped(tmp_path: Path) -> None:
    told: list[tuple[Word, str]] = []
    one = steering(tmp_path, told)
    one.say(Word.FOCUS, "  pkg/a.py\n")
    one.missed()
    assert one.course.focus == ""
    assert told[-1] == (Word.FOCUS, "nothing is left to try at pkg/a.py: the best of all comes next")


def test_an_endless_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotNow, match="301 characters"):
        steering(tmp_path).say(Word.FOCUS, "x" * 301)
