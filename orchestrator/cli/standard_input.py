"""What the observed program reads on its standard input: every one of its runs the same."""

import os
import select
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import UsageError

LIMIT_BYTES = 2**30
"""What is read from a pipe is kept in a temporary file: a gibibyte at most."""
EMPTY_NOTE = "standard input was empty: give --stdin FILE"
_BEGINS_WITHIN_S = 0.2
_GOES_ON_WITHIN_S = 10.0
_CHUNK_BYTES = 2**20
_HINT = "name a file: --stdin FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardInput:
    """What every run reads.

    Attributes:
        path: file to read, None for nothing.
        note: why there is nothing, where somebody could have expected something; else empty.
    """

    path: Path | None = None
    note: str = ""


def standard_input(wanted: str | None, folder: Path, descriptor: int = 0) -> StandardInput:
    """Return the input of every run.

    A file is used as it is. A pipe that brings something, or ends, within 0.2 s is read to its end before the first
    run; a terminal, or a pipe where nothing comes, counts as empty, so that an inherited pipe never hangs us.

    Args:
        wanted: file that the person named, `-` for our own input to its end, None for what there is.
        folder: existing, for a copy of what comes through a pipe.
        descriptor: our own input.

    Raises:
        UsageError: the file can't be read, there is more than 1 GiB, or a pipe falls silent before its end.
    """
    if wanted is None:
        return _inherited(folder, descriptor)
    try:
        if wanted == "-":
            return StandardInput(path=_whole(descriptor, folder))
        opened = os.open(wanted, os.O_RDONLY)
        try:
            return StandardInput(path=_whole(opened, folder))
        finally:
            os.close(opened)
    except OSError as error:
        message = f"--stdin {wanted} can't be read: {error.strerror}"
        raise UsageError(message, hint="name a file, or - for the input of this command") from None


def _whole(descriptor: int, folder: Path) -> Path:
    """Return a file with all that comes from a descriptor."""
    is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
    return (_own_file(descriptor) if is_file else None) or _copied(descriptor, folder, patience_s=None)


def _inherited(folder: Path, descriptor: int) -> StandardInput:
    try:
        kind = os.fstat(descriptor).st_mode
    except OSError:  # it was closed before we started
        return StandardInput()
    if stat.S_ISREG(kind):
        return StandardInput(path=_whole(descriptor, folder))
    if os.isatty(descriptor):
        return StandardInput(note=EMPTY_NOTE)
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):  # /dev/null
        return StandardInput()
    if not _is_ready(descriptor, _BEGINS_WITHIN_S):
        return StandardInput(note=EMPTY_NOTE)
    return StandardInput(path=_copied(descriptor, folder, patience_s=_GOES_ON_WITHIN_S))


def _own_file(descriptor: int) -> Path | None:
    """Return the path of a file that we have open at its begin; None where it has none any more, or was read from."""
    if os.lseek(descriptor, 0, os.SEEK_CUR) != 0:
        return None
    try:
        path = Path(_path_of(descriptor))
        return path if os.path.samestat(path.stat(), os.fstat(descriptor)) else None
    except OSError:
        return None


def _path_of(descriptor: int) -> str:
    """Return what the system calls an open file.

    Raises:
        OSError: it does not tell.
    """
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415  only there it can tell

        return fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0").decode("utf-8", "surrogateescape")
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def _copied(descriptor: int, folder: Path, *, patience_s: float | None) -> Path:
    """Read a descriptor to its end into a file; with patience, silence for that long is an error."""
    number, name = tempfile.mkstemp(prefix="stdin-", dir=folder)
    count = 0
    with os.fdopen(number, "wb") as file:
        while True:
            if patience_s is not None and not _is_ready(descriptor, patience_s):
                raise UsageError(
                    f"standard input is open, but nothing came for {patience_s:g} s after {count} bytes", hint=_HINT
                )
            data = os.read(descriptor, _CHUNK_BYTES)
            if not data:
                return Path(name)
            count += len(data)
            if count > LIMIT_BYTES:
                raise UsageError(
                    f"standard input holds more than {LIMIT_BYTES // 2**20} MiB ({count} bytes so far)", hint=_HINT
                )
            file.write(data)


def _is_ready(descriptor: int, within_s: float) -> bool:
    """Say whether there is something to read, the end included."""
    return bool(select.select([descriptor], [], [], within_s)[0])
