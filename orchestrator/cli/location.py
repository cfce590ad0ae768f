"""The folder a command speaks of."""

from pathlib import Path


def root_of(folder: str) -> Path:
    """Return the root of the checkout that a folder lies in, resolved; the folder itself where there is none."""
    path = Path(folder).resolve()
    return next((one for one in (path, *path.parents) if (one / ".git").exists()), path)
