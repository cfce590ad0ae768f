import subprocess
from pathlib import Path

import pytest

from orchestrator.approvals.edited_diff import BadEdit
from orchestrator.approvals.question import Answer, Decision
from orchestrator.pushing import Destination, Pusher
from orchestrator.workspace.repository import Repository

BRANCH = "codeflash/optimize"


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Someone", "-c", "user.email=someone@localhost")
    done = subprocess.run(["git", "-C", str(root), *who, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def pusher(tmp_path: Path) -> Pusher:
    """Return who pushes from a repository with two commits and a bare remote beside it."""
    root = tmp_path / "work"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    for name in ("one", "two"):
        git(root, "commit", "-q", "--allow-empty", "-m", name)
    return Pusher(repository=Repository.open(root), branch=BRANCH)


def edited(text: str) -> Answer:
    return Answer(decision=Decision.EDIT, text=text)


def test_what_is_asked_names_every_commit(pusher: Pusher) -> None:
    base, head = (pusher.repository.resolve(one) for one in ("HEAD^", "HEAD"))
    assert pusher.commits(base, head) == (f"{head[:10]} two",)
    assert pusher.remote() == "origin"


def test_only_what_was_agreed_to_is_pushed(pusher: Pusher, tmp_path: Path) -> None:
    head = pusher.repository.resolve("HEAD")
    assert pusher.target("origin", Answer(decision=Decision.REJECT, reason="no")) is None
    target = pusher.target("origin", edited("origin mine/faster\n"))
    assert target == Destination(remote="origin", branch="mine/faster")
    assert pusher.push(head, target) == "pushed to origin as mine/faster"
    assert git(tmp_path / "remote.git", "for-each-ref", "--format=%(refname) %(objectname)") == (
        f"refs/heads/mine/faster {head}"
    )


@pytest.mark.parametrize(
    "text", ["elsewhere main", "origin", "origin a b", "origin --force", "origin a..b", "ssh://x main"]
)
def test_a_place_that_is_no_remote_and_branch_is_refused(pusher: Pusher, text: str) -> None:
    with pytest.raises(BadEdit):
        pusher.target("origin", edited(text))


def test_a_remote_that_has_moved_is_never_forced(pusher: Pusher, tmp_path: Path) -> None:
    first, second = (pusher.repository.resolve(one) for one in ("HEAD^", "HEAD"))
    target = Destination(remote="origin", branch=BRANCH)
    pusher.push(second, target)
    said = pusher.push(first, target)
    assert said.startswith("not pushed to origin")
    assert f"git push origin {BRANCH}:{BRANCH}" in said
    assert git(tmp_path / "remote.git", "rev-parse", BRANCH) == second


def test_a_repository_without_a_remote_has_nothing_to_ask(pusher: Pusher) -> None:
    git(pusher.repository.root, "remote", "remove", "origin")
    assert pusher.remote() == ""
