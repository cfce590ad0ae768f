from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestrator.errors import NotWritable, RecordsDamaged
from orchestrator.workspace.checkout import fast_forward, overlap
from orchestrator.workspace.commands import Git, Output
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.shelf import give_back_leftovers, leftovers, put_aside

Run = Callable[..., str]
Commit = Callable[..., str]

FIRST = "a = 1\n\n\n\n\nb = 2\n"
FASTER = "a = 100\n\n\n\n\nb = 2\n"


@pytest.fixture
def git(root: Path) -> Git:
    return Git(folder=root)


@pytest.fixture
def ahead(root: Path, run: Run, commit: Commit) -> str:
    """A commit ahead of main that changes app.py and adds two files."""
    run(root, "checkout", "--quiet", "--detach")
    made = commit(root, app_py=FASTER, added_py="theirs\n", deep__new_py="theirs\n")
    run(root, "checkout", "--quiet", "main")
    return made


def _status(root: Path, run: Run) -> set[str]:
    return set(run(root, "status", "--porcelain").split("\n"))


def test_changes_to_other_lines_are_joined(git: Git, root: Path, ahead: str, run: Run) -> None:
    (root / "app.py").write_text("a = 1\n\n\n\n\nb = 3\n")

    given = fast_forward(git, ahead, "s1")

    assert given is not None
    assert (given.paths, given.conflicts, given.advice) == (("app.py",), (), "")
    assert (root / "app.py").read_text() == "a = 100\n\n\n\n\nb = 3\n"
    assert run(root, "rev-parse", "main") == ahead
    assert _status(root, run) == {" M app.py"}
    assert run(root, "for-each-ref", "refs/codeflash") == ""


def test_what_was_staged_is_staged_again(git: Git, root: Path, ahead: str, run: Run) -> None:
    (root / "app.py").write_text("a = 1\n\n\n\n\nb = 3\n")
    run(root, "add", "app.py")

    fast_forward(git, ahead, "s1")

    assert _status(root, run) == {"M  app.py"}


def test_what_was_staged_and_changed_again_comes_back_in_both_places(
    git: Git, root: Path, ahead: str, run: Run
) -> None:
    (root / "app.py").write_text("a = 1\n\n\n\n\nb = 3\n")
    run(root, "add", "app.py")
    (root / "app.py").write_text(FIRST)

    given = fast_forward(git, ahead, "s1")

    assert given is not None
    assert given.conflicts == ()
    assert run(root, "show", ":app.py") == "a = 100\n\n\n\n\nb = 3"
    assert (root / "app.py").read_text() == FASTER


def test_a_staged_change_that_can_not_be_joined_is_kept_under_a_ref(git: Git, root: Path, ahead: str, run: Run) -> None:
    (root / "app.py").write_text("a = 7\n\n\n\n\nb = 2\n")
    run(root, "add", "app.py")
    (root / "app.py").write_text(FIRST)

    given = fast_forward(git, ahead, "s1")

    assert given is not None
    assert given.conflicts == ("app.py",)
    assert run(root, "show", f"{given.kept_ref}^2:app.py") == "a = 7\n\n\n\n\nb = 2"
    assert (root / "app.py").read_text() == FASTER


def test_a_link_changed_on_both_sides_stays_the_users(git: Git, root: Path, run: Run, commit: Commit) -> None:
    (root / "link").symlink_to("app.py")
    commit(root)
    run(root, "checkout", "--quiet", "--detach")
    (root / "link").unlink()
    (root / "link").symlink_to("pkg/core.py")
    theirs = commit(root)
    run(root, "checkout", "--quiet", "main")
    (root / "link").unlink()
    (root / "link").symlink_to("elsewhere")

    given = fast_forward(git, theirs, "s1")

    assert given is not None
    assert given.conflicts == ("link",)
    assert (root / "link").readlink() == Path("elsewhere")


