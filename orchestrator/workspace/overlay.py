"""What a commit lacks and the workload may need: built extensions, generated files, data, an uncommitted script."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import NotWritable
from orchestrator.workspace.repository import Repository

MIB = 1024 * 1024

# Made anew by the tool they belong to, and never an input of a workload.
_CACHES = frozenset(
    {
        ".git",
        ".codeflash",
        "__pycache__",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".import_linter_cache",
        ".idea",
        ".vscode",
        "htmlcov",
    }
)
_ENVIRONMENTS = frozenset({"node_modules", ".tox", ".nox", ".eggs", ".direnv"})
_PRODUCTS = frozenset({"build", "dist"})
_CACHE_FILES = (".pyc", ".pyo", ".DS_Store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is carried over: bytes of one file, bytes of all, number of files."""

    file_bytes: int = 64 * MIB
    total_bytes: int = 512 * MIB
    files: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayFile:
    """One file or symbolic link that is carried over.

    Attributes:
        path: relative to the checkout, POSIX separators.
        size: bytes; mtime_ns: as the copy keeps it.
        link: where a symbolic link points, empty for a file.
    """

    path: str
    size: int
    mtime_ns: int
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something of the checkout that the worktrees do not get, and why. A folder ends in `/`."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What was carried over, in a copy of its own, so that later edits in the checkout don't reach the session.

    Attributes:
        store: folder of the copy.
        files: sorted by path.
        left_out: what stayed behind, caches not counted.
    """

    store: Path
    files: tuple[OverlayFile, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def total_bytes(self) -> int:
        """Return the size of all of it."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    status: os.stat_result


def capture(repository: Repository, commit: str, store: Path, *, limits: Limits | None = None) -> Overlay:
    """Copy untracked and ignored files of the user's checkout to `store`, which is made anew.

    Files that the checkout's commit or `commit` tracks are not carried over, changed or not: the session works on the
    commit. Virtual environments, caches and build products stay behind, and symbolic links that leave the tree.

    Raises:
        NotWritable: the copy can't be written.
    """
    bounds = limits or Limits()
    try:
        _make_anew(store)
        tracked = _tracked(repository, commit)
        left_out: list[LeftOut] = []
        found = sorted(_walk(repository.root, tracked, left_out), key=lambda file: file.path)
        files = tuple(_stored(repository.root, store, found, bounds, left_out))
    except OSError as error:
        hint = "free space on that disk, or keep large data outside the repository"
        raise NotWritable(f"untracked files can't be copied to {store}: {error}", hint=hint) from error
    return Overlay(store=store, files=files, left_out=tuple(sorted(left_out, key=lambda one: one.path)))


def apply(overlay: Overlay, worktree: Path, tracked: frozenset[str]) -> tuple[str, ...]:
    """Put missing or changed files of the overlay into a worktree, and return their paths.

    Args:
        overlay: what to put there.
        worktree: its root.
        tracked: paths the worktree's commit tracks: never overwritten.

    Raises:
        NotWritable: a file can't be written.
    """
    put = []
    for file in overlay.files:
        target = worktree / file.path
        if file.path in tracked or _is_as_stored(target, file) or not _makes_room(worktree, target):
            continue
        try:
            shutil.copy2(overlay.store / file.path, target, follow_symlinks=False)
        except OSError as error:
            hint = "is the disk full, or the folder read-only?"
            raise NotWritable(f"{target} can't be written: {error}", hint=hint) from error
        put.append(file.path)
    return tuple(put)


def _make_anew(store: Path) -> None:
    if store.is_symlink() or store.is_file():
        store.unlink()
    elif store.exists():
        shutil.rmtree(store)
    store.mkdir(parents=True)


def _tracked(repository: Repository, commit: str) -> frozenset[str]:
    """Return what either commit tracks; paths of submodules among them."""
    commits = {repository.resolve(commit), repository.head_commit()}
    listed = (repository.git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", one).paths for one in commits)
    return frozenset(path for paths in listed for path in paths)


def _walk(root: Path, tracked: frozenset[str], left_out: list[LeftOut]) -> Iterator[_Found]:
    """Yield files and links that are not tracked; folders that stay behind as a whole are noted."""
    homes = {parent.as_posix() for path in tracked for parent in Path(path).parents}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(root / folder))
        except OSError as error:
            left_out.append(LeftOut(path=f"{folder}/", reason=f"unreadable: {error.strerror}"))
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                reason = _folder_reason(Path(entry.path), path, homes, tracked)
                if reason is None:
                    waiting.append(path)
                elif reason:
                    left_out.append(LeftOut(path=f"{path}/", reason=reason))
            elif path not in tracked and entry.name != ".git" and not entry.name.endswith(_CACHE_FILES):
                # A file may vanish meanwhile: then there is nothing to carry over.
                with suppress(FileNotFoundError):
                    yield _Found(path, entry.stat(follow_symlinks=False))


