"""Reading records safely: bounded, as text, and a damaged one is named and left as it is."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from orchestrator.errors import RecordsDamaged

MAX_BYTES = 64 * 1024 * 1024

T = TypeVar("T")


def damaged(path: Path, what: str) -> RecordsDamaged:
    """Return the error for a record that can't be used; the hint moves it away, nothing is deleted.

    Args:
        path: of the record.
        what: is wrong, with the place in the file.
    """
    name = shlex.quote(str(path))
    hint = f"mend it, or move it away: mv {name} {shlex.quote(f'{path}.bad')}"
    return RecordsDamaged(f"{path}: {what}", hint=hint)


def read_record(path: Path) -> str | None:
    """Return a record's text with its line ends as they are, None when there is no such file.

    Raises:
        RecordsDamaged: it is no ordinary readable file, too large, or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise damaged(path, "is not an ordinary file")
        if size > MAX_BYTES:
            raise damaged(path, f"has {size} bytes, more than the {MAX_BYTES} a record can have")
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise damaged(path, f"can't be read: {error.strerror or error}") from error
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise damaged(path, f"line {line}: byte 0x{content[error.start]:02x} is not UTF-8") from error


def load_record(path: Path, parse: Callable[[str], T]) -> T | None:
    """Read and parse a record, None when there is no such file.

    Args:
        path: of the record.
        parse: raises ValueError, with what is wrong, for a text it can't use.

    Raises:
        RecordsDamaged: it can't be read or parsed; it is left as it is.
    """
    text = read_record(path)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise damaged(path, str(error)) from error