def test_changes_to_the_same_lines_stay_the_users_and_nothing_is_lost(
    git: Git, root: Path, ahead: str, run: Run
) -> None:
    (root / "app.py").write_text("a = 7\n\n\n\n\nb = 2\n")

    given = fast_forward(git, ahead, "s1")

    assert given is not None
    assert given.conflicts == ("app.py",)
    assert (root / "app.py").read_text() == "a = 7\n\n\n\n\nb = 2\n"
    assert run(root, "rev-parse", "HEAD") == ahead
    assert run(root, "show", f"{given.kept_ref}:app.py") == "a = 7\n\n\n\n\nb = 2"
    assert f"git show {given.kept_ref}:PATH" in given.advice
    assert run(root, "show", f"{given.kept_ref}^2:app.py") == FIRST.rstrip()
    assert leftovers(git) == ()


def test_an_untracked_or_ignored_file_in_the_way_is_not_overwritten(git: Git, root: Path, ahead: str, run: Run) -> None:
    (root / ".git/info/exclude").write_text("added.py\n")
    (root / "added.py").write_text("mine, ignored\n")
    (root / "deep").write_text("mine, where a folder must be\n")

    given = fast_forward(git, ahead, "s1")

    assert given is not None
    assert given.conflicts == ("added.py", "deep")
    assert (root / "added.py").read_text() == "mine, ignored\n"
    assert (root / "deep/new.py").read_text() == "theirs\n"
    assert run(root, "show", f"{given.kept_ref}:deep") == "mine, where a folder must be"


def test_untracked_files_that_are_the_same_are_no_conflict(git: Git, root: Path, ahead: str, run: Run) -> None:
    (root / "added.py").write_text("theirs\n")
    (root / "app.py").unlink()

    given = fast_forward(git, ahead, "s1")

    assert given is not None
    assert given.conflicts == ("app.py",)
    assert not (root / "app.py").exists()
    assert _status(root, run) == {" D app.py"}


def test_files_that_do_not_overlap_are_not_even_touched(git: Git, root: Path, ahead: str) -> None:
    (root / "pkg/core.py").write_text("mine\n")
    (root / "untracked").touch()
    before = (root / "pkg/core.py").stat().st_mtime_ns

    assert overlap(git, ahead) == ()
    assert fast_forward(git, ahead, "s1") is None
    assert (root / "pkg/core.py").stat().st_mtime_ns == before


def test_a_merge_under_way_stops_it_with_everything_as_before(
    git: Git, root: Path, ahead: str, run: Run, commit: Commit
) -> None:
    run(root, "checkout", "--quiet", "-b", "other")
    commit(root, app_py="a = 5\n")
    run(root, "checkout", "--quiet", "main")
    commit(root, app_py="a = 6\n")
    git.run("merge", "other", accept=(1,))
    before = (root / "app.py").read_text()

    with pytest.raises(NotWritable, match="a merge is under way"):
        put_aside(git, "s1", ("app.py",))
    assert (root / "app.py").read_text() == before


def test_a_commit_that_does_not_follow_is_refused_and_the_work_is_back(
    git: Git, root: Path, ahead: str, run: Run, commit: Commit
) -> None:
    commit(root, pkg__core_py="moved on\n")
    (root / "app.py").write_text("mine\n")

    with pytest.raises(NotWritable, match="can't be moved forward"):
        fast_forward(git, ahead, "s1")

    assert (root / "app.py").read_text() == "mine\n"
    assert _status(root, run) == {" M app.py"}
    assert leftovers(git) == ()


def test_work_of_a_killed_session_is_not_put_on_another_history(
    git: Git, root: Path, ahead: str, run: Run, commit: Commit
) -> None:
    run(root, "checkout", "--quiet", "-b", "other")
    commit(root, pkg__core_py="other\n")
    (root / "app.py").write_text("mine\n")
    put_aside(git, "s1", ("app.py",))
    run(root, "checkout", "--quiet", "main")

    (given,) = give_back_leftovers(git)

    assert given.elsewhere
    assert "another history is checked out" in given.advice
    assert (root / "app.py").read_text() == FIRST
    assert run(root, "show", f"{given.kept_ref}:app.py") == "mine"


def test_edits_made_after_the_kill_are_not_overwritten(git: Git, root: Path, run: Run) -> None:
    (root / "app.py").write_text("mine\n")
    put_aside(git, "s1", ("app.py",))
    (root / "app.py").write_text("mine, typed again\n")

    (given,) = give_back_leftovers(git)

    assert given.conflicts == ("app.py",)
    assert (root / "app.py").read_text() == "mine, typed again\n"
    assert run(root, "show", f"{given.kept_ref}:app.py") == "mine"