def _folder_reason(folder: Path, path: str, homes: set[str], tracked: frozenset[str]) -> str | None:
    """Say why a folder stays behind: None when it doesn't, empty for a cache that nobody misses."""
    if folder.name in _CACHES:
        return ""
    if folder.name in _ENVIRONMENTS:
        return "environment"
    if not os.access(folder, os.R_OK | os.X_OK):
        return "unreadable: Permission denied"
    if (folder / "pyvenv.cfg").exists() or (folder / "conda-meta").is_dir():
        return "virtual environment"
    if folder.name in _PRODUCTS and path not in homes:
        return "build product"
    # A submodule is tracked as one path, and its files are needed.
    if path not in tracked and os.path.lexists(folder / ".git"):
        return "another repository"
    return None


def _stored(
    root: Path, store: Path, found: list[_Found], bounds: Limits, left_out: list[LeftOut]
) -> Iterator[OverlayFile]:
    count = total = 0
    for one in found:
        size = one.status.st_size
        reason = _file_reason(root, one, bounds)
        if not reason and (total + size > bounds.total_bytes or count >= bounds.files):
            reason = f"more than {bounds.total_bytes // MIB} MiB or {bounds.files} files in all"
        if not reason:
            reason = _copied(root / one.path, store / one.path)
        if reason:
            left_out.append(LeftOut(path=one.path, reason=reason))
            continue
        count, total = count + 1, total + size
        kept = (store / one.path).lstat()
        link = str((store / one.path).readlink()) if stat.S_ISLNK(kept.st_mode) else ""
        yield OverlayFile(path=one.path, size=kept.st_size, mtime_ns=kept.st_mtime_ns, link=link)


def _file_reason(root: Path, one: _Found, bounds: Limits) -> str:
    if stat.S_ISLNK(one.status.st_mode):
        return "" if _stays_inside(root, one.path) else "link that leaves the tree"
    if not stat.S_ISREG(one.status.st_mode):
        return "neither file nor link"
    if one.status.st_size > bounds.file_bytes:
        return f"{one.status.st_size / MIB:.0f} MiB, over the limit of {bounds.file_bytes / MIB:g} MiB a file"
    return ""


def _stays_inside(root: Path, path: str) -> bool:
    """Say whether a link is relative and its target lies in the tree, outside our folder and git's."""
    target = (root / path).readlink()
    if target.is_absolute():
        return False
    written = Path(os.path.normpath(Path(path).parent / target))
    real = Path(os.path.realpath(root / path))
    inside = real.is_relative_to(os.path.realpath(root)) and ".." not in written.parts
    return inside and written.parts[:1] not in ((".git",), (".codeflash",))


def _copied(source: Path, target: Path) -> str:
    """Copy one file or link; the reason when its source can't be read. A full disk is an error, not a reason."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy2(source, target, follow_symlinks=False)
    except (FileNotFoundError, PermissionError) as error:
        with suppress(FileNotFoundError):
            target.unlink()
        return f"unreadable: {error.strerror}"
    return ""


def _is_as_stored(target: Path, file: OverlayFile) -> bool:
    try:
        status = target.lstat()
    except OSError:
        return False
    if file.link:
        return stat.S_ISLNK(status.st_mode) and str(target.readlink()) == file.link
    return stat.S_ISREG(status.st_mode) and (status.st_size, status.st_mtime_ns) == (file.size, file.mtime_ns)


def _makes_room(worktree: Path, target: Path) -> bool:
    """Make the folders above `target` and clear its place; False when a link or a file stands in the way above it."""
    above = [parent for parent in target.parents if parent.is_relative_to(worktree)]
    if any(parent.is_symlink() or parent.is_file() for parent in above):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink() or target.is_file():
        target.unlink()
    elif target.is_dir():
        shutil.rmtree(target)
    return True
