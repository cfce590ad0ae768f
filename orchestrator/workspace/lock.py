"""One session a repository: who holds it, and how a dead holder's lock is taken over."""

import errno
import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from orchestrator.errors import NotWritable, SessionLocked
from profiling.measure.identity import process_started

# `holder` takes a shared lock for an instant: a session that starts just then must not be turned away.
_PATIENCE_S = 0.5
_MAX_BYTES = 4096
COMMAND = "optimize "
"""How commands that are no session begin their name in the lock."""
_UNSUPPORTED = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds the lock, as written in the file.

    Attributes:
        pid, host, user: of the process.
        started: ISO 8601, when it took the lock.
        session: id.
        process_started: when the process began, in the system's own words: tells a reused pid from the old one.
    """

    pid: int
    host: str
    user: str
    started: str
    session: str
    process_started: str

    @property
    def is_command(self) -> bool:
        """Say whether a command holds it that is no session, such as `optimize compare`."""
        return self.session.startswith(COMMAND)


Flock = Callable[[int, int], None]


class SessionLock:
    """The lock of one repository, a context manager.

    The kernel's lock on the open file decides and ends with the process, however it ends; the file's text only informs.
    Where the file system has no such locks, pid and start time decide.
    """

    def __init__(self, path: Path, *, session: str, started: str, flock: Flock = fcntl.flock) -> None:
        """Prepare, without touching anything.

        Args:
            path: the lock file; its folder exists.
            session: id of the session.
            started: ISO 8601.
            flock: takes and gives up the kernel's lock.
        """
        self._path, self._session, self._started, self._flock = path, session, started, flock
        self._descriptor: int | None = None

    def __enter__(self) -> "SessionLock":
        """Take the lock.

        Raises:
            SessionLocked: another session holds it.
            NotWritable: the file can't be written.
        """
        descriptor = _open(self._path)
        try:
            self._take(descriptor)
            _write(descriptor, _ourselves(self._session, self._started))
        except OSError as error:
            os.close(descriptor)
            hint = "make it writable, or delete it when no session runs"
            raise NotWritable(f"{self._path} can't be written: {error}", hint=hint) from error
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock up. The file stays, empty: deleting it would let two sessions lock two files of one name."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def _take(self, descriptor: int) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                self._flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise _locked(self._path, _parse(descriptor)) from None
                time.sleep(0.02)
            except OSError as error:
                if error.errno not in _UNSUPPORTED:
                    raise
                _refuse_living(self._path, _parse(descriptor))
                return
            else:
                return


def holder(path: Path, *, flock: Flock = fcntl.flock) -> Holder | None:
    """Return who holds the lock now, None when nobody does. It changes nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _parse(descriptor) or Holder(pid=0, host="", user="", started="", session="", process_started="")
    except OSError:
        noted = _parse(descriptor)
        return noted if noted and is_alive(noted) else None
    else:
        return None
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        hint = "it must be an ordinary file that this user can write"
        raise NotWritable(f"{path} can't be opened: {error}", hint=hint) from error


def _write(descriptor: int, ourselves: Holder) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(asdict(ourselves)).encode() + b"\n", 0)
    os.fsync(descriptor)


def _parse(descriptor: int) -> Holder | None:
    """Read who is noted; None for an empty or torn file."""
    try:
        noted = json.loads(os.pread(descriptor, _MAX_BYTES, 0))
        words = {name: str(noted[name]) for name in ("host", "user", "started", "session", "process_started")}
        return Holder(pid=int(noted["pid"]), **words)
    except (ValueError, KeyError, TypeError, OSError):
        return None


def _ourselves(session: str, started: str) -> Holder:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid())
    return Holder(
        pid=os.getpid(),
        host=socket.gethostname(),
        user=user,
        started=started,
        session=session,
        process_started=process_started(os.getpid()),
    )


def _refuse_living(path: Path, noted: Holder | None) -> None:
    if noted and is_alive(noted):
        raise _locked(path, noted)


def is_held_by(noted: Holder, path: Path) -> bool:
    """Say whether a process still holds the lock that it was seen to hold."""
    now = holder(path)
    return now is not None and (now.pid, now.process_started) == (noted.pid, noted.process_started)


def is_alive(noted: Holder) -> bool:
    """Say whether the noted process may still run; one on another host counts as running."""
    if noted.host != socket.gethostname():
        return True
    now = process_started(noted.pid)
    return bool(now) and now == noted.process_started and noted.pid != os.getpid()


def _locked(path: Path, noted: Holder | None) -> SessionLocked:
    if noted is None:
        return SessionLocked(
            "another session is starting in this repository", hint="wait for it, or look: optimize status"
        )
    who = f"pid {noted.pid} of {noted.user} on {noted.host}, since {noted.started}"
    hint = "wait for it, or end it: optimize stop"
    if noted.host != socket.gethostname():
        hint = f"if it no longer runs on {noted.host}: rm {path}"
    name = noted.session if noted.is_command else f"session {noted.session}"
    return SessionLocked(f"{name} works in this repository ({who})", hint=hint)
