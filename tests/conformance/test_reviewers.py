"""What every reviewer must do, whoever it is: the embedded one, and Claude beside it, well or not to be reached."""

from pathlib import Path

import pytest

from agents.claude.account import Account
from agents.claude.desk import Desk
from agents.claude.models import load as load_models
from agents.claude.reviewer import ClaudeReviewer
from agents.claude.scripted import Fault, Step
from agents.specialists.reviewer import INVESTIGATE, ChangedFile, Reviewer, static_review
from tests.fakes.claude_player import approve, scripted

BEFORE = "def f(x):\n    return x + 1\n"
HONEST = ChangedFile(file="m.py", before=BEFORE, after="def f(x):\n    return 1 + x\n")
CACHED = ChangedFile(file="m.py", before=BEFORE, after=f"from functools import cache\n\n\n@cache\n{BEFORE}")


def _claude(folder: Path, answer: Step) -> Reviewer:
    models = load_models()
    account = Account(folder / "calls", models)
    return ClaudeReviewer(desk=Desk(client=scripted(lambda _: answer), account=account, models=models, folder=folder))


@pytest.fixture(params=["embedded", "claude", "claude, refused"])
def reviewer(request: pytest.FixtureRequest, tmp_path: Path) -> Reviewer:
    if request.param == "embedded":
        return static_review
    return _claude(tmp_path, approve() if request.param == "claude" else Fault(status=401))


def test_no_change_is_approved(reviewer: Reviewer, tmp_path: Path) -> None:
    assert reviewer((), lambda: tmp_path).verdict == "approve"


def test_an_honest_change_is_approved(reviewer: Reviewer, tmp_path: Path) -> None:
    found = reviewer((HONEST,), lambda: tmp_path)
    assert (found.verdict, found.findings) == ("approve", ())


def test_what_a_check_of_ours_shows_is_found_whatever_else_is_said(reviewer: Reviewer, tmp_path: Path) -> None:
    found = reviewer((CACHED,), lambda: tmp_path)
    assert found.verdict == "needs-attention"
    assert [one.check for one in found.findings] == ["unbounded cache"]


def test_a_finding_names_a_file_of_the_diff_lines_of_its_new_text_and_what_to_do(
    reviewer: Reviewer, tmp_path: Path
) -> None:
    for one in reviewer((CACHED, HONEST), lambda: tmp_path).findings:
        assert one.file in {CACHED.file, HONEST.file}
        assert 1 <= one.lines[0] <= one.lines[1] <= len(CACHED.after.splitlines())
        assert one.claim
        assert one.recommendation
        assert 0 <= one.confidence <= 1


def test_the_verdict_follows_from_the_findings(reviewer: Reviewer, tmp_path: Path) -> None:
    for changes in ((), (HONEST,), (CACHED,)):
        found = reviewer(changes, lambda: tmp_path)
        doubted = any(one.confidence >= INVESTIGATE for one in found.findings)
        assert (found.verdict == "needs-attention") is doubted
