"""Looks behind pyenv's shims: shell scripts that take a tenth of a second to find the program they stand for."""

import os
import re
from pathlib import Path

from profiling.context.hashing import open_regular

_VERSION = re.compile(r"\w[\w.+-]{0,100}", re.ASCII)
_MOST_BYTES = 4096


def behind(path: str, folder: Path) -> str:
    """Return the program that a shim of pyenv would start in a folder; any other path as it is.

    Where a `.python-version` applies, or anything else than one installed version is chosen, the shim has to decide.

    Args:
        path: absolute, of a program.
        folder: that it would be started in.
    """
    shim = Path(path)
    versions = shim.parent.parent / "versions"
    if shim.parent.name != "shims" or not versions.is_dir():
        return path
    if any(os.path.lexists(one / ".python-version") for one in (folder, *folder.parents)):
        return path
    try:
        with os.fdopen(open_regular(shim.parent.parent / "version"), "rb") as file:
            chosen = file.read(_MOST_BYTES).decode().split()
    except (OSError, UnicodeDecodeError):
        return path
    if len(chosen) != 1 or not _VERSION.fullmatch(chosen[0]):
        return path
    program = versions / chosen[0] / "bin" / shim.name
    return str(program) if program.is_file() and os.access(program, os.X_OK) else path
