"""The session's branch: made, advanced, tagged; its commits hold named files and pass the project's hooks."""

from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import SettingsError, TargetError, UsageError
from orchestrator.workspace.checkout import checked_out_at, fast_forward
from orchestrator.workspace.commands import Git, Output
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.shelf import GivenBack
from orchestrator.workspace.worktree import Worktree

SESSION_BRANCH = "codeflash/optimize"
FALLBACK_NAME = "optimize"
FALLBACK_ADDRESS = "optimize@localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A commit was made.

    Attributes:
        commit: its full hash.
        changed_by_hooks: named files whose committed content is not what was handed in (a formatter ran): what was
            measured is no longer exactly what is committed.
        output: what the hooks and git printed.
    """

    commit: str
    changed_by_hooks: tuple[str, ...]
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No commit was made: nothing was changed, or the project's hooks did not let it pass.

    Attributes:
        reason: one sentence; output: what the hooks and git printed.
    """

    reason: str
    output: str


def ensure(repository: Repository, branch: str, start: str) -> str:
    """Return the commit a branch points at; it is made at `start` when there is none of that name.

    Raises:
        SettingsError: git does not take the name.
        UsageError: `start` names no commit.
    """
    if repository.git.run("check-ref-format", f"refs/heads/{branch}", accept=(0, 1)).exit_code:
        raise SettingsError(f"{branch!r} can't be the name of a branch", hint="for example: codeflash/optimize")
    found = repository.branch_head(branch)
    if found is not None:
        return found
    commit = repository.resolve(start)
    _move(repository.git, f"refs/heads/{branch}", new=commit, old=None)
    return commit


def remote_heads(repository: Repository, branch: str) -> dict[str, str]:
    """Return the full hash of a branch as each remote was last seen to have it, by `<remote>/<branch>`."""
    command = ("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", f"refs/remotes/*/{branch}")
    pairs = (line.partition(" ") for line in repository.git.run(*command).text.splitlines())
    return {name: commit for commit, _, name in pairs}


def advance(repository: Repository, branch: str, *, new: str, old: str, session: str) -> GivenBack | None:
    """Move a branch from `old` to `new`, and the checkout that has it checked out along with it.

    Args:
        repository: the user's.
        branch: local branch.
        new: full hash, a descendant of `old`.
        old: full hash the branch must still point at. When it already points at `new`, nothing happens.
        session: names the shelf where uncommitted work must be put aside.

    Returns:
        What became of uncommitted work that had to be put aside, None when none had to.

    Raises:
        UsageError: the branch was moved by somebody else.
        NotWritable: the checkout can't be moved.
    """
    found = repository.branch_head(branch)
    if found == new:
        return None
    if found != old or not repository.is_ancestor(old, new):
        where = found[:12] if found else "nothing"
        hint = f"the session's commit is {new}: git log {branch} shows who moved it; then run optimize again"
        raise UsageError(f"{branch} points at {where}, not at {old[:12]}, from which {new[:12]} follows", hint=hint)
    checkout = checked_out_at(repository, branch)
    if checkout is not None:
        return fast_forward(Git(folder=checkout), new, session)
    _move(repository.git, f"refs/heads/{branch}", new=new, old=old)
    return None


def delete(repository: Repository, branch: str) -> None:
    """Delete a local branch; nothing happens when there is none."""
    repository.git.run("update-ref", "-d", f"refs/heads/{branch}")


def commit_files(worktree: Worktree, files: tuple[str, ...], message: str) -> Committed | Refused:
    """Commit exactly the named files on the worktree's detached HEAD, through the project's hooks.

    A hook that fails because it rewrote named files (a formatter) is given one more go with what it wrote.

    Args:
        worktree: where the change stands.
        files: relative to its root; deleted ones count.
        message: whole text.

    Raises:
        TargetError: a run left a branch checked out in the worktree.
    """
    if not files:
        return Refused(reason="no file was named", output="")
    git = worktree.git
    if git.run("symbolic-ref", "--quiet", "HEAD", accept=(0, 1)).exit_code == 0:
        raise TargetError(f"a branch is checked out in {worktree.path}", hint="reset the worktree before committing")
    parent, handed_in = worktree.head_commit(), _contents(worktree.path, files)
    git.run("add", "--all", "--", *files)
    if not git.run("diff", "--cached", "--quiet", accept=(0, 1)).exit_code:
        return Refused(reason="none of the named files is changed", output="")
    output = _commit(git, message)
    if output.exit_code and _contents(worktree.path, files) != handed_in:
        git.run("add", "--all", "--", *files)
        output = _commit(git, message)
    said = f"{output.text}\n{output.stderr}".strip()
    if output.exit_code:
        return Refused(reason=f"the commit was refused (exit {output.exit_code}): {_last_line(said)}", output=said)
    return _checked(worktree, parent, handed_in, said)


def tag(repository: Repository, name: str, commit: str) -> None:
    """Make a lightweight tag; the same one again is no error.

    Raises:
        UsageError: there is such a tag on another commit.
    """
    wanted = repository.resolve(commit)
    found = repository.git.run("rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}", accept=(0, 1)).text
    if found and found != wanted:
        hint = f"if it is no longer needed: git tag -d {name}"
        raise UsageError(f"the tag {name} is already on {found[:12]}, not on {wanted[:12]}", hint=hint)
    if not found:
        _move(repository.git, f"refs/tags/{name}", new=wanted, old=None)


def identity(git: Git) -> dict[str, str]:
    """Return variables for a git that commits: none where the user has a name for it, else ours.

    Git would invent one from the host's name.
    """
    variables: dict[str, str] = {}
    for who in ("AUTHOR", "COMMITTER"):
        asked = git.run("-c", "user.useConfigOnly=true", "var", f"GIT_{who}_IDENT", accept=(0, 1, 128))
        if asked.exit_code:
            variables |= {f"GIT_{who}_NAME": FALLBACK_NAME, f"GIT_{who}_EMAIL": FALLBACK_ADDRESS}
    return variables


def _move(git: Git, ref: str, *, new: str, old: str | None) -> None:
    git.run("update-ref", "-m", "optimize", ref, new, old or "0" * len(new))


def _commit(git: Git, message: str) -> Output:
    command = ("commit", "--quiet", "--no-gpg-sign", "--cleanup=whitespace", "--file=-")
    return git.run_with_hooks(*command, stdin=message.encode(errors="replace"), env=identity(git))


def _contents(root: Path, files: tuple[str, ...]) -> dict[str, bytes | None]:
    return {file: (root / file).read_bytes() if (root / file).is_file() else None for file in files}


def _checked(worktree: Worktree, parent: str, handed_in: dict[str, bytes | None], said: str) -> Committed | Refused:
    """Take the commit back when hooks put files into it that were not named."""
    commit = worktree.head_commit()
    changed = worktree.git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", parent, commit).paths
    foreign = sorted(set(changed) - set(handed_in))
    if foreign:
        worktree.git.run("reset", "--quiet", "--soft", parent)
        return Refused(reason=f"the project's hooks added files that were not named: {', '.join(foreign)}", output=said)
    now = _contents(worktree.path, tuple(handed_in))
    rewritten = tuple(sorted(file for file, content in now.items() if content != handed_in[file]))
    return Committed(commit=commit, changed_by_hooks=rewritten, output=said)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "it said nothing"
