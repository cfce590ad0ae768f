"""A fresh home for every timed run, alike on both sides: what a run leaves there helps no later one."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from profiling.measure.seclusion import seclude

_LONGEST_TMPDIR = 70
"""Sockets have paths of 103 characters at most (macOS), and multiprocessing takes 32 of them below TMPDIR."""
_MOST_FILES = 2000
_MOST_BYTES = 64 * 2**20
_KEPT = ("home", "tmp")


def furnish(root: Path, template: Path | None) -> Mapping[str, str]:
    """Make a home below an empty, existing folder and return the variables that lead there.

    Args:
        root: for the home.
        template: an earlier home, of the base: caches that it made are given to both sides alike, so that a program
            that makes its own once (fonts, compiled kernels) is not measured making it. None: an empty home.

    Raises:
        OSError: it can't be made.
    """
    if template is not None:
        for name in _KEPT:
            shutil.copytree(template / name, root / name, symlinks=True, ignore=_not_plain)
    env = dict(seclude(root).env)
    if len(env["TMPDIR"]) > _LONGEST_TMPDIR:
        del env["TMPDIR"]
    return env


def keep(home: Path, folder: Path) -> Path | None:
    """Move a home that was lived in into an existing folder; None when it holds nothing, or too much to copy."""
    if not _is_worth_it(home):
        return None
    kept = folder / home.name
    home.rename(kept)
    return kept


def _is_worth_it(home: Path) -> bool:
    count = size = 0
    for name in _KEPT:
        for folder, _, files in os.walk(home / name):
            count += len(files)
            size += sum(_size(Path(folder, file)) for file in files)
            if count > _MOST_FILES or size > _MOST_BYTES:
                return False
    return count > 0


def _not_plain(folder: str, names: list[str]) -> set[str]:
    """Return what is neither a file, a folder nor a link: sockets and pipes can't be copied."""
    places = {name: Path(folder, name) for name in names}
    return {name for name, place in places.items() if not (place.is_symlink() or place.is_file() or place.is_dir())}


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0
