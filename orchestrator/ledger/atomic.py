"""Writing a record so that a reader, and a kill at any moment, finds the old text or the new one, never a part."""

import os
from contextlib import suppress
from pathlib import Path

from orchestrator.errors import NotWritable
from profiling.context.folders import write_file


def write_text(path: Path, text: str) -> None:
    """Replace a file's content durably: temporary file, fsync, rename, fsync of the folder.

    Lone surrogates (of names that are not UTF-8) are written as an escape.

    Raises:
        NotWritable: the folder or the disk refuses.
    """
    try:
        write_file(path, text.encode(errors="backslashreplace"))
        _sync_folder(path.parent)
    except OSError as error:
        hint = f"make {path.parent} writable for this user, with room on its disk"
        raise NotWritable(f"{path} can't be written: {error}", hint=hint) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems can't sync a folder; the file itself is safe by then.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
