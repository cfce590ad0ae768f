"""Writing under `.codeflash/`: whole files or none, and never through a link that a repository brought along."""

import os
from contextlib import suppress
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder whose parent exists.

    Raises:
        OSError: it can't be made, or a link or a file stands there.
    """
    if folder.is_symlink():
        raise OSError(f"{folder} is a symbolic link: replace it by a folder")
    folder.mkdir(exist_ok=True)


def write_file(path: Path, content: bytes) -> None:
    """Replace a file's content: temporary file, fsync, rename. A reader finds the old one or the new one.

    Raises:
        OSError: the folder or the disk refuses.
    """
    # `tempfile` would make the same name, and bring three compressors and random numbers along.
    temporary = f"{path.parent}/.{path.name}.{os.urandom(8).hex()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # noqa: PTH101  a Path each for chmod and replace costs more than both
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise
