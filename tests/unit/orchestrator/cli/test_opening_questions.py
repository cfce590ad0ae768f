from pathlib import Path

import pytest

from orchestrator.cli.opening_questions import Unanswered, answers, openings, screen
from orchestrator.errors import SettingsError
from orchestrator.settings import load

FOUND = ("python bench_a.py", "python bench_b.py")


def asked(tmp_path: Path, *workloads: str, **flags: object) -> list[str]:
    return [one.setting for one in openings(load({"repo": tmp_path, **flags}, {}), workloads)]


def test_at_most_four_are_asked_each_with_a_default(tmp_path: Path) -> None:
    found = openings(load({"repo": tmp_path}, {}), FOUND)
    assert [one.setting for one in found] == ["workload", "domain", "time_limit_s", "ask"]
    assert screen(found).count("*") == len(found) + 1
    assert answers(found, "\n") == {"workload": FOUND[0], "time_limit_s": "1h", "ask": "needed"}


def test_what_options_answer_is_not_asked(tmp_path: Path) -> None:
    assert asked(tmp_path, *FOUND, workload="python x.py", goal="faster", time_limit_s="5m", ask="none") == []
    assert asked(tmp_path, "python only.py", domain="cpu") == ["time_limit_s", "ask"]


def test_one_line_answers_several_and_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    found = openings(load({"repo": tmp_path}, {}), FOUND)
    assert answers(found, '2c 1="python -m bench 3" 3=25m 4b\n') == {
        "workload": "python -m bench 3",
        "domain": "memory",
        "time_limit_s": "25m",
        "ask": "all",
    }


@pytest.mark.parametrize("typed", ["yes", "5a", "2f", "2=speed", "1c", '1="', "0a"])
def test_what_is_no_answer_is_refused_with_the_word(tmp_path: Path, typed: str) -> None:
    with pytest.raises(Unanswered):
        answers(openings(load({"repo": tmp_path}, {}), FOUND), typed)


def test_every_choice_is_a_value_its_setting_can_have(tmp_path: Path) -> None:
    for question in openings(load({"repo": tmp_path}, {}), FOUND):
        for choice in question.choices:
            taken = load({"repo": tmp_path, question.setting: choice.value}, {})
            assert (getattr(taken, question.setting) is not None) == bool(choice.value)


def test_a_repository_can_not_say_what_a_person_is_asked(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.optimize]\nask = "none"\n')
    with pytest.raises(SettingsError, match="the person's to give"):
        load({"repo": tmp_path}, {})


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ask can't be 'merge'") as refused:
        load({"repo": tmp_path, "ask": "merge"}, {})
    assert "spawn, experiment, command, commit, push" in refused.value.hint
