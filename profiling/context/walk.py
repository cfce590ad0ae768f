"""Lists the files of a folder without git: nothing is followed, opened or waited for, and there is an end to it."""

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from xxhash import xxh3_128

from profiling.context.listing import Entries, Kind, Listing

PRUNED = frozenset(
    ".git .hg .svn .bzr .tox .nox .venv venv .env env .direnv __pycache__ __pypackages__ node_modules bower_components"
    " site-packages dist build target .eggs .mypy_cache .ruff_cache .pytest_cache .hypothesis .codeflash .cache"
    " .ipynb_checkpoints htmlcov .idea .vscode .gradle".split()
)
MOST_FILES = 200_000
MOST_S = 20.0
_MOST_NAMED = 5


@dataclass(slots=True, kw_only=True)
class _Walk:
    """A walk under way."""

    root: str
    most_files: int
    ends_at: float
    files: list[str] = field(default_factory=list)
    state: xxh3_128 = field(default_factory=xxh3_128)
    links: int = 0
    special: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    cut_off: str = ""

    def enter(self, folder: str) -> Iterator[str]:
        """Note what a folder holds and yield the folders in it, from the last to the first."""
        try:
            with os.scandir(self.root + folder) as found:
                entries = sorted(islice(found, self.most_files + 1), key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            self.unreadable.append(f"{folder or './'} ({error.strerror})")
            return
        for entry in reversed(entries):
            if entry.name not in PRUNED and _is_folder(entry):
                yield f"{folder}{entry.name}/"
        for entry in entries:
            if self.cut_off:
                return
            self._note(folder + entry.name, entry)

    def _note(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            seen = entry.stat(follow_symlinks=False)
        except OSError:
            # It went away between the listing and the look.
            return
        kind = stat.S_IFMT(seen.st_mode)
        if kind == stat.S_IFREG:
            self._add(path, f"{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ino}")
        elif kind == stat.S_IFLNK:
            self.links += 1
            self.state.update(b"link\0" + os.fsencode(path))
        elif kind != stat.S_IFDIR:
            self.special.append(path)

    def _add(self, path: str, mark: str) -> None:
        if len(self.files) >= self.most_files:
            self.cut_off = f"there are more than {self.most_files:,} files: the others are not looked at"
        elif time.monotonic() > self.ends_at:
            self.cut_off = f"listing took too long: after {len(self.files):,} files the others are not looked at"
        else:
            self.files.append(path)
            self.state.update(f"{path}\0{mark}\0".encode("utf-8", "surrogateescape"))


def listed(root: Path, *, most_files: int = MOST_FILES, most_s: float = MOST_S) -> Listing:
    """List the files under a folder.

    Folders that hold no source of the project (PRUNED) are not entered, links are not followed, so that no loop of
    them is. What can't be read is a problem, not an error.

    Args:
        root: a folder.
        most_files: at which the listing is cut off.
        most_s: wall seconds after which it is.
    """
    walk = _Walk(root=f"{root}/", most_files=most_files, ends_at=time.monotonic() + most_s)
    pending = [""]
    while pending and not walk.cut_off:
        pending += walk.enter(pending.pop())
    entries = Entries(files=tuple(sorted(walk.files)), links=walk.links)
    return Listing(
        kind=Kind.FOLDER,
        digest=walk.state.hexdigest(),
        entries=lambda: entries,
        is_complete=not walk.cut_off,
        problems=tuple(_problems(walk)),
    )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _problems(walk: _Walk) -> Iterator[str]:
    if walk.cut_off:
        yield walk.cut_off
    if walk.unreadable:
        yield f"folders that can't be read: {_named(walk.unreadable)}"
    if walk.special:
        yield f"neither files nor folders (pipes, sockets, devices), not looked at: {_named(walk.special)}"


def _named(paths: list[str]) -> str:
    more = len(paths) - _MOST_NAMED
    return ", ".join(paths[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
