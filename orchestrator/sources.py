"""Source files as Python reads them: decoded by their own declaration, line ends and mark kept as they are."""

import io
import tokenize
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A decoded file and the encoding that gives its bytes back."""

    text: str
    encoding: str


def read_source(path: Path) -> Source:
    """Read a source file.

    Raises:
        OSError, SyntaxError, UnicodeDecodeError: it can't be read, or not as it declares itself.
    """
    data = path.read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return Source(text=data.decode(encoding), encoding=encoding)


def write_source(path: Path, text: str, encoding: str) -> None:
    """Write a source file back, byte for byte where the text is the same; its mode stays."""
    path.write_bytes(text.encode(encoding))
