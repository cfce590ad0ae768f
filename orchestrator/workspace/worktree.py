"""The checkouts a session works in: linked worktrees on a detached HEAD, apart from the user's own."""

import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import NotWritable
from orchestrator.workspace.commands import Git
from orchestrator.workspace.overlay import Overlay, apply
from orchestrator.workspace.repository import Repository

_CHECKOUT_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktree:
    """A linked worktree.

    Attributes:
        path: absolute root.
        git_dir: git's own folder for it, in the repository: what its `.git` file must name.
    """

    path: Path
    git_dir: Path

    @property
    def git(self) -> Git:
        """Return git in this worktree."""
        return Git(folder=self.path)

    def head_commit(self) -> str:
        """Return the hash of the commit it stands on."""
        return self.git.run("rev-parse", "--verify", "HEAD^{commit}").text


def create(repository: Repository, path: Path, commit: str) -> Worktree:
    """Make a worktree at `path` on `commit`, detached; what stood there is removed first.

    Args:
        repository: the user's.
        path: absolute, inside the repository's root.
        commit: revision.

    Raises:
        NotWritable: a link stands above the path, or the disk refuses.
    """
    wanted = repository.resolve(commit)
    remove(repository, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ("worktree", "add", "--force", "--force", "--detach", str(path), wanted)
    repository.git.run(*command, timeout_s=_CHECKOUT_TIMEOUT_S)
    found = Git(folder=path).run("rev-parse", "--absolute-git-dir").stdout
    return Worktree(path=path, git_dir=Path(os.fsdecode(found.removesuffix(b"\n"))))


def reset(worktree: Worktree, commit: str, *, overlay: Overlay | None = None) -> None:
    """Bring a worktree to exactly `commit` plus its overlay, whatever a run left, changed or deleted in it.

    HEAD is detached before anything moves: a run that checked out a branch there does not lose that branch.

    Args:
        worktree: where.
        commit: full hash.
        overlay: what of the user's untracked files belongs there.

    Raises:
        NotWritable: something in it can't be replaced or deleted.
    """
    _restore_root(worktree)
    with suppress(FileNotFoundError):
        (worktree.git_dir / "index.lock").unlink()
    command = ("checkout", "--quiet", "--force", "--detach", commit)
    worktree.git.run(*command, timeout_s=_CHECKOUT_TIMEOUT_S)
    tracked = frozenset(worktree.git.run("ls-files", "-z").paths)
    kept = {file.path for file in overlay.files} if overlay else set()
    _delete_untracked(worktree, kept)
    _delete_empty_folders(worktree.path, tracked)
    if overlay:
        apply(overlay, worktree.path, tracked)


def remove(repository: Repository, path: Path) -> None:
    """Remove a worktree and git's note of it; nothing happens when there is none.

    Raises:
        NotWritable: a link stands above the path, or something in it can't be deleted.
    """
    _refuse_links(repository.root, path)
    _delete(path)
    if str(_real(path)) in _registered(repository):
        repository.git.run("worktree", "remove", "--force", "--force", str(path))


def remove_leftovers(repository: Repository, folder: Path) -> tuple[Path, ...]:
    """Remove every worktree under `folder` that an earlier session left, and return their paths.

    Worktrees elsewhere are the user's, even when their folder is missing (a disk that is not mounted), so `git worktree
    prune` is not run.

    Raises:
        NotWritable: a link stands above the folder, or something in it can't be deleted.
    """
    _refuse_links(repository.root, folder / "any")
    real = _real(folder)
    noted = [Path(path) for path in _registered(repository) if Path(path).is_relative_to(real)]
    present = list(real.iterdir()) if real.is_dir() else []
    leftovers = sorted({*noted, *present} - {real})
    for path in leftovers:
        remove(repository, path)
    return tuple(leftovers)


def _real(path: Path) -> Path:
    """Resolve the folder above, not a link that stands at the path itself."""
    return path.parent.resolve() / path.name


def _registered(repository: Repository) -> frozenset[str]:
    lines = os.fsdecode(repository.git.run("worktree", "list", "--porcelain").stdout).split("\n")
    return frozenset(line.removeprefix("worktree ") for line in lines if line.startswith("worktree "))


def _refuse_links(root: Path, path: Path) -> None:
    """A repository may bring `.codeflash` along as a link: what we make and delete must stay inside the root."""
    for above in path.parents:
        if above == root:
            return
        if above.is_symlink():
            raise NotWritable(f"{above} is a symbolic link", hint=f"replace it by a folder: rm {above}")
    raise NotWritable(f"{path} is not inside {root}", hint="worktrees are made inside the repository only")


def _restore_root(worktree: Worktree) -> None:
    """Undo what a run did to the worktree's own folder and to its link to the repository."""
    if worktree.path.is_symlink() or not worktree.path.is_dir():
        _delete(worktree.path)
        worktree.path.mkdir()
    worktree.path.chmod(stat.S_IMODE(worktree.path.stat().st_mode) | stat.S_IRWXU)
    _take_rights(worktree.path)
    link, wanted = worktree.path / ".git", f"gitdir: {worktree.git_dir}\n".encode()
    if link.is_symlink() or not link.is_file() or link.read_bytes() != wanted:
        _delete(link)
        link.write_bytes(wanted)


def _delete_untracked(worktree: Worktree, kept: set[str]) -> None:
    for name in worktree.git.run("ls-files", "-z", "--others").paths:
        path = name.removesuffix("/")
        if path not in kept:
            _delete(worktree.path / path)


def _delete_empty_folders(root: Path, tracked: frozenset[str]) -> None:
    """Delete folders a run left empty; an empty folder that is tracked is a submodule without its content."""
    for folder, _, _ in os.walk(root, topdown=False):
        path = Path(folder)
        if path != root and path.relative_to(root).as_posix() not in tracked:
            with suppress(OSError):
                path.rmdir()


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            _take_rights(path)
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        hint = f"delete it by hand: rm -rf {path}"
        raise NotWritable(f"{path} can't be deleted: {error}", hint=hint) from error


def _take_rights(root: Path) -> None:
    """Give ourselves the folders of a tree that a run took the right to write or list away from."""
    for folder, names, _ in os.walk(root):
        for path in (Path(folder), *(Path(folder, name) for name in names)):
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
                path.chmod(stat.S_IMODE(mode) | stat.S_IRWXU)
