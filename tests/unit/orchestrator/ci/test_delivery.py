import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.ci.delivery import PATCH, Delivery
from orchestrator.ci.ground import stand
from orchestrator.ledger.layout import Layout
from orchestrator.workspace.repository import Repository


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Someone", "-c", "user.email=someone@localhost", "-c", "commit.gpgSign=false")
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def committed(root: Path, name: str, text: str) -> str:
    (root / name).write_text(text)
    git(root, "add", name)
    git(root, "commit", "-qm", f"change {name}")
    return git(root, "rev-parse", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A checkout, its remote, and a commit with a fix that is on no branch."""

    root: Path
    remote: Path
    head: str
    fix: str

    def delivery(self, *, dry_run: bool = False) -> Delivery:
        repository = Repository.open(self.root)
        layout = Layout(root=self.root)
        layout.create()
        return Delivery(repository=repository, layout=layout, ground=stand(repository, None, None, dry_run=dry_run))

    def pushed(self) -> str:
        return git(self.remote, "rev-parse", "refs/heads/feature")

    def elsewhere(self, name: str, text: str) -> str:
        """Somebody pushes to the branch meanwhile."""
        other = self.root.parent / "other"
        git(self.root.parent, "clone", "-q", "--branch", "feature", str(self.remote), str(other))
        commit = committed(other, name, text)
        git(other, "push", "-q", "origin", "feature")
        return commit


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root, remote = tmp_path / "root", tmp_path / "remote.git"
    root.mkdir()
    git(root, "init", "-q", "-b", "feature")
    head = committed(root, "a.py", "a = 1\n")
    git(tmp_path, "clone", "-q", "--bare", str(root), str(remote))
    git(root, "remote", "add", "origin", str(remote))
    git(root, "checkout", "-q", "--detach")
    fix = committed(root, "a.py", "a = 2\n")
    git(root, "checkout", "-q", "feature")
    return Place(root=root, remote=remote, head=head, fix=fix)


def test_the_fixes_are_committed_pushed_and_kept_as_a_patch(place: Place) -> None:
    said = place.delivery().deliver(place.fix, dry_run=False)

    assert said == "Pushed to feature."
    assert place.pushed() == git(place.root, "rev-parse", "feature") == place.fix
    git(place.root, "checkout", "-q", place.head)
    git(place.root, "apply", "--check", f".codeflash/reports/{PATCH}")


def test_a_dry_run_leaves_the_patch_and_nothing_else(place: Place) -> None:
    said = place.delivery(dry_run=True).deliver(place.fix, dry_run=True)

    assert "dry run" in said
    assert place.pushed() == git(place.root, "rev-parse", "feature") == place.head


def test_a_branch_that_was_moved_gets_the_fixes_on_top_of_what_came(place: Place) -> None:
    theirs = place.elsewhere("b.py", "b = 1\n")

    said = place.delivery().deliver(place.fix, dry_run=False)

    assert "onto commits that came meanwhile" in said
    assert git(place.remote, "rev-parse", "refs/heads/feature^") == theirs
    assert git(place.remote, "show", "refs/heads/feature:a.py") == "a = 2"
    assert git(place.root, "worktree", "list").count("\n") == 0


def test_fixes_that_conflict_with_what_came_meanwhile_stay_a_patch(place: Place) -> None:
    theirs = place.elsewhere("a.py", "a = 3\n")

    said = place.delivery().deliver(place.fix, dry_run=False)

    assert "conflict with it" in said
    assert PATCH in said
    assert place.pushed() == theirs
    assert git(place.root, "worktree", "list").count("\n") == 0


def test_what_a_remote_says_when_it_refuses_is_told(place: Place) -> None:
    hook = place.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'this branch is protected' >&2\nexit 1\n")
    hook.chmod(0o755)

    said = place.delivery().deliver(place.fix, dry_run=False)

    assert said.startswith("Not pushed: remote: this branch is protected")
    assert place.pushed() == place.head


def test_a_remote_that_is_gone_costs_the_push_alone(place: Place) -> None:
    git(place.root, "remote", "set-url", "origin", str(place.root.parent / "nowhere.git"))

    said = place.delivery().deliver(place.fix, dry_run=False)

    assert said.startswith("Not pushed: fatal:")
    assert git(place.root, "rev-parse", "feature") == place.fix


def test_without_a_remote_the_commits_stay_here(place: Place) -> None:
    git(place.root, "remote", "remove", "origin")

    assert "there is no remote" in place.delivery().deliver(place.fix, dry_run=False)


def test_uncommitted_work_stays_in_its_files_and_what_could_not_be_joined_is_said(place: Place) -> None:
    (place.root / "note.txt").write_text("mine")
    (place.root / "a.py").write_text("a = 9  # mine\n")

    said = place.delivery().deliver(place.fix, dry_run=False)

    assert (place.root / "note.txt").read_text() == "mine"
    assert (place.root / "a.py").read_text() == "a = 9  # mine\n"
    assert said.startswith("Pushed to feature. uncommitted work in a.py could not be joined")


def test_what_was_kept_and_undone_again_is_not_delivered(place: Place) -> None:
    git(place.root, "checkout", "-q", "--detach", place.fix)
    useless = committed(place.root, "b.py", "b = 1\n")
    git(place.root, "revert", "--no-edit", useless)
    result = git(place.root, "rev-parse", "HEAD")
    git(place.root, "checkout", "-q", "feature")

    tidied = place.delivery().tidied(result, [place.fix])

    assert git(place.root, "rev-parse", f"{tidied}^{{tree}}") == git(place.root, "rev-parse", f"{result}^{{tree}}")
    assert git(place.root, "rev-list", "--count", f"{place.head}..{tidied}") == "1"
