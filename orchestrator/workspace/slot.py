"""One measuring slot a machine and person: whoever takes times holds it, and everybody else waits for it."""

import errno
import fcntl
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestrator.workspace.lock import Flock

_NAME = "ratchet-measuring.lock"
_POLL_S = 0.05
_MOST_BYTES = 32
_HELD = frozenset({errno.EAGAIN, errno.EACCES})


def slot_path(environ: Mapping[str, str]) -> Path | None:
    """Return where the slot of this machine and person is; None where there is no folder of theirs alone."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if runtime and _is_ours(Path(runtime)):
        return Path(runtime) / _NAME
    own = Path(tempfile.gettempdir()) / f"ratchet-{os.getuid()}"
    with suppress(OSError):
        own.mkdir(mode=0o700, exist_ok=True)
    return own / _NAME if _is_ours(own) else None


class MeasuringSlot:
    """Held by one thread of one process at a time.

    The kernel's lock on the open file ends with the process, however it ends, and no child inherits it. Where there is
    no such file or lock, the slot is this process's alone.
    """

    def __init__(self, path: Path | None, *, flock: Flock = fcntl.flock) -> None:
        """Prepare, without touching anything.

        Args:
            path: the lock file; None for a slot of this process alone.
            flock: takes the kernel's lock.
        """
        self._path, self._flock = path, flock
        self._lock = threading.Lock()

    @contextmanager
    def held(self, *, say: Callable[[str], None], still_wanted: Callable[[], None]) -> Iterator[None]:
        """Wait for the slot, hold it, and give it up.

        Args:
            say: told once, when there is a wait, who holds it.
            still_wanted: asked while waiting; what it raises ends the wait.
        """
        _wait(lambda: self._lock.acquire(blocking=False), lambda: say(_waiting("another worker")), still_wanted)
        try:
            descriptor = self._open()
            try:
                if descriptor is not None:
                    self._take(descriptor, say, still_wanted)
                yield
            finally:
                if descriptor is not None:
                    self._give_up(descriptor)
        finally:
            self._lock.release()

    def _open(self) -> int | None:
        if self._path is None:
            return None
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return None

    def _give_up(self, descriptor: int) -> None:
        """Unlock before closing: a child that was just started has the descriptor until the kernel closes it there."""
        with suppress(OSError):
            self._flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)

    def _take(self, descriptor: int, say: Callable[[str], None], still_wanted: Callable[[], None]) -> None:
        def taken() -> bool:
            try:
                self._flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                # A file system without locks: the slot is then this process's alone.
                return error.errno not in _HELD
            return True

        _wait(taken, lambda: say(_waiting(f"pid {_noted(descriptor)}")), still_wanted)
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _wait(taken: Callable[[], bool], tell: Callable[[], None], still_wanted: Callable[[], None]) -> None:
    told = False
    while not taken():
        if not told:
            tell()
            told = True
        still_wanted()
        time.sleep(_POLL_S)


def _waiting(who: str) -> str:
    return f"waiting for the measuring slot held by {who}"


def _noted(descriptor: int) -> str:
    try:
        text = os.pread(descriptor, _MOST_BYTES, 0).decode("ascii")
    except (OSError, UnicodeDecodeError):
        return "?"
    return text if text.isdigit() else "?"


def _is_ours(folder: Path) -> bool:
    """Say whether a folder is this user's alone: anybody may make one in a folder for all."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
