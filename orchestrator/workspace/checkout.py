"""The user's own checkout, moved forward around uncommitted work where it has the session's branch checked out."""

import os
from pathlib import Path, PurePosixPath

from orchestrator.errors import NotWritable
from orchestrator.workspace.commands import Git, GitCommandFailed
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.shelf import GivenBack, give_back, put_aside

_CHECKOUT_TIMEOUT_S = 600.0


def checked_out_at(repository: Repository, branch: str) -> Path | None:
    """Return the checkout that has the branch checked out (the user's or a worktree of theirs), None when none has."""
    # Asked first: of a submodule `worktree list` names the folder in .git/modules.
    if repository.branch() == branch:
        return repository.root
    folder: Path | None = None
    for line in os.fsdecode(repository.git.run("worktree", "list", "--porcelain").stdout).split("\n"):
        if line.startswith("worktree "):
            folder = Path(line.removeprefix("worktree "))
        if line == f"branch refs/heads/{branch}" and folder and (folder / ".git").exists():
            return folder
    return None


def fast_forward(git: Git, commit: str, session: str) -> GivenBack | None:
    """Move a checkout and its branch forward to `commit`; uncommitted work stays as it is.

    Only files that are both changed here and moved by the commits are put aside and given back.

    Args:
        git: in the checkout's root.
        commit: full hash, a descendant of what is checked out.
        session: names the shelf.

    Returns:
        What became of work that had to be put aside, None when none had to.

    Raises:
        NotWritable: git refuses to move the checkout; everything is as before.
    """
    in_the_way = overlap(git, commit)
    shelf = put_aside(git, session, in_the_way) if in_the_way else None
    try:
        command = ("merge", "--quiet", "--ff-only", "--no-stat", "--no-autostash", "--no-verify-signatures", commit)
        git.run(*command, timeout_s=_CHECKOUT_TIMEOUT_S)
    except GitCommandFailed as error:
        hint = "finish what is under way there (git status tells), then run optimize again"
        raise NotWritable(f"{git.folder} can't be moved forward to {commit[:12]}: {error}", hint=hint) from error
    finally:
        # Also when git was killed or refused: what was put aside comes back.
        given = give_back(git, shelf) if shelf else None
    return given


def overlap(git: Git, commit: str) -> tuple[str, ...]:
    """Return the files with uncommitted, untracked or ignored content that moving to `commit` would touch."""
    moved = _names(git, "diff-tree", "-r", "HEAD", commit)
    changed = _names(git, "diff", "HEAD") | _names(git, "diff", "--cached", "HEAD")
    added = _names(git, "diff-tree", "-r", "--diff-filter=A", "HEAD", commit)
    tracked = set(git.run("ls-files", "-z").paths)
    found = (moved & changed) | {path for name in added for path in _in_place_of(git.folder, name)}
    # A submodule is a folder: its pointer can't be put aside, and no kept change moves one.
    return tuple(
        sorted(path for path in found if not _is_folder(git.folder / path) and (path in changed or path not in tracked))
    )


def _names(git: Git, command: str, *arguments: str) -> set[str]:
    return set(git.run(command, "-z", "--name-only", "--no-renames", *arguments, "--").paths)


def _in_place_of(root: Path, name: str) -> set[str]:
    """Return the files that stand where a new file, or a folder above it, has to be."""
    places = [PurePosixPath(name), *PurePosixPath(name).parents][:-1]
    standing = {place.as_posix() for place in places if os.path.lexists(root / place) and not _is_folder(root / place)}
    below = {
        (Path(folder) / file).relative_to(root).as_posix()
        for folder, _, files in os.walk(root / name)
        for file in files
        if _is_folder(root / name)
    }
    return standing | below


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
