"""Finds every Python file of a tree, for whoever reads its code: tracked, untracked and ignored ones alike."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from profiling.context.walk import MOST_FILES

NEVER_ENTERED = ("__pycache__", "node_modules", "site-packages", "htmlcov")
"""Folders that hold nothing that people of the project write in Python, beside hidden ones and environments."""
MOST_ENTRIES = 5_000_000
_ENVIRONMENT = "pyvenv.cfg"


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonFile:
    """A file of the tree.

    Attributes:
        relative: to the root, POSIX separators; a name that is no UTF-8 with surrogates.
        is_plain: a regular file, no link to one, no pipe and no device.
    """

    relative: str
    is_plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A folder that could not be looked at; the reason is a sentence without its name."""

    relative: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonFiles:
    """What was found.

    Attributes:
        files: those of a folder by name, before those of the folders in it.
        refused: folders that could not be read.
        cut_off: why the tree was not looked at whole, empty where it was.
    """

    files: tuple[PythonFile, ...]
    refused: tuple[Refused, ...] = ()
    cut_off: str = ""


@dataclass(slots=True, kw_only=True)
class _Walk:
    """A walk under way."""

    root: str
    out: frozenset[str]
    endings: tuple[str, ...]
    most_files: int
    entries_left: int
    files: list[PythonFile] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    cut_off: str = ""

    def enter(self, folder: str) -> list[str]:
        """Note the Python files of a folder and return the folders in it, from the last to the first."""
        try:
            with os.scandir(self.root + folder) as entries:
                found = list(self._looked_at(entries))
        except (FileNotFoundError, NotADirectoryError):
            # It went away between the look at its parent and this one.
            return []
        except OSError as error:
            self.refused.append(Refused(relative=folder[:-1] or ".", reason=f"it can't be read: {error.strerror}"))
            return []
        if folder and any(entry.name == _ENVIRONMENT for entry in found):
            return []
        found.sort(key=lambda entry: entry.name)
        folders = [entry.name for entry in found if _is_folder(entry)]
        self._note(folder, found)
        return [f"{folder}{name}/" for name in reversed(folders) if self._is_entered(folder, name)]

    def _looked_at(self, entries: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        """Yield what may count: a million other files in one folder are not kept in memory."""
        for entry in entries:
            self.entries_left -= 1
            if self.entries_left < 0:
                self.cut_off = "there are too many files: the others are not looked at"
                return
            if entry.name.endswith(self.endings) or entry.name == _ENVIRONMENT or _is_folder(entry):
                yield entry

    def _note(self, folder: str, found: list[os.DirEntry[str]]) -> None:
        for entry in found:
            path = folder + entry.name
            if not entry.name.endswith(self.endings) or entry.name in self.out or path in self.out:
                continue
            is_plain = _is_plain(entry)
            if not is_plain and _leads_to_folder(entry):
                continue
            if len(self.files) >= self.most_files:
                self.cut_off = f"there are more than {self.most_files:,} Python files: the others are not looked at"
                return
            self.files.append(PythonFile(relative=path, is_plain=is_plain))

    def _is_entered(self, folder: str, name: str) -> bool:
        return not name.startswith(".") and name not in self.out and folder + name not in self.out


def python_files(
    root: Path,
    *,
    excluded: tuple[str, ...] = (),
    endings: tuple[str, ...] = (".py",),
    most_files: int = MOST_FILES,
    most_entries: int = MOST_ENTRIES,
) -> PythonFiles:
    """Return the Python files below a folder.

    Files that git does not track, or is told to ignore, are among them: a change to the code is safe only if nobody
    beside it uses what it changes, and code that git does not know runs too. Links to folders are not followed, so that
    no loop of them is. Not entered are hidden folders, which no import can name, those of NEVER_ENTERED, and
    environments (`pyvenv.cfg`), whatever they are called.

    Args:
        root: a folder; its own name does not matter.
        excluded: names of folders or files (`tests`), or paths from the root (`pkg/vendored`), left out beside those.
        endings: of the names of files.
        most_files: Python files at which the walk is cut off.
        most_entries: files and folders of any kind at which it is.
    """
    out = frozenset((*NEVER_ENTERED, *excluded))
    walk = _Walk(root=f"{root}/", out=out, endings=endings, most_files=most_files, entries_left=most_entries)
    pending = [""]
    while pending and not walk.cut_off:
        pending += walk.enter(pending.pop())
    return PythonFiles(files=tuple(walk.files), refused=tuple(walk.refused), cut_off=walk.cut_off)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_plain(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
