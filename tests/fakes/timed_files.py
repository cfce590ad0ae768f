"""Files whose times go by a clock that the program sets: what a file's stamp says is tried without waiting."""

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TICK_NS = 1_000_000_000
"""Times of files are cut to seconds, as a coarse file system does."""
_START_NS = 1_700_000_000_500_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What `os.stat` tells of a file."""

    st_dev: int
    st_ino: int
    st_size: int
    st_mtime_ns: int
    st_ctime_ns: int

    @property
    def st_mode(self) -> int:
        """Say that it is a file, to who asks."""
        return stat.S_IFREG


@dataclass(slots=True)
class _State:
    """The folder, the clock, and when each path was changed last."""

    folder: Path = Path()
    now_ns: int = _START_NS
    changed_ns: dict[str, int] = field(default_factory=dict)
    dated_ns: dict[str, int] = field(default_factory=dict)


_STATE = _State()
_STAT = os.stat


@contextlib.contextmanager
def timed() -> Iterator[None]:
    """Let `os.stat` and `time.time_ns` go by the clock; programs that import them meanwhile get these."""
    clock, _STATE.folder = time.time_ns, Path(tempfile.mkdtemp()).resolve()
    os.stat, time.time_ns = _stat, _now  # type: ignore[assignment]  # a stand-in
    try:
        yield
    finally:
        os.stat, time.time_ns = _STAT, clock
        shutil.rmtree(_STATE.folder)


def begin() -> None:
    """Empty the folder and set the clock back."""
    for path in _STATE.folder.iterdir():
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    _STATE.now_ns = _START_NS
    _STATE.changed_ns.clear()
    _STATE.dated_ns.clear()


def at(name: str) -> str:
    """Return the path of a file."""
    return f"{_STATE.folder}/{name}"


def later(seconds: float) -> None:
    """Let time pass."""
    _STATE.now_ns += int(seconds * 1e9)


def put(name: str, content: bytes) -> None:
    """Write a file."""
    Path(at(name)).write_bytes(content)
    _touch(name)


def replace(name: str, content: bytes) -> None:
    """Put another file in the place of a file, with the times it had."""
    dated = _STATE.dated_ns.get(at(name), 0)
    put(f"{name}.new", content)
    Path(at(f"{name}.new")).replace(at(name))
    _touch(name)
    _STATE.dated_ns[at(name)] = dated


def rewrite(name: str, content: bytes) -> None:
    """Write a file and set its date back."""
    dated = _STATE.dated_ns.get(at(name), 0)
    put(name, content)
    _STATE.dated_ns[at(name)] = dated


def remove(name: str) -> None:
    """Remove a file, if it is there."""
    Path(at(name)).unlink(missing_ok=True)


def folder(name: str) -> None:
    """Make a folder, if nothing is there."""
    if not Path(at(name)).exists():
        Path(at(name)).mkdir()


def link(name: str, to: str) -> None:
    """Make a name for another file, or let it name that one instead."""
    remove(name)
    Path(at(name)).symlink_to(at(to))


def _touch(name: str) -> None:
    _STATE.changed_ns[at(name)] = _STATE.dated_ns[at(name)] = _STATE.now_ns // _TICK_NS * _TICK_NS


def _now() -> int:
    return _STATE.now_ns


def _stat(path: object, **options: object) -> object:
    """Tell the times of the files of the folder by the clock, all else as it is."""
    found = _STAT(path, **options)  # type: ignore[call-overload]  # it says itself what it can't take
    real = os.path.realpath(os.fsdecode(path)) if isinstance(path, str | bytes) else ""
    if real not in _STATE.changed_ns:
        return found
    return Stamp(
        st_dev=found.st_dev,
        st_ino=found.st_ino,
        st_size=found.st_size,
        st_mtime_ns=_STATE.dated_ns[real],
        st_ctime_ns=_STATE.changed_ns[real],
    )