def test_the_shelf_of_another_checkout_is_left_to_it(git: Git, root: Path, tmp_path: Path, run: Run) -> None:
    run(root, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    (root / "app.py").write_text("mine\n")
    put_aside(git, "s1", ("app.py",))

    assert give_back_leftovers(Git(folder=(tmp_path / "side").resolve())) == ()
    assert len(give_back_leftovers(git)) == 1
    assert (root / "app.py").read_text() == "mine\n"


def test_a_foreign_ref_under_our_name_is_said_and_kept(git: Git, root: Path, run: Run) -> None:
    run(root, "update-ref", "refs/codeflash/shelf/x", "HEAD")

    with pytest.raises(RecordsDamaged, match="refs/codeflash/shelf/x does not hold"):
        leftovers(git)
    assert run(root, "for-each-ref", "refs/codeflash/shelf/x") != ""


def test_links_modes_and_odd_names_come_back_as_they_were(git: Git, root: Path, run: Run) -> None:
    (root / "run me\n.sh").write_text("#!/bin/sh\n")
    (root / "run me\n.sh").chmod(0o755)
    (root / "link").symlink_to("app.py")
    paths = ("link", "run me\n.sh")

    put_aside(git, "s1", paths)
    assert not (root / "link").is_symlink()
    give_back_leftovers(git)

    assert (root / "link").readlink() == Path("app.py")
    assert (root / "run me\n.sh").stat().st_mode & 0o100


class Killed(BaseException):
    """Stands for kill -9: nothing after it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MortalGit(Git):
    """Git that dies before its n-th command and does nothing from then on."""

    lives: list[int] = field(default_factory=list)

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        accept: tuple[int, ...] = (0,),
        timeout_s: float = 60,
    ) -> Output:
        self.lives[0] -= 1
        if self.lives[0] < 0:
            raise Killed
        return Git(folder=self.folder).run(*arguments, stdin=stdin, env=env, accept=accept, timeout_s=timeout_s)


def _survives(root: Path, ahead: str, run: Run, moments: range) -> int:
    """Kill a move forward before its n-th git command, for each n, and return how many kills there were."""
    git, start = Git(folder=root), run(root, "rev-parse", "main")

    def prepare() -> None:
        run(root, "reset", "--quiet", "--hard", start)
        (root / "app.py").write_text("a = 1\n\n\n\n\nb = 3\n")
        run(root, "add", "app.py")
        (root / "app.py").write_text("a = 1\n\n\n\n\nb = 4\n")
        (root / "added.py").write_text("theirs\n")

    deaths = 0
    for lives in moments:
        prepare()
        try:
            fast_forward(MortalGit(folder=root, lives=[lives]), ahead, f"s{lives}")
        except Killed:
            deaths += 1
        else:
            break
        give_back_leftovers(git)
        expected = {FIRST: "a = 1\n\n\n\n\nb = 4\n", FASTER: "a = 100\n\n\n\n\nb = 4\n"}
        assert (root / "app.py").read_text() == expected[run(root, "show", "HEAD:app.py") + "\n"], lives
        assert (root / "added.py").read_text() == "theirs\n"
        assert run(root, "for-each-ref", "refs/codeflash") == ""
        fast_forward(git, ahead, "again")
        assert (root / "app.py").read_text() == "a = 100\n\n\n\n\nb = 4\n"
    return deaths


def test_a_kill_at_any_moment_loses_nothing(root: Path, ahead: str, run: Run) -> None:
    assert _survives(root, ahead, run, range(2, 200, 7)) > 5


@pytest.mark.slow
def test_a_kill_before_every_single_command_loses_nothing(root: Path, ahead: str, run: Run) -> None:
    assert _survives(root, ahead, run, range(200)) > 30


def test_a_repository_opens_with_a_shelf_in_it(repository: Repository, root: Path) -> None:
    (root / "app.py").write_text("mine\n")
    put_aside(repository.git, "s1", ("app.py",))

    assert Repository.open(root).uncommitted() == ()
    assert [shelf.paths for shelf in leftovers(repository.git)] == [("app.py",)]
