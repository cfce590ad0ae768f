"""Find the Python files of a tree and make text and syntax trees of them, whatever they hold."""

import ast
import contextlib
import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path

DEFAULT_EXCLUDED = (
    ".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "__pycache__", "node_modules", "site-packages",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".eggs", ".codeflash", ".ipynb_checkpoints",
)  # fmt: skip
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
    """

    path: Path
    relative: str


def python_files(root: Path, excluded: tuple[str, ...]) -> Iterator[SourceFile]:
    """Yield the Python files under a folder in a stable order; links to folders are not followed.

    Args:
        root: a folder, or one file.
        excluded: names of folders (`tests`) or paths from the root (`pkg/vendored`) to leave out.
    """
    if root.is_file():
        yield SourceFile(path=root, relative=root.name)
        return
    out = frozenset(excluded)
    for folder, names, files in os.walk(root):
        under = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if under == "." else f"{under}/"
        names[:] = sorted(name for name in names if name not in out and f"{prefix}{name}" not in out)
        for name in sorted(files):
            if name.endswith(_ENDINGS) and f"{prefix}{name}" not in out:
                yield SourceFile(path=Path(folder, name), relative=prefix + name)


def bytes_of(files: Iterable[SourceFile]) -> int:
    """Return how large some files are together; those that can't be looked at count as nothing."""
    total = 0
    for file in files:
        with contextlib.suppress(OSError):
            total += file.path.stat().st_size
    return total


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        Unreadable: it is no regular file, too large or may not be read.
    """
    try:
        if not path.is_file():
            raise Unreadable("it is no regular file, or a link to one that is missing")
        size = path.stat().st_size
        if size > _LARGEST_BYTES:
            raise Unreadable(f"its {size} bytes are beyond the {_LARGEST_BYTES} that are read")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"it can't be read: {error.strerror}") from error


def parse(data: bytes) -> tuple[str, ast.Module]:
    """Return the text and the tree of a file.

    Raises:
        Unreadable: with the line where there is one.
    """
    try:
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
