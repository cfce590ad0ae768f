"""Find the Python files of a tree and make text and syntax trees of them, whatever they hold."""

import ast
import contextlib
import warnings
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path

from profiling.context.python_files import python_files as walked

DEFAULT_EXCLUDED = ("venv",)
"""What an audit leaves out beside what no walk enters: an environment made by tools that do not mark it as one."""
_ENDINGS = (".py", ".pyw")
_LARGEST_BYTES = 32 * 1024 * 1024
"""Beyond it a file is data; its tree would take gigabytes."""


class Unreadable(Exception):
    """A file can't be read or parsed; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the tree.

    Attributes:
        path: where it lies.
        relative: to the source root, POSIX separators.
        refused: why it can't be read, where the walk knows that already.
    """

    path: Path
    relative: str
    refused: str = ""


def python_files(root: Path, excluded: tuple[str, ...]) -> Iterator[SourceFile]:
    """Yield the Python files under a folder in a stable order; links to folders are not followed.

    What the walk could not look at is among them, with the reason.

    Args:
        root: a folder, or one file.
        excluded: names of folders (`tests`) or paths from the root (`pkg/vendored`) to leave out.
    """
    if root.is_file():
        yield SourceFile(path=root.resolve(), relative=root.name)
        return
    found = walked(root, excluded=excluded, endings=_ENDINGS)
    for file in found.files:
        yield SourceFile(path=Path(f"{root}/{file.relative}"), relative=file.relative)
    for folder in found.refused:
        yield SourceFile(path=root / folder.relative, relative=folder.relative, refused=folder.reason)
    if found.cut_off:
        yield SourceFile(path=root, relative=".", refused=found.cut_off)


def bytes_of(files: Iterable[SourceFile]) -> int:
    """Return how large some files are together; those that can't be looked at count as nothing."""
    total = 0
    for file in files:
        with contextlib.suppress(OSError):
            total += file.path.stat().st_size
    return total


def shown_name(relative: str) -> str:
    """Return a file's name as text that can be written: bytes of it that are no UTF-8 as escapes."""
    return relative.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def read_bytes(source: SourceFile) -> bytes:
    """Return a file's bytes.

    Raises:
        Unreadable: its name can't be written down, it is no regular file, lies elsewhere, is too large or may not be
            read.
    """
    if source.refused:
        raise Unreadable(source.refused)
    path = source.path
    if not source.relative.isascii() and shown_name(source.relative) != source.relative:
        raise Unreadable("its name is no UTF-8, so that no import can name it")
    try:
        if not path.is_file():
            raise Unreadable("it is no regular file, or a link to one that is missing")
        if path.is_symlink() and not _is_below(path, path.parents[source.relative.count("/")]):
            raise Unreadable("it is a link to a file outside the tree")
        size = path.stat().st_size
        if size > _LARGEST_BYTES:
            raise Unreadable(f"its {size} bytes are beyond the {_LARGEST_BYTES} that are read")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"it can't be read: {error.strerror}") from error


def _with_nul(data: bytes) -> str:
    """Say what is wrong with bytes of which some are nothing."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE, BOM_UTF32_BE)):
        return "it begins as UTF-16 or UTF-32 does, which Python does not read: save it as UTF-8"
    line = data.count(b"\n", 0, data.index(b"\0")) + 1
    return f"it has a null byte in line {line}: it is no text, or none in UTF-8"


def _is_below(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


def parse(data: bytes) -> tuple[str, ast.Module]:
    """Return the text and the tree of a file.

    Raises:
        Unreadable: with the line where there is one.
    """
    try:
        if b"\0" in data:
            raise Unreadable(_with_nul(data))
        text = decode_source(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return text, ast.parse(text)
    except SyntaxError as error:
        if not error.lineno:
            raise Unreadable(
                f"it is no text in the encoding it names, or UTF-8 where it names none: {error.msg}"
            ) from error
        raise Unreadable(f"it has a syntax error in line {error.lineno}: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"it is no {error.encoding}: byte {error.object[error.start]:#04x} at {error.start}"
        ) from error
    except (ValueError, LookupError) as error:
        raise Unreadable(f"it is no Python text: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise Unreadable("it is nested too deeply for Python's own parser") from error
