"""See what became of a tree's files: a quick look at all of them, a digest of those that must not change."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_NOT_LOOKED_INTO = frozenset({".git", "__pycache__", "node_modules"})
_CHUNK_BYTES = 1024 * 1024


class ChangeKind(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    LINKED_OUT = "a link out of the tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file that is not what it was; `path` is relative to the root, POSIX separators."""

    path: str
    kind: ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """A file as `lstat` shows it.

    Attributes:
        identity: type, size, inode and both times (ns): equal means untouched, since nobody sets a change time.
        digest: SHA-256 of the content, or of where a link leads; empty for what is only looked at.
        leaves: a link that leads out of the tree.
    """

    identity: tuple[int, int, int, int, int]
    digest: str
    leaves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All files below a root, without `.git` and compiled ones; keys are relative, POSIX separators."""

    root: Path
    files: Mapping[str, FileState]


def snapshot(root: Path, is_frozen: Callable[[str], bool], *, earlier: Snapshot | None = None) -> Snapshot:
    """Look at every file below a root; what can't be read counts as absent.

    Args:
        root: of the tree.
        is_frozen: whether a file (relative) must not change: it is read, unless it is untouched since `earlier`.
        earlier: an older snapshot of the same root.
    """
    known = earlier.files if earlier is not None else {}
    resolved = os.path.realpath(root)
    files = {}
    for entry in _entries(str(root)):
        relative = os.path.relpath(entry.path, root) if os.sep != "/" else entry.path[len(str(root)) + 1 :]
        state = _state(entry, resolved, known.get(relative), frozen=is_frozen(relative))
        if state is not None:
            files[relative] = state
    return Snapshot(root=root, files=files)


def changes(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Return what differs between two snapshots, in order of path.

    A frozen file changed when its content or type did; another one when it was written at all. The roots may differ:
    then only frozen files can be compared, and others count as changed when their size does.
    """
    same_place = before.root == after.root
    found = []
    for path in sorted({*before.files, *after.files}):
        kind = _kind(before.files.get(path), after.files.get(path), same_place=same_place)
        if kind is not None:
            found.append(Change(path=path, kind=kind))
    return tuple(found)


def _kind(before: FileState | None, after: FileState | None, *, same_place: bool) -> ChangeKind | None:
    if after is None:
        return ChangeKind.REMOVED
    if after.leaves and (before is None or before.digest != after.digest):
        return ChangeKind.LINKED_OUT
    if before is None:
        return ChangeKind.ADDED
    if before.identity[0] != after.identity[0]:
        return ChangeKind.CHANGED
    if before.digest and after.digest:
        same = before.digest == after.digest
    else:
        same = before.identity == after.identity if same_place else before.identity[1] == after.identity[1]
    return None if same else ChangeKind.CHANGED


def _entries(root: str) -> Iterator[os.DirEntry[str]]:
    pending = [root]
    while pending:
        try:
            with os.scandir(pending.pop()) as found:
                entries = list(found)
        except OSError:
            continue
        for entry in entries:
            if entry.name in _NOT_LOOKED_INTO:
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            else:
                yield entry


def _state(entry: os.DirEntry[str], root: str, known: FileState | None, *, frozen: bool) -> FileState | None:
    try:
        found = entry.stat(follow_symlinks=False)
        identity = (stat.S_IFMT(found.st_mode), found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
        if known is not None and known.identity == identity and (known.digest or not frozen):
            return known
        if stat.S_ISLNK(found.st_mode):
            return _link(entry.path, identity, root)
        digest = _digest(entry.path) if frozen and stat.S_ISREG(found.st_mode) else ""
    except OSError:
        return None
    return FileState(identity=identity, digest=digest, leaves=False)


def _link(path: str, identity: tuple[int, int, int, int, int], root: str) -> FileState:
    target = os.path.realpath(path)
    leaves = target != root and not target.startswith(root + os.sep)
    digest = hashlib.sha256(os.fsencode(Path(path).readlink())).hexdigest()
    return FileState(identity=identity, digest=digest, leaves=leaves)


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
