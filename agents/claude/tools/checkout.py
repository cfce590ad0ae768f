"""One checkout, and nothing outside it: the only door through which an agent's tools reach files."""

import io
import os
import re
import stat
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agents.claude.tools._base import ToolRefused

MOST_BYTES = 2_000_000
_MOST_FILES = 20_000
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """The files of one tree. Hidden ones (`.git`, `.codeflash`, `.env`) are not among them.

    Attributes:
        root: absolute path.
    """

    root: Path

    def resolve(self, file: str) -> Path:
        """Return where a file or folder is.

        Raises:
            ToolRefused: it is outside the checkout, hidden, reached through a link, or not there.
        """
        path = PurePosixPath(file)
        if "\0" in file or "\\" in file or path.is_absolute() or ".." in path.parts or file.startswith("~"):
            raise ToolRefused(
                f"{file[:100]!r} is outside the checkout: name files relative to its root, as `pkg/mod.py`"
            )
        if any(part.startswith(".") for part in path.parts):
            raise ToolRefused(f"{file[:100]!r} is hidden, and not for proposers")
        found, here = self.root / path, self.root
        for part in path.parts:
            here = here / part
            if os.path.islink(here):  # noqa: PTH114  Path.is_symlink raises on names that are too long
                raise ToolRefused(f"{file[:100]!r} is reached through a symbolic link, which tools do not follow")
        if not os.path.exists(found):  # noqa: PTH110  as above
            raise ToolRefused(f"{file[:100]!r} is not in the checkout")
        return found

    def text(self, file: str) -> str:
        """Return the text of a file as Python reads it, line ends kept.

        Raises:
            ToolRefused: there is no such text.
        """
        path = self.resolve(file)
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                raise ToolRefused(f"{file[:100]!r} is no file")
            if status.st_size > MOST_BYTES:
                raise ToolRefused(f"{file[:100]!r} has {status.st_size:,} bytes: more than {MOST_BYTES:,} are not read")
            return _decoded(path.read_bytes(), is_python=path.suffix == ".py")
        except (OSError, SyntaxError, UnicodeDecodeError, LookupError) as error:
            raise ToolRefused(f"{file[:100]!r} can't be read as text: {type(error).__name__}") from None

    def files(self, folder: str = "") -> Iterator[str]:
        """Yield the files under a folder, sorted within each; links are not followed.

        Raises:
            ToolRefused: as `resolve`.
        """
        top = self.resolve(folder) if folder not in {"", "."} else self.root
        if top.is_file():
            yield top.relative_to(self.root).as_posix()
            return
        seen = 0
        for above, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
            for name in sorted(names):
                path = Path(above) / name
                if name.startswith(".") or path.is_symlink() or not path.is_file():
                    continue
                seen += 1
                if seen > _MOST_FILES:
                    return
                yield path.relative_to(self.root).as_posix()


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as Python counts them, with their ends."""
    return _LINE.findall(text)


def _decoded(data: bytes, *, is_python: bool) -> str:
    if b"\0" in data:
        raise UnicodeDecodeError("utf-8", data[:1], 0, 1, "a binary file")
    encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0] if is_python else "utf-8"
    return data.decode(encoding)
