"""The one place where content becomes a digest: xxh3 with 128 bits, which is fast and no proof against an attacker."""

import mmap
import os
import stat
from pathlib import Path

from xxhash import xxh3_128

# Below it one read costs less than a map.
_MAP_BYTES = 64 * 1024
# Beyond it a declaration is data: its size and its time stand for it.
_LARGEST_BYTES = 64 * 1024 * 1024
ABSENT = "absent"


def digest(*parts: bytes | str) -> str:
    """Return a digest of some texts; where one ends and the next begins counts."""
    state = xxh3_128()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        state.update(b"%d:" % len(data))
        state.update(data)
    return state.hexdigest()


def file_digest(path: Path | str) -> str:
    """Return a digest of a file's content; of what is no regular file, or can't be read, what stands in the way."""
    try:
        descriptor = open_regular(path)
    except FileNotFoundError:
        return ABSENT
    except OSError as error:
        return f"unreadable: {error.errno}"
    try:
        return _content(descriptor)
    except (OSError, ValueError):
        return "changed while it was read"
    finally:
        os.close(descriptor)


def stat_digest(path: Path) -> str:
    """Return what tells two states of a file apart without reading it: kind, size, time of change and inode."""
    try:
        seen = path.lstat()
    except OSError as error:
        return f"{ABSENT}: {error.errno}"
    return f"{seen.st_mode}:{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ino}"


def open_regular(path: Path | str) -> int:
    """Open a regular file for reading and return its descriptor. A pipe or a device does not hold us up.

    Raises:
        OSError: there is none, it can't be opened, or it is no regular file or is a link.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(f"{path} is no regular file")


def _content(descriptor: int) -> str:
    seen = os.fstat(descriptor)
    if seen.st_size > _LARGEST_BYTES:
        return f"{seen.st_size} bytes of {seen.st_mtime_ns}"
    if seen.st_size < _MAP_BYTES:
        return xxh3_128(os.read(descriptor, _MAP_BYTES)).hexdigest()
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as content:
        return xxh3_128(content).hexdigest()
