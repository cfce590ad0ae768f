"""Writes a file whole or not at all, so that a kill leaves what was there before."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place of what was there, once it is safely written.

    Raises:
        OSError: it can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
